"""The ledger's tables. `log` is the truth: said once, kept for ever; `derived` is computed anew.

Text that a customer or a source wrote stands only in `name.key`, `version`, `reject`, `mapped`, `link`,
`identifier`, `word`, `pin`, and (names of columns) in `shape` and `delivery`, so that forgetting a person has
few places to go to. (`file.position` is a number or a time, never a text.)
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import REAL, BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import UniqueConstraint as Unique

SCHEMA_VERSION = 16

log = MetaData()
derived = MetaData()

_WHOLE = BigInteger().with_variant(Integer, "sqlite")


def _whole(name: str, **options: Any) -> Column[int]:
    return Column(name, _WHOLE, nullable=options.pop("nullable", False), **options)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=options.pop("nullable", False), **options)


def _number(name: str) -> Column[int]:
    """The whole number a row is known by."""
    return Column(name, _WHOLE, primary_key=True, autoincrement=False)


def _table(name: str, group: MetaData, *parts: Any, rowid: bool = True) -> Table:
    return Table(name, group, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


# --- log -------------------------------------------------------------------------------------------

meta = _table("meta", log, _text("key", primary_key=True), _text("value"))
counter = _table("counter", log, _text("what", primary_key=True), _whole("value"))
name = _table(
    "name", log,
    _number("no"), _text("source"), _text("kind"), _text("key"), _text("id", nullable=True), _whole("tie"),
    Unique("source", "kind", "key", name="name_key"),
)  # fmt: skip
Index("name_id", name.c.id, unique=True, sqlite_where=name.c.id.is_not(None))
version = _table(
    "version", log,
    _number("seq"), _whole("no"), _text("raw"), _text("version"), _whole("digest"), _whole("deleted"),
    _whole("at_received"), _text("source", server_default=""), _whole("row", server_default="0"),
    Index("version_no", "no"), Index("version_source", "source"),
)  # fmt: skip
"""`source` is the configured one whose delivery said this; `row` the entry that keeps the whole row of it:
its own, that of another Record of the same row, or of the row that a remap made it from. '' and 0: not
known."""
Index("version_row", version.c.row, sqlite_where=version.c.row != version.c.seq)
decision = _table(
    "decision", log,
    _number("seq"), _whole("action"), _text("verdict"), _whole("a"), _whole("b"), _text("by"), _whole("at"),
    _text("why"), _whole("person"),
    Index("decision_a", "a"), Index("decision_b", "b"), Index("decision_action", "action"),
)  # fmt: skip
withdrawal = _table(
    "withdrawal", log, _number("seq"), _whole("action"), _text("by"), _whole("at"), _text("why")
)
pin = _table(
    "pin", log,
    _number("seq"), _whole("action"), _whole("no"), _text("property"), _text("value"), _text("by"),
    _whole("at"), _text("why"),
    Index("pin_no", "no"), Index("pin_action", "action"),
)  # fmt: skip
epoch = _table(
    "epoch",
    log,
    _number("seq"),
    _whole("no"),
    _text("verb"),
    _text("weights"),
    _text("by"),
    _whole("at"),
    _text("why"),
)
file = _table(
    "file", log,
    _text("source", primary_key=True), _text("path", primary_key=True), _text("digest"), _whole("rows"),
    _whole("done"), _whole("seq"), _whole("at"), _text("position", server_default=""),
)  # fmt: skip
reject = _table(
    "reject", log,
    _number("no"), _text("source"), _text("file"), _whole("line"), _text("reason"), _text("row"),
    _whole("at"),
    Index("reject_file", "source", "file", "line"),
)  # fmt: skip
erasure = _table(
    "erasure", log,
    _number("seq"), _whole("no"), _text("id", nullable=True), _text("digest"), _whole("at"),
    Index("erasure_digest", "digest"),
)  # fmt: skip
delivery = _table(
    "delivery", log,
    _number("no"), _text("source"), _whole("at"), _whole("rows"), _text("told"),
    Index("delivery_source", "source", "no"),
)  # fmt: skip
shape = _table("shape", log, _text("source", primary_key=True), _text("columns"), _whole("at"))
anchor = _table("anchor", log, _number("no"), _whole("seq"))
successor = _table("successor", log, _number("no"), _whole("to_no"))
bore = _table(
    "bore", log, _number("master"), _number("record"), _whole("seq"), Index("bore_record", "record"),
    rowid=False,
)  # fmt: skip
"""Ids of other systems that a Record bore, and up to which entry: given out once, they answer for ever."""
change = _table(
    "change", log,
    _number("no"), _whole("seq"), _whole("at"), _text("what"), _whole("customer"), _text("into_nos"),
    _text("cause"), _whole("action"),
    Index("change_customer", "customer"),
)  # fmt: skip
moved = _table(
    "moved", log,
    _number("record"), _number("change"), _whole("was"), _whole("now"), _whole("heir"),
    Index("moved_change", "change"),
    rowid=False,
)  # fmt: skip
seal = _table("seal", log, _number("seq"), Column("digest", LargeBinary, nullable=False))
gone = _table("gone", log, _number("seq"), Column("digest", LargeBinary, nullable=False))
audit = _table("audit", log, _number("seq"), _whole("at"), _text("by"), _text("action"), _text("detail"))

# --- derived from the mapping ----------------------------------------------------------------------

mapped = _table(
    "mapped", derived,
    _number("no"), _text("sort"), _text("kind"), _text("source"), _whole("at", nullable=True), _whole("node"),
    _text("version"), _whole("digest"), _text("values"), _text("unreadable"), _whole("seq"),
)  # fmt: skip
Index("mapped_node", mapped.c.node, sqlite_where=mapped.c.node > 0)
identifier = _table(
    "identifier", derived, _number("no"), _text("type"), _text("value"),
    Unique("type", "value", name="identifier_value"),
)  # fmt: skip
carries = _table(
    "carries", derived, _number("record"), _number("identifier"), _text("use", server_default=""),
    Index("carries_identifier", "identifier", "record"),
    rowid=False,
)  # fmt: skip
link = _table(
    "link", derived, _whole("record"), _text("role"), _whole("to_no"), _text("values"), _whole("event"),
    Index("link_record", "record"), Index("link_to", "to_no", "event"),
)  # fmt: skip
tally = _table(
    "tally", derived,
    _number("record"), _text("kind", primary_key=True), _text("role", primary_key=True), _number("target"),
    _whole("events"), _whole("first", nullable=True), _whole("last", nullable=True),
    rowid=False,
)  # fmt: skip
mention = _table(
    "mention", derived, _number("record"), _text("kind", primary_key=True), _whole("many"), rowid=False
)
word = _table("word", derived, _text("word", primary_key=True), _number("record"), rowid=False)
superseded = _table(
    "superseded", derived,
    _whole("seq"), _whole("no"), _text("sort"), _text("kind"), _text("source"), _whole("node"),
    _text("links"), _text("identifiers"),
    Index("superseded_seq", "seq"), Index("superseded_no", "no"),
)  # fmt: skip

# --- derived by identity ---------------------------------------------------------------------------

posting = _table("posting", derived, _number("key"), _number("record"), _whole("name"), rowid=False)
silent = _table("silent", derived, _number("key"))
features = _table("features", derived, _number("record"), Column("keys", LargeBinary, nullable=False))
match = _table(
    "match", derived, _number("a"), _number("b"), Column("bits", REAL, nullable=False), _whole("levels"),
    Index("match_b", "b"),
    rowid=False,
)  # fmt: skip
membership = _table(
    "membership", derived, _number("record"), _whole("customer"), Index("membership_customer", "customer")
)
household = _table(
    "household", derived,
    _number("customer"), _number("household"), _text("role"), _whole("since", nullable=True),
    _whole("until", nullable=True), _text("kind"), _text("evidence"),
    Index("household_household", "household"),
    rowid=False,
)  # fmt: skip
parked = _table(
    "parked", derived,
    _number("a"), _number("b"), Column("bits", REAL, nullable=False), _text("reason"),
    Index("parked_b", "b"),
    rowid=False,
)  # fmt: skip
changed = _table(
    "changed", derived, _number("seq"), _text("what", primary_key=True), _number("no"), rowid=False
)
state = _table("state", derived, _text("key", primary_key=True), _text("value"))

BY_IDENTITY = (posting, silent, features, match, membership, household, parked, changed, state)
