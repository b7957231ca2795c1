"""Which mapping the Records of a source were made by, and which rows a changed mapping can affect."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from hashlib import blake2b
from json.encoder import encode_basestring

from threesixty import normalise
from threesixty.ledger import Ledger
from threesixty.project import Choice, Project, RecordMapping, Source

# What orders versions, and by which country other columns are read, is no matter of its own column alone.
_FAR_REACHING = frozenset(("at", "country"))


def remaps(ledger: Ledger, project: Project, source: Source) -> bool:
    """Whether the mapping of a source changed since its Records were made."""
    return ledger.state(_key(source), mapping(project, source)) != mapping(project, source)


def mapping(project: Project, source: Source) -> str:
    """A digest of everything that makes Records of a source's rows."""
    told = replace(source, paths=(), database=None, trust=0)
    said = repr((told, project.schema, project.country, project.currency))
    # The first normalisers had no number: what was loaded by them need not be looked at for its sake.
    said += f" normalisers {normalise.VERSION}" if normalise.VERSION > 1 else ""
    return blake2b(said.encode(), digest_size=12).hexdigest()


def remember(ledger: Ledger, project: Project, source: Source) -> None:
    """Note that the Records of a source are made by its mapping of now."""
    ledger.set_state(_key(source), mapping(project, source))
    ledger.set_state(f"roles {source.name}", json.dumps([_rest(project, source), _roles(source)]))


def marks(ledger: Ledger, project: Project, source: Source) -> list[str] | None:
    """Texts to search rows for: only rows with one of them can be mapped differently than before.

    None where more changed than the columns of some roles: then any row can.
    """
    said = ledger.state(f"roles {source.name}")
    rest, before = json.loads(said) if isinstance(said, str) else ("", [])
    if rest != _rest(project, source):
        return None
    columns = set[str]()
    for number, (old, new) in enumerate(zip(before, _roles(source), strict=True)):
        for role in old.keys() | new.keys():
            parts = [*old.get(role, ()), *new.get(role, ())]
            if old.get(role) == new.get(role):
                continue
            # Later mappings keep only what they read of a row: rows that were one to them may be two now.
            if number or role in _FAR_REACHING or not all(isinstance(part, str) for _, part in parts):
                return None
            columns |= {part for _, part in parts}
    return [f'{encode_basestring(name)}:"' for name in sorted(columns)]


def empty_columns(ledger: Ledger, source: Source) -> Iterator[str]:
    """A warning for each newly mapped column that is empty or missing in all rows of the log."""
    said = ledger.state(f"roles {source.name}")
    before = json.loads(said)[1] if isinstance(said, str) else []
    known = {
        part for roles in before for parts in roles.values() for _, part in parts if isinstance(part, str)
    }
    new = {
        part: role for roles in _roles(source) for role, parts in roles.items() for _, part in parts
        if before and isinstance(part, str) and part not in known
    }  # fmt: skip
    for column, role in sorted(new.items()):
        if not ledger.says(source.name, f'{encode_basestring(column)}:"'):
            yield (
                f"{source.name}: no row that is kept says anything in the column {column!r}, which is mapped "
                f"to {role}: perhaps it is written otherwise"
            )


def _rest(project: Project, source: Source) -> str:
    """A digest of a mapping without the roles of its columns."""
    bare = tuple(replace(one, columns={}) for one in source.records)
    return mapping(project, replace(source, records=bare))


def _roles(source: Source) -> list[dict[str, list[list[object]]]]:
    """For each mapping: the columns of every role, in order, each with its use (such as work or home)."""
    found = []
    for one in source.records:
        roles: dict[str, list[list[object]]] = {}
        for name, parts in one.columns.items():
            role, _, use = name.partition(":")
            roles.setdefault(role, []).extend(
                [use, part if isinstance(part, str) else [part.value]] for part in parts
            )
        found.append(roles)
    return found


def _key(source: Source) -> str:
    return f"mapping {source.name}"


# --- ledgers of before, which did not note whose a row is -------------------------------------------


def claim_older_rows(ledger: Ledger, project: Project) -> None:
    """Note which source the rows are of that an older Threesixty loaded, where their names tell it."""
    if not ledger.unclaimed:
        return
    for source in project.sources:
        if _told_by_names(project, source) and may_be_unclaimed(ledger, source):
            kinds = _kinds(source.records[0])
            said = ledger.state(f"rows {source.name}")
            noted = json.loads(said) if isinstance(said, str) else {}
            ledger.claim_all(
                source.name, {*source.names, *noted.get("names", ())}, noted.get("kinds", kinds),
                noted.get("after", 0),
            )  # fmt: skip
            note_claimed(ledger, source)


def may_be_unclaimed(ledger: Ledger, source: Source) -> bool:
    """Whether the ledger may hold rows of a source that are not noted as its; its files tell, read once."""
    return ledger.unclaimed and not ledger.state(f"claimed {source.name}")


def note_claimed(ledger: Ledger, source: Source) -> None:
    """Note that it need not be asked again which rows are of a source."""
    ledger.set_state(f"claimed {source.name}", value=True)


def _told_by_names(project: Project, source: Source) -> bool:
    others = [other for other in project.sources if other.name != source.name]
    return not _open_ended(source) and not any(may_name(other, source.names) for other in others)


def may_name(source: Source, names: Collection[str]) -> bool:
    """Whether a source may name Records by one of these names of sources."""
    return _open_ended(source) or not source.names.isdisjoint(names)


def _open_ended(source: Source) -> bool:
    """Whether a column gives the source or the kind of Records as it stands, without a list of values."""
    chosen = [choice for one in source.records for choice in (one.source, one.kind)]
    return any(isinstance(choice, Choice) and not choice.values for choice in chosen)


def _kinds(mapping: RecordMapping) -> list[str]:
    kind = mapping.kind
    return [kind] if isinstance(kind, str) else sorted(set(kind.values.values()))
