"""What is known about organisations: legal forms, words of many names, and domains that are nobody's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA, JaroWinkler

from threesixty.identity import names

_LETTERS = re.compile(r"\b[a-z0-9](?: [a-z0-9]\b)+")
# In capitals without dots it is more often a place to bathe.
_SPA = re.compile(r"\bS\.\s?[pP]\.\s?A\b\.?|\bSpA\b")
_JOINING = frozenset("and und et e y i en och og & the der die das la le les el il lo".split())
COMPANY = "company"


@cache
def _known() -> Mapping[str, list[str]]:
    """The parts of organisations.txt, each as its lines."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in files(__package__).joinpath("organisations.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


def _words(part: str) -> frozenset[str]:
    return frozenset(word for line in _known()[part] for word in line.split())


@cache
def _forms() -> tuple[Mapping[tuple[str, ...], str], Mapping[str, str]]:
    """Legal forms by their words, and by how they are written in scripts without spaces."""
    spelt: dict[tuple[str, ...], str] = {}
    signs: dict[str, str] = {}
    for line in _known()["forms"]:
        short, _, written = line.partition(":")
        for one in map(str.strip, written.split("|")):
            if one.endswith("="):
                signs[one[:-1]] = short
            else:
                spelt[tuple(_joined(one).split())] = short
    return spelt, dict(sorted(signs.items(), key=lambda sign: -len(sign[0])))


@cache
def loose() -> frozenset[str]:
    """Forms that translations give as any other, so that another says nothing."""
    return _words("loose")


@cache
def business() -> frozenset[str]:
    """Words of many names."""
    return _words("business")


@cache
def filler() -> frozenset[str]:
    """Words that come and go in the name of one and the same organisation."""
    return _words("filler")


def _joined(folded: str) -> str:
    """'s a de c v' as 'sa de cv', 'i b m' as 'ibm'."""
    return _LETTERS.sub(lambda found: found[0].replace(" ", ""), folded)


def fold(name: str) -> str:
    """A name folded, with its legal form in words: 'S.A.' is 'sa', and '株式会社トヨタ' ends in 'kk'."""
    text, form = _SPA.sub(" spaform ", name), ""
    for sign, short in _forms()[1].items():
        if sign in text:
            text, form = text.replace(sign, " "), form or short
    found = _joined(names.fold(text.replace("'", "").replace("\u2019", "")))
    return f"{found} {form}".strip()


@cache
def parted(folded: str) -> tuple[str, str]:
    """A folded name without its legal form, and the form's short name ('' for none)."""
    words, form = folded.split(), ""
    while len(words) > 1:
        size, found = _at(words)
        rest = words[1:] if size < 0 else words[:-size]
        if not size or _JOINING.issuperset(rest):
            break
        # 'Hall & Co Ltd' ends in two, of which the company is none of its own.
        words, form = rest, form if form and form != COMPANY else found
    words = [word for word in words if word not in _JOINING] or words
    return " ".join(words), "" if form == COMPANY else form


def _at(words: list[str]) -> tuple[int, str]:
    """How many words at the end (or, negative, at the start) are a legal form, and which."""
    spelt = _forms()[0]
    for size in range(min(5, len(words) - 1), 0, -1):
        if form := spelt.get(tuple(words[-size:])):
            return size, form
    front = spelt.get((words[0],), "")
    return (-1, front) if front in {"llc", "jsc", "pt", "kk"} else (0, "")


def core(folded: str) -> str:
    """What is left of a folded name without its legal form and joining words."""
    return parted(folded)[0]


def form(folded: str) -> str:
    """The legal form of a folded name, or ''."""
    return parted(folded)[1]


def form_of(text: str) -> str:
    """A legal form that stands alone: 'G.m.b.H.' is 'gmbh'."""
    return form(fold(f"x {text}"))


def sounds(folded: str) -> str:
    """How all words of the core sound, so that a typing error in one keeps the whole findable."""
    return " ".join(sorted(names.sound(word) for word in core(folded).split() if len(word) > 2))


def weight(core_words: list[str]) -> float:
    """How many words of a name are its own: a surname counts half, words of many names do not count."""
    own = [word for word in core_words if len(word) > 2 and word not in business()]
    return sum(
        0.5 if names.commonness("family", word) or names.commonness("given", word) else 1 for word in own
    )


def matched(words: list[str], among: list[str]) -> list[str]:
    """The words that are also among others, or are a typing error away from one of those, each used once."""
    left, found = list(among), []
    for word in words:
        same = next((other for other in left if other == word), None) or next(
            (other for other in left if _near(word, other)), None
        )
        if same is not None:
            left.remove(same)
            found.append(word)
    return found


def _near(word: str, other: str) -> bool:
    if min(len(word), len(other)) < 5 or names.digits(word) != names.digits(other):
        return False
    return JaroWinkler.similarity(word, other) >= 0.92 or OSA.distance(word, other, score_cutoff=1) <= 1


@cache
def _mailers() -> tuple[frozenset[str], frozenset[str]]:
    said = _words("mail")
    return (
        frozenset(word for word in said if not word.endswith(".*")),
        frozenset(word.removesuffix(".*") for word in said if word.endswith(".*")),
    )


def domain_of_email(email: str) -> str:
    """The domain of a mailbox, or '' where anybody may have one there."""
    return _own(email.rpartition("@")[2])


def domain_of_site(address: str) -> str:
    """The domain of a web address: 'http://www.Hall.pt/x' is 'hall.pt'; '' where many have a page."""
    text = address.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return _own(host.removeprefix("www.")) if "." in host else ""


def _own(domain: str) -> str:
    exact, many_ends = _mailers()
    ends = {domain, domain.partition(".")[2]}
    return "" if ends & exact or domain.partition(".")[0] in many_ends else domain
