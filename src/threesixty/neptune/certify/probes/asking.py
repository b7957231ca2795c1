"""What a probe is: one question to a cluster, what AWS documents, and what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from threesixty.neptune.certify.report import Probed, Verdict
from threesixty.neptune.doctor.finding import Attempt, Visit

GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide/"
LABEL, OTHER, TYPE = "ThreesixtyProbe", "ThreesixtyProbeToo", "THREESIXTY_PROBE"
"""Labels and the edge type of what probes write; all of it is taken away again."""
ID = "threesixty:probe:"
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, and whether it agrees with what is documented; None where nothing is."""

    what: str
    agrees: bool | None = None


class NotAsked(Exception):
    """Why a probe could not be asked of this cluster."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that documentation alone cannot answer."""

    name: str
    question: str
    documented: str
    source: str
    look: Callable[[Visit], Seen]


def probe(question: str, documented: str = "", page: str = "") -> Callable[[Callable[[Visit], Seen]], Probe]:
    """Makes a probe of a function; `page` is the one of AWS's user guide that documents it."""

    def made(look: Callable[[Visit], Seen]) -> Probe:
        name = look.__name__.replace("_", " ")
        return Probe(name, question, documented, GUIDE + page if page else "", look)

    return made


def probed(one: Probe, visit: Visit) -> Probed:
    """What came out; a probe that breaks stops no other."""
    verdict: Verdict
    try:
        seen = one.look(visit)
        verdict = "seen" if seen.agrees is None else "as documented" if seen.agrees else "otherwise"
        what = seen.what
    except NotAsked as why:
        what, verdict = str(why), "not asked"
    except Exception as error:  # noqa: BLE001 - whatever a real cluster answers, the others are asked too
        what, verdict = f"the probe broke: {type(error).__name__}: {error}", "not asked"
    finally:
        clean(visit)
    return Probed(one.name, one.question, one.documented, one.source, what, verdict)


def clean(visit: Visit) -> None:
    """Takes away whatever probes wrote."""
    for label in (LABEL, OTHER):
        visit.ask(f"MATCH (n:{label}) DETACH DELETE n")


def told(made: Attempt) -> str:
    """An attempt in a few words: its status, and its rows or its error."""
    if made.trouble:
        detail = made.trouble.detail
        shown = detail if len(detail) <= SHOWN else detail[:SHOWN] + "…"
        return f"{made.status or 'no status'} {made.trouble.code}{f': {shown}' if shown else ''}"
    rows = made.rows
    return f"{made.status}, {str(rows[0])[:SHOWN] if len(rows) == 1 else f'{len(rows)} rows'}"


def required(made: Attempt) -> Attempt:
    """The attempt, where a probe cannot go on without its answer."""
    if made.trouble:
        raise NotAsked(f"what it needs could not be done: {told(made)}")
    return made
