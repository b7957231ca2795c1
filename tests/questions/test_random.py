"""Random towns with something of everything: every backend answers every Question as plain Python does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty.conformance.answers import comparable
from threesixty.conformance.drawing import DAY, START
from threesixty.questions import ask, catalogue, find
from threesixty.questions.question import parameters

CUSTOMERS = [f"customer:{letter}" for letter in "abcdefg"]
CAMPAIGNS, ORIGINS = ["campaign:spring", "campaign:autumn"], ["origin:search", "origin:friend"]
PRODUCTS = [f"product:{name}" for name in ("cup", "pot", "tea")]

# --- random values: the odd ones too, and nothing wherever the graph may hold nothing ---------------------

some = st.sets(st.sampled_from(CUSTOMERS), max_size=4)
customer = st.sampled_from(CUSTOMERS)
texts = st.sampled_from(["", "Tea", "Śliwa", "O'Hara", '"$customer"', "a\\b", "[1, 2]", "null", "日本"])
maybe_text = st.none() | texts
# Few enough instants and amounts that many are equal, and ties have to be broken.
instants = st.none() | st.sampled_from([START, START + 1, START + 40 * DAY, START + 400 * DAY, 0, -DAY])
known_amounts = st.sampled_from([0, 1, -50_000, 10_000, 2**53 + 1])
amounts = st.none() | known_amounts
counts = st.integers(0, 12)
numbers = st.sampled_from([0.0, 1.0, -0.5, 7.25, 1e-9, 12345.678])

customers = st.fixed_dictionaries(
    {
        "name": texts, "kind": st.sampled_from(["person", "organisation"]), "since": instants,
        "last_seen": instants, "purchases": counts, "value": known_amounts,
        "other_currency": counts, "first_purchase": instants, "last_purchase": instants, "tickets": counts,
        "open_tickets": counts, "profile": texts, "currency": st.sampled_from(["EUR", "BRL"]),
    }
)  # fmt: skip
identifiers = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["email", "phone", "card"]), "value": maybe_text, "who": some,
        "generic": st.booleans(), "hub": st.booleans(),
    }
)  # fmt: skip
records = st.fixed_dictionaries(
    {
        "brand": st.sampled_from([None, "Farol", "Maré"]),
        "customer": customer, "source": st.sampled_from(["crm", "shop"]), "at": instants, "bits": numbers,
        "why": texts, "wins": texts, "since": instants,
    }
)  # fmt: skip
purchases = st.fixed_dictionaries(
    {
        "buyer": st.none() | customer, "recipient": st.none() | customer, "name": maybe_text, "at": instants,
        "status": maybe_text, "amount": amounts, "currency": st.sampled_from([None, "EUR"]),
        "basket": st.dictionaries(st.sampled_from(PRODUCTS), st.tuples(numbers, amounts)),
    }
)  # fmt: skip
tickets = st.fixed_dictionaries(
    {
        "contact": customer, "at": instants, "closed_at": instants, "name": texts, "topic": maybe_text,
        "status": st.sampled_from([None, "open", "Closed", "SOLVED", "new"]), "priority": maybe_text,
    }
)  # fmt: skip
product_returns = st.fixed_dictionaries(
    {
        "buyer": customer, "product": st.sampled_from([None, *PRODUCTS]), "at": instants, "amount": amounts,
        "currency": st.sampled_from([None, "EUR", "GBP"]),
    }
)  # fmt: skip
ATTENTION = {"MAILED": CAMPAIGNS, "OPENED": CAMPAIGNS, "RESPONDED": CAMPAIGNS, "VIEWED": PRODUCTS,
             "WANTED": PRODUCTS, "CAME_FROM": ORIGINS}  # fmt: skip
paid = st.sampled_from([(sort, what) for sort, those in ATTENTION.items() for what in those])
bought = st.tuples(st.integers(1, 3), instants, instants, amounts)
towns = st.fixed_dictionaries(
    {
        "customers": st.lists(customers, min_size=len(CUSTOMERS), max_size=len(CUSTOMERS)),
        "identifiers": st.lists(identifiers, max_size=7),
        "households": st.lists(
            st.dictionaries(customer, st.tuples(maybe_text, instants, instants)), max_size=2
        ),
        "records": st.lists(records, max_size=9),
        "purchases": st.lists(purchases, max_size=6),
        "tickets": st.lists(tickets, max_size=5),
        "bought": st.dictionaries(st.tuples(customer, st.sampled_from(PRODUCTS)), bought, max_size=6),
        "relations": st.dictionaries(
            st.tuples(customer, st.sampled_from(["WORKS_FOR", "PART_OF", "REFERRED"]), customer),
            maybe_text,
            max_size=9,
        ),
        "aliases": st.lists(customer, max_size=3),
        "returns": st.lists(product_returns, max_size=6),
        "attention": st.dictionaries(
            st.tuples(customer, paid), st.tuples(st.integers(1, 9), instants, instants), max_size=14
        ),
    }
)


# --- from values to a picture -----------------------------------------------------------------------------


def drawn(picture, town):
    picture.node("Threesixty", "threesixty", name="Threesixty", seq=41, as_of=START, schema="1")
    for key, values in zip(CUSTOMERS, town["customers"], strict=True):
        picture.customer(key.removeprefix("customer:"), **values)
    for key in PRODUCTS:
        picture.node("Product", key, name=key[-3:], kind="product", source="all")
    draw_evidence(picture, town)
    draw_behaviour(picture, town)
    draw_attention(picture, town)
    return picture.delta()


def draw_evidence(picture, town):
    for number, one in enumerate(town["identifiers"]):
        key = picture.node(
            "Identifier", f"identifier:{one['type']}:{number}", type=one["type"], value=one["value"],
            generic=one["generic"], holders=60 if one["hub"] else len(one["who"]),
        )  # fmt: skip
        for place, who in enumerate([] if one["generic"] else sorted(one["who"])):
            picture.edge(who, "USES", key, first=place or None, last=START + place)
    for number, home in enumerate(town["households"]):
        key = picture.node(
            "Household", f"household:{number}", name=f"H{number}", kind="family", members=len(home)
        )
        for who, (role, since, until) in home.items():
            picture.edge(who, "MEMBER_OF", key, role=role, since=since, until=until, evidence="address")
    for number, one in enumerate(town["records"]):
        source, owner = one["source"], one["customer"]
        key = picture.node(
            "Record",
            f"record:{number}",
            name=source,
            source=source,
            kind="person",
            at=one["at"],
            brand=one["brand"],
        )
        why = {name: one[name] for name in ("since", "bits", "why", "wins")}
        picture.edge(key, "RESOLVES_TO", owner, **why)
        for place, held in enumerate(town["identifiers"]):
            if owner in held["who"]:
                picture.edge(key, "CARRIES", f"identifier:{held['type']}:{place}")
    for (who, edge, other), role in town["relations"].items():
        picture.edge(who, edge, other, **({} if edge == "PART_OF" else {"role": role}))
    for number, who in enumerate(town["aliases"]):
        picture.edge(picture.node("Alias", f"alias:{number}", name=str(number)), "NOW", who)


def draw_behaviour(picture, town):
    for number, one in enumerate(town["purchases"]):
        values = {name: one[name] for name in ("name", "at", "status", "amount", "currency")}
        key = picture.node("Purchase", f"purchase:{number}", kind="purchase", source="shop", **values)
        for role, edge in (("buyer", "MADE"), ("recipient", "RECEIVED")):
            if one[role]:
                picture.edge(one[role], edge, key, role=role)
        for product, (quantity, amount) in one["basket"].items():
            picture.edge(key, "INCLUDES", product, quantity=quantity, amount=amount)
    for number, one in enumerate(town["tickets"]):
        values = {name: value for name, value in one.items() if name != "contact"}
        key = picture.node("Ticket", f"ticket:{number}", kind="ticket", source="desk", **values)
        picture.edge(one["contact"], "RAISED", key, role="contact")
    for (who, product), (count, first, last, amount) in town["bought"].items():
        picture.edge(who, "BOUGHT", product, count=count, first=first, last=last, amount=amount)


def draw_attention(picture, town):
    for label, keys in (("Campaign", CAMPAIGNS), ("Origin", ORIGINS)):
        for number, key in enumerate(keys):
            picture.node(label, key, name=key, kind=label.lower(), source="all", at=START if number else None)
    for (who, (sort, what)), (count, first, last) in town["attention"].items():
        picture.edge(who, sort, what, count=count, first=first, last=last)
    for number, one in enumerate(town["returns"]):
        values = {name: one[name] for name in ("at", "amount", "currency")}
        key = picture.node("ProductReturn", f"product_return:{number}", kind="product_return", **values)
        picture.edge(one["buyer"], "SENT_BACK", key, role="buyer")
        if one["product"]:
            picture.edge(key, "ABOUT_PRODUCT", one["product"])


# --- the same questions to all ----------------------------------------------------------------------------

ANYBODY = [{"customer": who} for who in (*CUSTOMERS[:3], "customer:nobody")]
ASKED = {
    "abandoned_baskets": [{}, {"since": START + 1}],
    "brand_overlap": [{}],
    "campaign_responders": [{"campaign": CAMPAIGNS[0], "days": 40}, {"days": 400}],
    "campaign_results": [{}, {"days": 400}],
    "first_touch": [{}],
    "household_value": [{}, {"at_least": 1}],
    "lapsed": [{"since": START + 2}],
    "referrers": [{}],
    "returned_products": [{}],
    "serial_returners": [{"at_least": 1}],
    "bought_together": [{}, {"product": "product:tea"}],
    "connections": [{**who, "depth": depth} for who in ANYBODY for depth in (1, 3)],
    "hubs": [{"at_least": 2}],
    "path": [{"customer": CUSTOMERS[0], "other": other} for other in CUSTOMERS[:5]],
    "recency_frequency_value": [{}],
    "timeline": [*ANYBODY, {**ANYBODY[0], "before_at": START + 1, "before_id": "purchase:3"}],
}


def compare(graph, picture, oracle_of, town):
    delta = drawn(picture, town)
    oracle = oracle_of(delta.put_nodes, delta.put_edges)
    graph.clear()
    graph.apply(delta)
    for name, question in catalogue().items():
        for values in ASKED.get(name, ANYBODY):
            expected = comparable(oracle.answer(question, parameters(question, values)))
            assert comparable(ask(graph.ask, question, values)) == expected, (name, values)


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=5, **QUIET)
@given(town=towns)
def test_every_question_has_one_answer(shared_graph, drawing, oracle_of, town):
    compare(shared_graph, drawing(), oracle_of, town)


@pytest.mark.slow
@settings(max_examples=60, **QUIET)
@given(town=towns)
def test_every_question_has_one_answer_in_many_towns(shared_graph, drawing, oracle_of, town):
    compare(shared_graph, drawing(), oracle_of, town)


def test_every_question_is_asked():
    assert {"customer"} == {
        p.name for name in catalogue() if name not in ASKED for p in find(name).parameters
    }
