"""Which Customer an id means: one of ours, one that another system gave out, today's or a former one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import case, exists, func, select

from threesixty.ledger import tables
from threesixty.ledger.current import BY_CUSTOMER_ID
from threesixty.ledger.masters import Masters
from threesixty.ledger.names import ID, Key
from threesixty.ledger.projection import Projection
from threesixty.ledger.sqlite import listed
from threesixty.ledger.twins import Twins
from threesixty.schema import MASTER

_name, _link = tables.name.c, tables.link.c
_source, _kind = BY_CUSTOMER_ID
_BY_ID = select(_name.no, _name.key).where(_name.source == _source, _name.kind == _kind)
_ANY_BY_ID = _BY_ID.limit(1)
_AMONG_BY_ID = _BY_ID.where(_name.no.in_(listed("numbers")))
_OURS = select(_name.id, _name.no).where(_name.id.in_(listed("texts")))
_ours, _theirs = tables.name.alias().c, tables.name.alias().c
_OF_THE_GRAPH = "customer:"
"""What stands before our ids in the graph, and in what is asked of it; it may come back with them."""
_plain = case(
    (_name.key.startswith(_OF_THE_GRAPH), func.substr(_name.key, len(_OF_THE_GRAPH) + 1)), else_=_name.key
)
_bears = tables.link.alias().c
# A name by itself is no sign: a mapping without the column leaves the names of its ids behind.
_WAS_BORNE = exists().where(_bears.to_no == _theirs.no) | exists().where(tables.bore.c.master == _theirs.no)
_UNKNOWN = (
    select(_name.key, select(func.count()).where(_link.to_no == _name.no).scalar_subquery())
    .where(_name.source == _source, _name.kind == _kind)
    .where(~exists().where(_ours.id.in_((_name.key, _plain))))
    .where(~exists().where(
        _theirs.source.in_(listed("sources")), _theirs.kind == MASTER, _theirs.key == _name.key, _WAS_BORNE
    ))
    .where(exists().where(_link.to_no == _name.no))
    .order_by(_name.no)
)  # fmt: skip
_how_many_gave_it = (
    select(func.count())
    .where(_theirs.source.in_(listed("sources")), _theirs.kind == MASTER, _theirs.key == _name.key)
    .scalar_subquery()
)
_RIVALS = (
    select(_name.no, _name.key, select(func.count()).where(_link.to_no == _name.no).scalar_subquery())
    .where(_name.source == _source, _name.kind == _kind)
    .where(exists().where(_link.to_no == _name.no))
    .where((_how_many_gave_it > 1) | _name.key.in_(listed("torn")))
    .order_by(_name.no)
)


class Meaning(Projection, Masters, Twins):
    """Ids looked up at the moment they are needed: whatever merges, splits or comes late, they follow."""

    def bearing(self, masters: Collection[int]) -> dict[int, list[int]]:
        """The Records that master ids mean, earliest first.

        All live ones that bear it; of the source whose ids are public only the earliest, so that it never
        answers for two. Where none bears it, the one that bore it last, which may be gone.
        """
        borne = self.borne(sorted(masters))
        last = self.bore_last(sorted({*masters} - borne.keys()))
        sources = dict(zip(borne, (name.source for name in self.names(list(borne))), strict=True))
        found = {
            no: records[:1] if sources[no] == self.given_by else records for no, records in borne.items()
        }
        return {**found, **{no: [record] for no, record in last.items()}}

    def means(self, masters: Collection[int]) -> dict[int, list[int]]:
        """The Customers that master ids mean; those that mean nobody are left out."""
        bearing = self.bearing(masters)
        now = self.answers(sorted({record for records in bearing.values() for record in records}))
        found = {no: sorted({now[r] for r in records if r in now}) for no, records in bearing.items()}
        return {no: customers for no, customers in found.items() if customers}

    def ever_borne(self, records: Collection[int]) -> set[int]:
        """The master ids that these Records bear, or bore."""
        numbers = sorted(records)
        return {*self.masters_of(numbers), *self.borne_before(numbers)}

    def called(self, source: str, master: str) -> list[int]:
        """The Customers that a master id of a source means; none where it is none."""
        number = self._numbers([(source, MASTER, master)]).get((source, MASTER, master))
        return self.means([number]).get(number, []) if number else []

    # --- rows that name a customer by id ---------------------------------------------------------------

    @property
    def speaks_by_id(self) -> bool:
        """Whether any row ever named a customer by id."""
        found: bool = self._surely(ID, lambda: bool(self._rows(_ANY_BY_ID)))
        return found

    @property
    def speaks_otherwise(self) -> bool:
        """Whether a row may mean a Customer by something else than the name of a Record."""
        return self.speaks_by_id or bool(self.of_two_kinds())

    def named_as(self, records: Sequence[int]) -> list[int]:
        """These Records, and whatever else rows name their Customers by."""
        if not self.speaks_otherwise:
            return [*records]
        found = {*records, *self.spoken_of_as(self.membership(records)), *self._unborn(records)}
        return [*records, *sorted(found.difference(records))]

    def spoken_of_as(self, owner: Mapping[int, int]) -> dict[int, int]:
        """What else rows name Customers by, by number, given the Customer of each of their Records."""
        return {**self._other_ids(owner), **self._other_kinds(owner)}

    def _unborn(self, records: Collection[int]) -> set[int]:
        """Names that no Record has, which differ from those of these Records in their kind only."""
        others = sorted({other for _, other in self.twins(records)})
        return {*others} - self.membership(others).keys()

    def _other_kinds(self, owner: Mapping[int, int]) -> dict[int, int]:
        customers = set(owner.values())
        meant = self._by_twins(self._unborn(owner))
        return {number: customer for number, customer in meant.items() if customer in customers}

    def _by_twins(self, numbers: Collection[int]) -> dict[int, int]:
        """The Customer that each of these names means which no Record has, by one of another kind."""
        pairs = self.twins(numbers)
        live = self.membership(sorted({other for _, other in pairs}))
        # The last word is a person's, where a key is that of several kinds.
        return {number: live[other] for number, other in reversed(pairs) if other in live}

    def _other_ids(self, owner: Mapping[int, int]) -> dict[int, int]:
        if not self.speaks_by_id:
            return {}
        records = {*owner, *self.predecessors(owner)}
        masters = self.names(sorted(self.ever_borne(records)))
        ours = list(filter(None, self.ids(sorted(records))))
        keys = {*ours, *(_OF_THE_GRAPH + one for one in ours), *(name.key for name in masters)}
        numbers = self._numbers((*BY_CUSTOMER_ID, key) for key in keys)
        customers = set(owner.values())
        meant = self._by_ids({number: key for (_, _, key), number in numbers.items()})
        return {number: customer for number, customer in meant.items() if customer in customers}

    def owners(self, numbers: Sequence[int]) -> dict[int, int]:
        """The Customer of each of these Records, or whom an id or a key that a row speaks of means."""
        found = self.membership(numbers)
        others = [number for number in numbers if number not in found] if self.speaks_otherwise else []
        if not others:
            return found
        by_id: dict[int, str] = dict(self._rows(_AMONG_BY_ID, numbers=others)) if self.speaks_by_id else {}
        return {**found, **self._by_twins(others), **self._by_ids(by_id)}

    def namesakes(self, masters: Collection[int]) -> set[int]:
        """Master ids of any source that are spelled like one of these, which are among them."""
        keys = {name.key for name in self.names(sorted(masters))}
        found = self._numbers(key for source in self.mastered() for key in _called(source, keys))
        return {*masters, *found.values()}

    def unknown_ids(self) -> dict[str, int]:
        """Ids of customers that rows speak of and nobody was ever known by, with how many rows do."""
        if not self.speaks_by_id:
            return {}
        return dict(self._rows(_UNKNOWN, sources=list(self.mastered())))

    def rival_ids(self) -> dict[str, int]:
        """Ids of customers that rows speak of and several are known by, with how many rows do."""
        if not self.speaks_by_id:
            return {}
        torn = sorted({one.key for _, one in self.torn()})
        rows = self._rows(_RIVALS, sources=list(self.mastered()), torn=torn)
        meant = self._by_ids({number: key for number, key, _ in rows})
        several = self._several({key for number, key, _ in rows if number not in meant})
        return {key: many for _, key, many in rows if key in several}

    def _several(self, texts: Collection[str]) -> set[str]:
        """Which of these master ids mean more than one Customer."""
        numbers = self._numbers(key for source in self.mastered() for key in _called(source, texts))
        means, found = self.means(numbers.values()), defaultdict[str, set[int]](set)
        for (_, _, text), number in numbers.items():
            found[text].update(means.get(number, ()))
        return {text for text, customers in found.items() if len(customers) > 1}

    def _by_ids(self, by_id: Mapping[int, str]) -> dict[int, int]:
        """The Customer each id means, by number: ours first, then public ones, then those of one only."""
        texts = sorted(set(by_id.values()))
        plain = {text: text.removeprefix(_OF_THE_GRAPH) for text in texts}
        known: dict[str, int] = dict(self._rows(_OURS, texts=sorted({*texts, *plain.values()})))
        ours = {text: known[one] for text in texts for one in (plain[text], text) if one in known}
        answers = self.answers(sorted(set(ours.values())))
        found = {text: answers[number] for text, number in ours.items() if number in answers}
        found |= self._by_masters([text for text in texts if text not in ours])
        return {number: found[text] for number, text in by_id.items() if text in found}

    def _by_masters(self, texts: Sequence[str]) -> dict[str, int]:
        if not texts:
            return {}
        numbers = self._numbers(key for source in self.mastered() for key in _called(source, texts))
        means = self.means(numbers.values())
        found: defaultdict[str, set[int]] = defaultdict(set)
        public: dict[str, int] = {}
        for (source, _, text), number in numbers.items():
            found[text].update(means.get(number, ()))
            if source == self.given_by and number in means:
                public[text] = means[number][0]
        return {text: next(iter(found[text])) for text in found if len(found[text]) == 1} | public


def _called(source: str, texts: Collection[str]) -> Iterator[Key]:
    return ((source, MASTER, text) for text in texts)
