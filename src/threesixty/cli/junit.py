"""Results of identity tests as JUnit XML, which every CI server draws."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from threesixty.errors import ThreesixtyError
from threesixty.report.tested import CaseResult, CaseResults

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path: Path, results: CaseResults) -> None:
    """One test suite, one test case for each case. Raises ThreesixtyError where nothing can be written."""
    counts = {"tests": len(results.results), "failures": results.failed, "errors": results.errors}
    suite = ET.Element(
        "testsuite",
        {"name": "identity", "time": f"{results.seconds:.3f}"} | {k: str(v) for k, v in counts.items()},
    )
    for result in results.results:
        _case(suite, result, results.file)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    try:
        path.write_bytes(ET.tostring(root, "utf-8", xml_declaration=True) + b"\n")
    except OSError as error:
        raise ThreesixtyError(
            f"the results cannot be written to {path}: {error.strerror}", hint="name a file that can be made"
        ) from None


def _case(suite: ET.Element, result: CaseResult, file: str) -> None:
    name = f"line {result.line}: {result.verdict} {result.a} | {result.b}"
    case = ET.SubElement(
        suite, "testcase", {"classname": _clean(result.why) or "identity", "name": _clean(name), "file": file}
    )
    if result.outcome != "passed":
        tag = "failure" if result.outcome == "failed" else "error"
        ET.SubElement(case, tag, {"message": _clean(result.told)})


def _clean(text: str) -> str:
    """A text without what no XML file may hold."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
