"""Which Records can be reached from others by Matches, Decisions and shared master ids."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from threesixty.ledger import tables
from threesixty.ledger.masters import Masters

# CROSS JOIN: from those that were reached to the table, whatever the planner thinks of the other way.
_REACHED = text("""
    WITH RECURSIVE reached(no) AS (
        SELECT value FROM json_each(:seeds)
        UNION SELECT "match".b FROM reached CROSS JOIN "match" ON "match".a = no AND "match".bits >= :bits
        UNION SELECT "match".a FROM reached CROSS JOIN "match" ON "match".b = no AND "match".bits >= :bits
        UNION SELECT decision.b FROM reached CROSS JOIN decision ON decision.a = no
            AND decision.action NOT IN (SELECT action FROM withdrawal)
        UNION SELECT decision.a FROM reached CROSS JOIN decision ON decision.b = no
            AND decision.action NOT IN (SELECT action FROM withdrawal)
        UNION SELECT theirs.record FROM reached
            CROSS JOIN link AS mine ON mine.record = no AND mine.role = 'master'
                AND mine.to_no NOT IN (SELECT value FROM json_each(:fillers))
            CROSS JOIN link AS theirs ON theirs.to_no = mine.to_no AND theirs.role = 'master'
    ) SELECT no FROM reached ORDER BY no
""").columns(tables.name.c.no)


class Reach(Masters):
    """Follows what could join Records, however far it leads."""

    def hanging_together(self, seeds: Collection[int], bits: float) -> list[int]:
        """Every Record that these are connected with, by Matches of at least so many bits or by Decisions."""
        found = self._rows(_REACHED, seeds=seeds, bits=bits, fillers=sorted(self.fillers()))
        return [no for (no,) in found]
