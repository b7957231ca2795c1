"""The docs cannot lie: what they show is run, what is generated is up to date, what they link to is there.

A page that says `<!-- starts with: nothing -->` or `<!-- starts with: the sample company -->` is run from
top to bottom in a folder of its own:

    ```console      a line that begins with `$ ` is run; it must succeed, or end as `# exit 3` says. What is
                    shown below it must be printed, in this order; `…` stands for anything
    ```python       is run as a program
    ```csv NAME     is written to the file NAME, as is any other block with a name
    ```toml         without a name is a project file, on every page
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from threesixty import project
from threesixty.cli.commands import app
from threesixty.questions.question import parse

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
STARTS = re.compile(r"<!-- starts with: (nothing|the sample company) -->")
FENCE = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
EXIT = re.compile(r"# exit (\d+)$")
BITS = re.compile(r"[+-]\d+\.\d|[█┊└┘]")
FEW = "40"


class Block(NamedTuple):
    language: str
    name: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text("utf-8"))]


def start(page: Path) -> str:
    found = STARTS.search(page.read_text("utf-8"))
    return found[1] if found else ""


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


RUN = [page for page in PAGES if start(page)]


# --- running ------------------------------------------------------------------------------------------


class Done(NamedTuple):
    code: int
    printed: str


def run(command: list[str], folder: Path) -> Done:
    """A program, in a process of its own."""
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return Done(done.returncode, done.stdout + done.stderr)


def typed(line: str, folder: Path) -> Done:
    """A command line. Ours is run in this process, to save the imports; a shell runs the others."""
    if not line.startswith("threesixty ") or set(line) & set("|<>&;$"):
        return run(["bash", "-c", line], folder)
    with chdir(folder):
        result = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
    return Done(result.exit_code, result.output)


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first, *shown = part.splitlines()
        yield first, [line for line in shown if line.strip()]


def missing(shown: list[str], printed: str) -> str:
    """The first shown line that was not printed in its place, or ''."""
    lines = iter([plain(line) for line in printed.splitlines()])
    for line in shown:
        wanted = ".*".join(re.escape(part.strip()) for part in plain(line).split("…"))
        if not any(re.search(wanted, found) for found in lines):
            return line
    return ""


def plain(line: str) -> str:
    """A line as it is compared: without bits and their bars, which move with the weights."""
    return " ".join(BITS.sub(" ", line).split())


def type_in(text: str, folder: Path) -> Path:
    """Run a console block; where its `cd` lead to."""
    for command, shown in commands(text):
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ").strip()
            continue
        done, wanted = typed(command, folder), EXIT.search(command)
        if done.code != (int(wanted[1]) if wanted else 0):
            pytest.fail(f"$ {command}\n{done.printed}exit code {done.code}", pytrace=False)
        if line := missing(shown, done.printed):
            pytest.fail(f"$ {command}\n{done.printed}does not print: {line}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """The sample company, small, loaded once for all pages that start with it."""
    folder = tmp_path_factory.mktemp("docs") / "company"
    made = typed(f"threesixty demo --customers {FEW} --folder {folder}", folder.parent)
    assert made.code == 0, made.printed
    return folder


@pytest.mark.parametrize("page", RUN, ids=named)
def test_a_page_does_what_it_says(page, request, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "my-company"
    if start(page) == "nothing":
        folder.mkdir()
    else:
        shutil.copytree(request.getfixturevalue("company"), folder)
    for language, name, text in blocks(page):
        if name:
            (folder / name).write_text(text, "utf-8")
        elif language == "console":
            folder = type_in(text, folder)
        elif language == "python":
            with chdir(folder):
                exec(compile(text, page.name, "exec"), {"__name__": "__main__"})


def test_pages_with_something_to_run_are_run():
    assert not [
        named(p) for p in set(PAGES) - set(RUN) if {"console", "python"} & {b.language for b in blocks(p)}
    ]


# --- reading ------------------------------------------------------------------------------------------

EXAMPLES = [
    pytest.param(block.text, id=f"{named(page)}-{place}")
    for page in PAGES
    for place, block in enumerate(blocks(page))
    if block.language == "toml"
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_project_file_that_is_shown_can_be_read(tmp_path, text):
    (tmp_path / "threesixty.toml").write_text(text, "utf-8")

    assert project.load(tmp_path).sources


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    links = LINK.findall(FENCE.sub("", page.read_text("utf-8")))
    here = [(target, anchor) for target, anchor in links if "://" not in target]

    assert not [target for target, _ in here if not (page.parent / target).exists()]
    assert not [
        f"{target}{a}"
        for target, a in here
        if a and a not in anchors(page.parent / target if target else page)
    ]


def anchors(page: Path) -> set[str]:
    """The anchors that a reader of a page can jump to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_table_of_contents():
    contents = ROOT / "docs" / "README.md"
    listed = {(contents.parent / target).resolve() for target, _ in LINK.findall(contents.read_text("utf-8"))}

    assert not [named(page) for page in PAGES if page.parent.is_relative_to(ROOT / "docs")
                and page not in {*listed, contents}]  # fmt: skip


@pytest.mark.parametrize("block", [b for p in PAGES for b in blocks(p) if b.name.endswith(".cypher")])
def test_a_question_that_is_shown_can_be_read(block):
    header = [line.removeprefix("//").strip() for line in block.text.splitlines() if line.startswith("//")]

    assert parse(block.name, header, block.text).columns


def test_generated_pages_are_up_to_date():
    """When this fails: make docs"""
    done = run([sys.executable, "-m", "docs.generate", "--check"], ROOT)

    assert done.code == 0, done.printed
