"""What a Customer agreed to: of everything its Records say, the strictest that was not taken back.

A *speaker* is one source speaking of one Record. Within a speaker a milder word takes a stricter one back
only when it is later, and both say when. Between speakers the strictest counts, whoever is newer, so that
holding Records together never permits what one of them refuses; taken apart, each has its own again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from threesixty import normalise
from threesixty.card import Consent, Statement
from threesixty.pipeline.mapped import Mapped, mapped
from threesixty.pipeline.view import Person, View

STRICTNESS = {"granted": 0, "unclear": 1, "refused": 2}
About = tuple[str, str, str]
"""Brand, purpose and channel: a consent is for one of each."""


def consents(view: View, person: Person) -> tuple[Consent, ...]:
    """One Consent for every brand, purpose and channel that somebody spoke of."""
    members = {row.number: f"{row.source}/{row.key}" for row in person.members}
    by_id = view.ledger.spoken_of_as(dict.fromkeys(members, person.anchor))
    # Events may name a Record a hundred thousand times, and consents never.
    consenting = {record for record, _, _ in view.ledger.mentions(sorted(members), {"consent"})}
    members = {number: name for number, name in members.items() if number in consenting}
    # What is said of an id is of no Record: it is of whoever has the id.
    members |= dict.fromkeys(by_id, person.id)
    links = view.ledger.links_of_kind_to(sorted(members), "consent")
    speakers = {row.number: row for row in mapped(view.ledger, sorted({link.record for link in links}))}
    found: dict[About, list[Statement]] = defaultdict(list)
    brands: dict[str, str] = {}
    for link in links:
        row = speakers.get(link.record)
        if row is not None and row.values.get("status") is not None:
            said = view.brand(row)
            brand = _plain(said)
            # Of several spellings the first by letter is shown, whoever came first.
            brands[brand] = min(brands.get(brand, said), said)
            about = brand, _plain(row.values.get("purpose")), _plain(row.values.get("channel"))
            found[about].append(_statement(row, members[link.to]))
    return tuple(
        _consent((brands[brand], purpose, channel), statements)
        for (brand, purpose, channel), statements in sorted(
            found.items(), key=lambda one: (brands[one[0][0]], *one[0])
        )
    )


def _plain(said: object) -> str:
    """A brand, purpose or channel, however spaced and capitalised: a refusal holds for each spelling."""
    return " ".join(str(said or "").split()).casefold()


def _statement(row: Mapped, record: str) -> Statement:
    said = str(row.values["status"])
    version = str(row.values.get("text_version") or "")
    return Statement(normalise.consent(said), said, row.source, record, row.at, version)


def _consent(about: About, statements: Sequence[Statement]) -> Consent:
    brand, purpose, channel = about
    first, *others = strictest_first(statements)
    return Consent(
        purpose, channel, first.status, first.source, first.at,
        brand, first.said, first.text_version, first.record, tuple(others),
    )  # fmt: skip


def strictest_first(statements: Iterable[Statement]) -> list[Statement]:
    """What every speaker says today, the strictest first: that one counts."""
    by_speaker: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in statements:
        by_speaker[one.source, one.record].append(one)
    return sorted((_standing(said) for said in by_speaker.values()), key=_order, reverse=True)


def _standing(said: Sequence[Statement]) -> Statement:
    """What one speaker says today: the strictest word that no later one took back."""
    return max((one for one in said if not any(_takes_back(later, one) for later in said)), key=_order)


def _takes_back(later: Statement, one: Statement) -> bool:
    milder = STRICTNESS[later.status] < STRICTNESS[one.status]
    return milder and later.at is not None and one.at is not None and later.at > one.at


def _order(one: Statement) -> tuple[int, bool, int, str, str, str, str]:
    strict = STRICTNESS[one.status]
    return (strict, one.at is not None, one.at or 0, one.source, one.record, one.said, one.text_version)
