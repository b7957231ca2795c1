"""Ledgers as older schemas left them: what each step adds, taken away again."""

from __future__ import annotations

from threesixty.ledger import Ledger
from threesixty.ledger.tables import SCHEMA_VERSION

BEFORE = {
    1: "DROP TABLE seal; DROP TABLE gone;",
    2: "ALTER TABLE file DROP COLUMN position;",
    3: "DROP TABLE tally; DROP INDEX link_to; ALTER TABLE link DROP COLUMN event;"
       "CREATE INDEX link_to ON link (to_no);",
    4: "DROP TABLE pin;",
    5: "DROP TABLE delivery; DROP TABLE shape;",
    6: 'ALTER TABLE carries DROP COLUMN "use";',
    7: "DROP TABLE epoch;",
    8: "DROP INDEX version_source; DROP INDEX version_row;"
       'ALTER TABLE version DROP COLUMN source; ALTER TABLE version DROP COLUMN "row";',
    9: "DROP TABLE mention;",
    10: "DELETE FROM word WHERE word = 'yamada';",
    11: "DROP TABLE change; DROP TABLE moved; DELETE FROM counter WHERE what = 'change';"
       "DELETE FROM meta WHERE key = 'feed';",
    12: "DROP TABLE bore;",
    13: "DROP TABLE household; CREATE TABLE household (customer INTEGER NOT NULL PRIMARY KEY,"
        "household INTEGER NOT NULL, role TEXT NOT NULL, since INTEGER, evidence TEXT NOT NULL) STRICT;",
    14: "DELETE FROM word WHERE word IN ('mueller', 'oneill');",
    15: "DELETE FROM word WHERE word = 'iuliia';",
}  # fmt: skip


def make_older(ledger: Ledger, version: int) -> None:
    """Let an open ledger be of an older schema; it is brought up to date when it is opened again."""
    for step in range(SCHEMA_VERSION - 1, version - 1, -1):
        ledger._driver.executescript(BEFORE[step])
    ledger._driver.execute(f"UPDATE meta SET value = '{version}' WHERE key = 'schema_version'")
