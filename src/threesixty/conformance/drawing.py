"""Eight customers as a piece of graph, with something of everything a Question asks about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from threesixty.graph.delta import Delta, Row
from threesixty.record import Scalar
from threesixty.schema import DEFAULT, EdgeKind

DAY = 86_400_000
START = 1_704_067_200_000  # 2024-01-01
EURO = 10_000


def day(number: int) -> int:
    return START + number * DAY


class Drawing:
    """Node and edge rows, drawn one by one from named values; what is not named is null."""

    def __init__(self) -> None:
        self.nodes: dict[str, list[Row]] = defaultdict(list)
        self.edges: dict[EdgeKind, list[Row]] = defaultdict(list)
        self.labels: dict[str, str] = {}

    def node(self, label: str, key: str, **values: Scalar) -> str:
        self.labels[key] = label
        self.nodes[label].append((key, *_in_order(values, [column.name for column in DEFAULT.nodes[label]])))
        return key

    def edge(self, source: str, sort: str, target: str, **values: Scalar) -> None:
        kind = EdgeKind(self.labels[source], sort, self.labels[target])
        columns = [column.name for column in DEFAULT.edges[kind]]
        self.edges[kind].append((source, target, *_in_order(values, columns)))

    def customer(self, key: str, name: str, **values: Scalar) -> str:
        counts = ("purchases", "value", "other_currency", "tickets", "open_tickets")
        given, _, family = name.partition(" ")
        golden: dict[str, Scalar] = {"given": given, "family": family, "email": f"{key}@example.org"}
        profile = json.dumps(golden, sort_keys=True)
        known = {"name": name, "kind": "person", "currency": "EUR", "profile": profile, **golden}
        figures = {"records": 1, **dict.fromkeys(counts, 0)}
        return self.node("Customer", f"customer:{key}", **{**known, **figures, **values})

    def identifier(
        self, sort: str, value: str, *customers: str, generic: bool = False, holders: int = 0
    ) -> str:
        """An identifier and those who use it; a generic one keeps its node and has no USES."""
        key = self.node(
            "Identifier", f"identifier:{sort}:{value}", name=value, type=sort, value=value,
            holders=holders or len(customers), generic=generic,
        )  # fmt: skip
        for number, customer in enumerate(() if generic else customers):
            self.edge(customer, "USES", key, first=day(number), last=day(number + 100))
        return key

    def household(self, key: str, name: str, members: Mapping[str, str]) -> str:
        """A household; a 'former' member left after a month."""
        many = sum(role != "former" for role in members.values())
        household = self.node("Household", f"household:{key}", name=name, kind="family", members=many)
        for number, (customer, role) in enumerate(members.items()):
            self.edge(customer, "MEMBER_OF", household, role=role, since=day(number),
                      until=day(30) if role == "former" else None, evidence="address, surname")  # fmt: skip
        return household

    def record(self, key: str, customer: str, bits: float, why: str, wins: str, brand: str = "") -> str:
        source = key.partition(":")[0]
        record = self.node("Record", f"record:{key}", name=source, source=source, kind="person", at=day(1),
                           brand=brand or None)  # fmt: skip
        self.edge(record, "RESOLVES_TO", customer, since=day(2), bits=bits, why=why, wins=wins)
        return record

    def thing(self, label: str, key: str, name: str, at: int | None = None, **values: Scalar) -> str:
        known: dict[str, Scalar] = {"name": name, "kind": label.lower(), "source": "shop", "at": at}
        return self.node(label, f"{label.lower()}:{key}", **{**known, **values})

    def delta(self) -> Delta:
        return Delta(dict(self.nodes), dict(self.edges))


def _in_order(values: Mapping[str, Scalar], columns: list[str]) -> list[Scalar]:
    if unknown := values.keys() - set(columns):
        raise KeyError(f"no such column: {', '.join(sorted(unknown))}")
    return [values.get(column) for column in columns]


def _people(town: Drawing) -> None:
    town.node("Threesixty", "threesixty", name="Threesixty", seq=41, as_of=day(400), schema="1")
    town.customer("ada", "Ada Byron", since=day(0), last_seen=day(300), records=3, purchases=3,
                  value=90 * EURO, other_currency=1, first_purchase=day(10), last_purchase=day(30),
                  tickets=2, open_tickets=1)  # fmt: skip
    town.customer("ben", "Ben Byron", since=day(1), last_seen=day(200), purchases=1, value=30 * EURO,
                  first_purchase=day(40), last_purchase=day(40))  # fmt: skip
    town.customer("cleo", "Cleo Diaz", since=day(2), last_seen=day(50), tickets=1, open_tickets=1)
    town.customer("dan", "Dan Diaz", since=day(3), last_seen=day(60))
    town.customer("eve", "Eve O'Hara \"$customer\"", since=day(4), purchases=24, value=240 * EURO,
                  first_purchase=day(101), last_purchase=day(124))  # fmt: skip
    town.customer("finn", "Finn Śliwa", since=None)
    town.customer("gus", "Gus Lonely", since=day(6))
    town.customer("hall", "Hall & Co", kind="organisation", profile='{"name": "Hall & Co"}', since=day(7))
    town.node("Alias", "alias:ada2", name="ada2")
    town.edge("alias:ada2", "NOW", "customer:ada")


def _relations(town: Drawing) -> None:
    town.customer("halls", "Hall Holding", kind="organisation", profile='{"name": "Hall Holding"}')
    town.edge("customer:dan", "WORKS_FOR", "customer:hall", role="buyer")
    town.edge("customer:cleo", "WORKS_FOR", "customer:hall", role=None)
    # Each is part of the other: somebody's mistake that no Question may walk in for ever.
    town.edge("customer:hall", "PART_OF", "customer:halls")
    town.edge("customer:halls", "PART_OF", "customer:hall")
    town.edge("customer:ada", "REFERRED", "customer:dan", role="referred_by")


def _evidence(town: Drawing) -> None:
    town.record("crm:1", "customer:ada", 0.0, "", "given,family", "Farol")
    town.record("shop:1", "customer:ada", 12.5, "same email", "email", "Maré")
    town.record("desk:1", "customer:ada", 7.25, "same phone, like name", "")
    town.record("shop:2", "customer:ben", 9.0, "same email", "", "Maré")
    for customer in ("ben", "cleo", "dan", "eve", "finn", "gus", "hall"):
        town.record(f"crm:{customer}", f"customer:{customer}", 0.0, "", "given,family,email")
    town.identifier("email", "ada@example.org", "customer:ada")
    town.identifier("phone", "+4930111", "customer:ada", "customer:ben")
    town.identifier("device", "tablet-1", "customer:ben", "customer:cleo")
    town.identifier("email", "diaz@example.org", "customer:cleo", "customer:dan")
    town.identifier("loyalty", "L-9", "customer:dan", "customer:eve")
    office = town.identifier("phone", "+4930000", generic=True, holders=250)
    town.edge("record:crm:1", "CARRIES", office)
    town.edge("record:shop:1", "CARRIES", office)
    town.identifier("card", "hub", "customer:eve", "customer:finn", "customer:hall", holders=99)
    town.household(
        "ada",
        "Byron household",
        {"customer:ada": "family", "customer:ben": "family", "customer:dan": "former"},
    )


def _behaviour(town: Drawing) -> None:
    tea, cup, pot = (town.thing("Product", key, name, source="all") for key, name in
                     (("tea", "Tea"), ("cup", "Cup"), ("pot", "Pot")))  # fmt: skip
    baskets: dict[str, tuple[str, ...]] = {"1": (tea, cup), "2": (tea, cup), "3": (tea,), "4": (tea, pot)}
    owners = {"1": "customer:ada", "2": "customer:ada", "3": "customer:ada", "4": "customer:ben"}
    for number, (order, basket) in enumerate(baskets.items()):
        purchase = town.thing("Purchase", order, f"Order {order}", day(10 + 10 * number), status="paid",
                              amount=30 * EURO, currency="EUR", channel="web")  # fmt: skip
        town.edge(owners[order], "MADE", purchase, role="buyer")
        for product in basket:
            town.edge(purchase, "INCLUDES", product, quantity=1.0, amount=15 * EURO)
    town.edge("customer:ada", "RECEIVED", "purchase:3", role="recipient")
    town.edge("customer:gus", "RECEIVED", "purchase:4", role="recipient")
    town.edge("customer:ada", "BOUGHT", tea, count=3, first=day(10), last=day(30), amount=60 * EURO)
    town.edge("customer:ada", "BOUGHT", cup, count=2, first=day(10), last=day(20), amount=30 * EURO)
    town.edge("customer:ben", "BOUGHT", tea, count=1, first=day(40), last=day(40), amount=15 * EURO)
    town.edge("customer:ben", "BOUGHT", pot, count=1, first=day(40), last=day(40), amount=15 * EURO)
    for number in range(24):  # two at a time share their instant, so that pages must break ties
        purchase = town.thing("Purchase", f"e{number:02}", "Order", day(101 + number // 2), status="paid",
                              amount=10 * EURO, currency="EUR")  # fmt: skip
        town.edge("customer:eve", "MADE", purchase, role="buyer")
    town.edge("customer:eve", "MADE", town.thing("Purchase", "undated", "Order without a day"), role="buyer")
    _tickets(town, tea)


def _tickets(town: Drawing, tea: str) -> None:
    for key, owner, status, closed in (("1", "ada", "open", None), ("2", "ada", "closed", day(70)),
                                      ("3", "cleo", "pending", None)):  # fmt: skip
        ticket = town.thing("Ticket", key, f"Ticket {key}", day(50 + int(key)), source="desk", status=status,
                            closed_at=closed, topic="delivery", priority="high")  # fmt: skip
        town.edge(f"customer:{owner}", "RAISED", ticket, role="contact")
    town.edge("ticket:1", "ABOUT_PRODUCT", tea)


def _attention(town: Drawing) -> None:
    """Mailings, visits, baskets, and what was sent back."""
    spring, autumn = (town.thing("Campaign", key, key.title(), day(at), source="all", channel="email")
                      for key, at in (("spring", 5), ("autumn", 50)))  # fmt: skip
    search, friend = (town.thing("Origin", key, key.title(), source="all") for key in ("search", "friend"))
    digests: tuple[tuple[str, str, str, int, int | None, int], ...] = (
        ("ada", "MAILED", spring, 2, 5, 6), ("ben", "MAILED", spring, 1, 5, 5),
        ("cleo", "MAILED", autumn, 1, 50, 50), ("ada", "OPENED", spring, 3, 5, 9),
        ("ada", "RESPONDED", spring, 1, 15, 15), ("cleo", "RESPONDED", spring, 2, 16, 17),
        ("eve", "RESPONDED", autumn, 1, 100, 100),
        # Both origins at the same moment; Cleo's visit has no time.
        ("ada", "CAME_FROM", search, 4, 9, 30), ("ada", "CAME_FROM", friend, 1, 9, 9),
        ("ben", "CAME_FROM", search, 1, 39, 39), ("cleo", "CAME_FROM", search, 1, None, 50),
        ("ada", "VIEWED", "product:pot", 5, 20, 33), ("ada", "WANTED", "product:pot", 1, 33, 33),
        ("ada", "WANTED", "product:tea", 2, 9, 31), ("ben", "WANTED", "product:tea", 1, 39, 39),
    )  # fmt: skip
    for who, sort, what, count, first, last in digests:
        since = None if first is None else day(first)
        town.edge(f"customer:{who}", sort, what, count=count, first=since, last=day(last))
    for key, who, what, currency in (("1", "cleo", "tea", "EUR"), ("2", "cleo", "tea", "GBP"),
                                     ("3", "dan", "cup", None)):  # fmt: skip
        back = town.thing("ProductReturn", key, f"Return {key}", day(80 + int(key)), status="refunded",
                          amount=15 * EURO, currency=currency, reason="too small")  # fmt: skip
        town.edge(f"customer:{who}", "SENT_BACK", back, role="buyer")
        town.edge(back, "ABOUT_PRODUCT", f"product:{what}")


def eight_customers() -> Delta:
    """Ada has everything, Gus and Finn nearly nothing."""
    drawing = Drawing()
    _people(drawing)
    _relations(drawing)
    _evidence(drawing)
    _behaviour(drawing)
    _attention(drawing)
    return drawing.delta()
