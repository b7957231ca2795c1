"""Ids and values: what is unique, what null does, what comes back as it went in."""

from __future__ import annotations

from threesixty.neptune.certify.probes.asking import ID, LABEL, OTHER, TYPE, Seen, probe, required, told
from threesixty.neptune.doctor.finding import Visit

_IDS = "feature-opencypher-compliance.html"
CREATE = f"CREATE (n:{LABEL} {{`~id`: $id}})"


@probe("a second node with the same ~id", "it is refused", _IDS)
def duplicate_id(visit: Visit) -> Seen:
    required(visit.ask(CREATE, id=ID + "1"))
    again = visit.ask(CREATE, id=ID + "1")
    return Seen(told(again), bool(again.trouble))


@probe("the same ~id under another label", "it is refused: ids are unique in the whole graph", _IDS)
def duplicate_id_of_another_label(visit: Visit) -> Seen:
    required(visit.ask(CREATE, id=ID + "1"))
    again = visit.ask(f"MERGE (n:{OTHER} {{`~id`: $id}})", id=ID + "1")
    return Seen(told(again), bool(again.trouble))


@probe("an edge's ~id once more, between other nodes", "it is refused: ids of edges are unique too", _IDS)
def duplicate_edge_id(visit: Visit) -> Seen:
    required(visit.ask(f"UNWIND $ids AS one MERGE (n:{LABEL} {{`~id`: one}})", ids=[ID + n for n in "abc"]))
    text = (
        f"MATCH (a:{LABEL} {{`~id`: $start}}) MATCH (b:{LABEL} {{`~id`: $finish}}) "
        f"MERGE (a)-[e:{TYPE} {{`~id`: $edge}}]->(b)"
    )
    required(visit.ask(text, start=ID + "a", finish=ID + "b", edge=ID + "e"))
    again = visit.ask(text, start=ID + "b", finish=ID + "c", edge=ID + "e")
    return Seen(told(again), bool(again.trouble))


@probe("a look-up by a ~id that is null", "it finds nothing, since 1.4.1.0", "engine-releases-1.4.1.0.html")
def null_id(visit: Visit) -> Seen:
    made = visit.ask(f"MATCH (n:{LABEL} {{`~id`: $id}}) RETURN n.name AS name", id=None)
    return Seen(told(made), not made.trouble and not made.rows)


@probe("a null in the map of SET n += map", "it takes the property away (openCypher 9)")
def null_in_a_map(visit: Visit) -> Seen:
    text = f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n += $properties RETURN n.name AS name, keys(n) AS keys"
    required(visit.ask(text, id=ID + "1", properties={"name": "old", "city": "old"}))
    made = visit.ask(text, id=ID + "1", properties={"name": None, "city": "new"})
    agrees = not made.trouble and made.rows[0]["name"] is None and "name" not in made.rows[0]["keys"]
    return Seen(told(made), agrees)


@probe("an empty text as a property")
def empty_text(visit: Visit) -> Seen:
    made = visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n.name = '' RETURN n.name AS name", id=ID + "1")
    return Seen(told(made))


@probe("the character NUL in a text", "it cannot be stored", "limits.html")
def nul_character(visit: Visit) -> Seen:
    text = f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n.name = $name RETURN n.name AS name"
    made = visit.ask(text, id=ID + "1", name="a\0b")
    return Seen(told(made), bool(made.trouble) or made.rows[0]["name"] != "a\0b")


@probe("numbers and texts at their limits come back equal")
def values_come_back(visit: Visit) -> Seen:
    given = {
        "big": 2**63 - 1,
        "exact": 2**53 + 1,
        "tenth": 0.1,
        "whole": 3.0,
        "face": "\U0001f600",
        "yes": True,
    }
    text = f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n += $given RETURN n AS n"
    made = required(visit.ask(text, id=ID + "1", given=given))
    kept = made.rows[0]["n"]["~properties"]
    changed = {name: kept.get(name) for name, value in given.items() if kept.get(name) != value}
    return Seen(f"changed: {changed}" if changed else "all of them equal")


@probe(
    "a number larger than a JSON number may be",
    "NaN and INF come back as texts",
    "access-graph-opencypher-queries.html",
)
def not_a_number(visit: Visit) -> Seen:
    made = visit.ask("RETURN 0.0 / 0.0 AS nothing, 1.0 / 0.0 AS endless")
    return Seen(told(made), not made.trouble and made.rows[0] == {"nothing": "NaN", "endless": "INF"})


@probe("how texts are ordered: by code point, or as UTF-16")
def order_of_texts(visit: Visit) -> Seen:
    texts = ["\U0001f600", "\uffee", "z", "Z", "é", "a"]
    made = required(visit.ask("UNWIND $texts AS one RETURN one ORDER BY one", texts=texts))
    found = [row["one"] for row in made.rows]
    ways = {
        "by code point": sorted(texts),
        "as UTF-16": sorted(texts, key=lambda text: text.encode("utf-16-be")),
    }
    return Seen(next((way for way, order in ways.items() if order == found), f"neither: {found}"))


@probe("where null stands in an ascending order", "last (openCypher 9)")
def order_of_null(visit: Visit) -> Seen:
    made = required(visit.ask("UNWIND [2, null, 1] AS one RETURN one ORDER BY one"))
    found = [row.get("one") for row in made.rows]
    return Seen(str(found), found == [1, 2, None])


@probe("the shape of a node, an edge and a path", "~id, ~entityType, ~labels, ~properties; a path is a list",
       "access-graph-opencypher-queries.html")  # fmt: skip
def shapes(visit: Visit) -> Seen:
    text = (
        f"MERGE (a:{LABEL} {{`~id`: $a}}) MERGE (b:{LABEL} {{`~id`: $b}}) "
        f"MERGE (a)-[e:{TYPE} {{`~id`: $e}}]->(b)"
    )
    required(visit.ask(text, a=ID + "a", b=ID + "b", e=ID + "e"))
    made = required(visit.ask(f"MATCH p = (a:{LABEL})-[e:{TYPE}]->(b) RETURN a, e, p", id=ID))
    row = made.rows[0]
    what = f"node {sorted(row['a'])}, edge {sorted(row['e'])}, path of {len(row['p'])}"
    node = {"~id", "~entityType", "~labels", "~properties"}
    edge = {"~id", "~entityType", "~start", "~end", "~type", "~properties"}
    return Seen(what, row["a"].keys() == node and row["e"].keys() == edge and len(row["p"]) == 3)


@probe("what a column without a name is called", "by its text", "access-graph-opencypher-queries.html")
def unnamed_column(visit: Visit) -> Seen:
    made = required(visit.ask(f"MATCH (n:{LABEL}) RETURN count(n)"))
    return Seen(str(list(made.rows[0])), list(made.rows[0]) == ["count(n)"])


@probe("an absent property in an answer")
def absent_property(visit: Visit) -> Seen:
    made = required(visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}}) RETURN n.nothing AS nothing", id=ID + "1"))
    return Seen(str(made.rows[0]))
