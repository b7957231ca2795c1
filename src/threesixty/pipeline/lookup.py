"""From what a person types to the customer or Record meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from threesixty import normalise
from threesixty.errors import Forgotten, NotFound, SeveralMatches
from threesixty.pipeline.masters import public_ids
from threesixty.pipeline.view import Person, View, people
from threesixty.report import Found

_HINT = "search by words with `find`; keys look like crm/17, identifiers like email:ada@example.org"


def customer(view: View, key: str) -> int:
    """The anchor of the one customer meant by an id, old or new, an identifier or a source key.

    Raises NotFound, SeveralMatches, Forgotten.
    """
    return _one(view, key, {view.ledger.membership([n])[n] for n in records(view, key)})


def records(view: View, key: str) -> list[int]:
    """The live party Records a key means: one for a source key, all members for a customer id."""
    found = (
        _by_id(view, key.removeprefix("customer:"))
        or _by_master(view, key, {view.project.public_ids} - {""})
        or _by_source_key(view, key)
        or _by_identifier(view, key)
        or _by_master(view, key, {name for source in view.project.sources for name in source.names})
    )
    live = sorted(view.ledger.membership(found))
    if not live:
        raise NotFound("customer or record", key, hint=_HINT)
    return live


def gone(view: View, key: str) -> list[int]:
    """The Records a source's key named that are gone, where none of that key is left."""
    found = _by_source_key(view, key)
    said = [number for number in found if view.ledger.versions(number)]
    return [] if view.ledger.membership(found) else said


def record(view: View, key: str) -> int:
    """The one Record meant, by its source's key or its own id; else the anchor of the customer meant.

    Raises NotFound, SeveralMatches, Forgotten.
    """
    found = _live(view, key)
    return _only(view, key, found) if found else customer(view, key)


def records_of(view: View, anchor: int, key: str) -> list[int]:
    """The Records of a customer that a key means, by what they are called or carry; else whoever it means.

    Raises NotFound, Forgotten.
    """
    members = set(view.ledger.members([anchor])[anchor])
    found = _live(view, key) or records(view, key)
    return [number for number in found if number in members] or found


def named(view: View, key: str) -> int:
    """The one live Record that a source calls by this key. Raises NotFound, SeveralMatches."""
    live = sorted(view.ledger.membership(_by_source_key(view, key)))
    if not live:
        raise NotFound("record", key, hint="a record is named by its source and its key there, like crm/17")
    return _only(view, key, live)


def called(view: View, numbers: Sequence[int]) -> list[str]:
    """How each live Record is named: by its source's key, or its id where that is another one's key, too."""
    both = zip(map(str, view.ledger.names(numbers)), view.ledger.ids(numbers), strict=True)
    return [name if len(_live(view, name)) == 1 else public for name, public in both]


def _live(view: View, key: str) -> list[int]:
    """The live Records that a source calls by this key, else the one that has this id."""
    number = view.ledger.number_of(key.removeprefix("customer:"))
    own = [] if number is None else [number]
    return sorted(view.ledger.membership(_by_source_key(view, key)) or view.ledger.membership(own))


def _only(view: View, key: str, live: Sequence[int]) -> int:
    if len(live) > 1:
        kinds = [name.kind for name in view.ledger.names(live)]
        raise SeveralMatches(key, list(zip(view.ledger.ids(live), kinds, strict=True)), "records")
    return live[0]


def _by_id(view: View, public: str) -> list[int]:
    number = view.ledger.number_of(public)
    if number is None:
        return []
    if view.ledger.is_forgotten(number):
        raise Forgotten(f"the person behind {public} was forgotten; nothing about them is kept")
    anchor = view.ledger.answers([number]).get(number)
    return [] if anchor is None else list(view.ledger.members([anchor])[anchor])


def _by_source_key(view: View, key: str) -> list[int]:
    source, slash, rest = key.partition("/")
    return view.ledger.named(source, rest) if slash else []


def _by_identifier(view: View, key: str) -> list[int]:
    kind, colon, text = key.partition(":")
    if not colon or kind not in view.schema.identifiers:
        return []
    return _holders(view, kind, text)


def _by_master(view: View, key: str, sources: Iterable[str]) -> list[int]:
    """All Records of the Customers that this id of another system means."""
    anchors = {customer for source in sources for customer in view.ledger.called(source, key)}
    return [record for records in view.ledger.members(sorted(anchors)).values() for record in records]


def _holders(view: View, kind: str, text: str) -> list[int]:
    """The Records that carry an identifier, in whichever way it is kept."""
    values = _kept(kind, text, view.project.country)
    return [record for value in values for record in view.ledger.identifier_records(kind, value)]


def _kept(kind: str, text: str, country: str) -> list[str]:
    """How an identifier may be kept: a tax id by whichever country, any other in one way or in none."""
    if kind == "tax_id":
        return normalise.tax_ids(text)
    value = _normal(kind, text, country)
    return [value] if value else []


def _normal(kind: str, text: str, country: str) -> str | None:
    try:
        if kind in {"phone", "company_number"}:
            read = normalise.phone if kind == "phone" else normalise.company_number
            return read(text, country)
        return normalise.email(text) if kind == "email" else normalise.identifier(text, kind)
    except ValueError:
        return None


def _one(view: View, key: str, anchors: set[int]) -> int:
    if len(anchors) > 1:
        several = found(view, sorted(anchors))
        told = [(one.public_id, (one.name, one.contact, one.place)) for one in several]
        raise SeveralMatches(key, [(public, " · ".join(filter(None, said))) for public, said in told])
    return anchors.pop()


def found(view: View, anchors: Iterable[int]) -> tuple[Found, ...]:
    """Customers as a search shows them, in the order given."""
    order = list(anchors)
    known = {person.anchor: person for person in people(view, order)}
    public = public_ids(view, known.values())
    return tuple(
        _found(known[anchor], public.get(anchor, known[anchor].id)) for anchor in order if anchor in known
    )


def _found(person: Person, public: str) -> Found:
    value = {name: str(won.value) for name, won in person.won.items() if won.value is not None}
    contact = value.get("email") or value.get("phone") or ""
    place = ", ".join(value[part] for part in ("city", "country") if value.get(part))
    return Found(person.id, public, person.name, person.kind, contact, place, len(person.members))


def find(view: View, text: str, limit: int) -> tuple[Found, ...]:
    """Customers whose names, places or identifiers hold all the words; the last word may be begun only."""
    hits = view.ledger.search(text, limit * 8)
    for kind in ("email", "phone"):
        hits += _holders(view, kind, text)
    owners = view.ledger.membership(hits)
    ordered = dict.fromkeys(owners[hit] for hit in hits if hit in owners)
    return found(view, list(ordered)[:limit])
