"""What AWS documents that Neptune does not support, and what no openCypher 9 engine can carry out."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.errors import nearest
from threesixty.neptune.lint.functions import COMPLIANCE, DOCUMENTED, EXTENSIONS, KNOWN, LISTS
from threesixty.neptune.lint.rule import (
    ANALYTICS,
    ANSWERS,
    EXCEPTIONS,
    HINTS,
    READ_S3,
    REWRITES,
    Found,
    Rule,
    each,
    having,
)
from threesixty.neptune.lint.text import (
    WRITES,
    Text,
    below,
    child,
    function_name,
    is_call,
    start,
    trees,
    word,
)
from threesixty.neptune.opencypher import Node

_LISTS = frozenset({"list", "each", "each_pattern", "slice"})
_STORES = frozenset({"create", "merge", "add_map", "assign"})
_LITERALS = frozenset({"integer", "float", "string", "true", "false", "null", "parameter"})
_NEPTUNE_HINTS = frozenset({"plancache", "timeoutmilliseconds", "assumeconsistentdatatypes"})
_FEW = 500  # names, among which the nearest is looked for
_ORDERS = frozenset({"<", ">", "<=", ">="})


def _procedures(text: Text) -> Iterator[Found]:
    for node in text.each("procedure"):
        name = word(node)
        if text.within(node, "call") and not name.lower().startswith(("neptune.algo.", "neptune.read")):
            yield node, name


def _algorithms(text: Text) -> Iterator[Found]:
    for node in text.each("procedure", "name"):
        if word(node).lower().startswith("neptune.algo."):
            yield node, word(node)


def _writes_in_subqueries(text: Text) -> Iterator[Found]:
    for node in text.each(*WRITES):
        if text.within(node, "subquery"):
            yield node, str(node.data).replace("_", " ").upper()


def _dynamic_keys(text: Text) -> Iterator[Found]:
    for node in text.each("index"):
        what, key = trees(node)
        of_element = what.data in ("map", "projected") or is_call(what, "properties")
        if what.data == "variable":
            of_element = text.sort(what) in ("node", "edge")
        if of_element or key.data in ("string", "concatenate"):
            yield node, text.source(node)
    for node in text.each("property"):
        if trees(node)[0].data == "index":
            yield node, text.source(node)


def is_list(node: Node) -> bool:
    return node.data in _LISTS or (node.data == "function" and function_name(node).lower() in LISTS)


def _list_properties(text: Text) -> Iterator[Found]:
    for node in text.each("assign"):
        what, value = trees(node)
        if what.data == "property" and (is_list(value) or value.data == "map"):
            yield value, text.source(what)
    for node in text.each("entry"):
        if text.within(node, "create", "merge", "add_map", "assign") and not text.within(
            node, "function", "list"
        ):
            key, value = trees(node)
            if is_list(value) or value.data == "map":
                yield value, word(key)


def _writing_unions(text: Text) -> Iterator[Found]:
    for query in text.each("query"):
        union = child(query, "union", "union_all")
        if union and any(one.data in WRITES for one in below(query)):
            yield union


def _limits(text: Text) -> Iterator[Found]:
    for node in text.each("skip", "limit"):
        value = trees(node)[0]
        if value.data not in ("integer", "parameter"):
            yield value, text.source(value)


def _varying_predicates(text: Text) -> Iterator[Found]:
    for edge in text.each("edge"):
        given = child(edge, "map")
        if not given or not child(edge, "hops"):
            continue
        for entry in trees(given):
            value = trees(entry)[1]
            if value.data not in _LITERALS:
                yield value, text.source(value)


def _parameter_bounds(text: Text) -> Iterator[Found]:
    for hops in text.each("hops"):
        for bound in trees(hops):
            if bound.data == "parameter":
                yield bound, text.source(bound)


def _unnamed_in_with(text: Text) -> Iterator[Found]:
    for node in text.each("with"):
        for column in trees(node):
            if column.data == "column" and len(trees(column)) == 1 and trees(column)[0].data != "variable":
                yield column, text.source(column)


def columns(part: Node, text: Text) -> list[str]:
    """The columns a part returns, by name."""
    last = trees(part)[-1]
    named = [trees(one)[-1] for one in trees(last) if one.data == "column"] if last.data == "return" else []
    return [word(one) if one.data == "variable" else text.source(one) for one in named]


def _uneven_unions(text: Text) -> Iterator[Found]:
    for query in text.each("query"):
        parts = [one for one in trees(query) if one.data == "part"]
        first = columns(parts[0], text)
        for part in parts[1:]:
            if (other := columns(part, text)) != first:
                yield (
                    trees(part)[-1],
                    f"{', '.join(other) or 'nothing'} after {', '.join(first) or 'nothing'}",
                )


def _without_end(text: Text) -> Iterator[Found]:
    ends = WRITES | {"return", "call", "use"}
    for statement in text.each("statement"):
        for part in trees(child(statement, "query") or statement):
            if part.data == "part" and trees(part)[-1].data not in ends and not _unit(trees(part)[-1]):
                yield trees(part)[-1], str(trees(part)[-1].data).replace("_", " ").upper()


def _unit(clause: Node) -> bool:
    """Whether a clause is a CALL {…} that only does something."""
    query = child(clause, "query")
    return query is not None and trees(trees(query)[-1])[-1].data in WRITES


def _whole_parameters(text: Text) -> Iterator[Found]:
    for node in text.each("node", "edge"):
        given = child(node, "parameter")
        if given and text.within(node, "match", "optional_match", "merge"):
            yield given, text.source(given)


def _second_statements(text: Text) -> Iterator[Found]:
    yield from text.each("statement")[1:]


def _ordered_lists(text: Text) -> Iterator[Found]:
    for node in text.each("compare"):
        sides = [one for one in trees(node) if one.data != "comparison"]
        signs = {str(one.children[0]) for one in trees(node) if one.data == "comparison"}
        for side in sides:
            path = side.data == "variable" and text.sort(side) == "path"
            if signs & _ORDERS and (path or is_list(side) or side.data == "map"):
                yield side, text.source(side)


def _dates_added(text: Text) -> Iterator[Found]:
    for node in text.each("add", "subtract"):
        if any(is_call(one, "datetime") for one in trees(node)):
            yield node, text.source(node)


def _unknown_functions(text: Text) -> Iterator[Found]:
    for node in text.each("function"):
        name = function_name(node)
        if name.lower() not in KNOWN and not name.lower().startswith("neptune.algo."):
            near = nearest(name, DOCUMENTED)
            yield node, f"{name}(): did you mean {near}()?" if near else f"{name}()"


def _other_folds(text: Text) -> Iterator[Found]:
    for node in text.each("reduce"):
        accumulator, fold = word(trees(node)[0]), trees(trees(node)[-1])[0]
        sides = trees(fold)
        simple = fold.data in ("add", "multiply") and sides[0].data == "variable"
        if not simple or word(sides[0]) != accumulator:
            yield fold, text.source(fold)


def _unknown_variables(text: Text) -> Iterator[Found]:
    known = {name for part in text.parts for name in part.sorts}
    if any(child(node, "star") for node in text.each("yields")):
        return
    for node in text.used:
        name = word(node)
        column = name in text.returned and (text.each("subquery") or text.within(node, "order"))
        if name not in known and not column and text.parent(node).data != "imports":
            near = nearest(name, known) if len(known) < _FEW else None
            yield node, f"{name}: did you mean {near}?" if near else name


def _foreign_hints(text: Text) -> Iterator[Found]:
    for node in text.each("foreign_hint"):
        yield node, text.source(node)
    for node in text.each("hint"):
        scope, hint = (str(token).lower() for token in node.children[:2])
        if scope != "query" or hint not in _NEPTUNE_HINTS:
            yield node, text.source(node)


def _late_hints(text: Text) -> Iterator[Found]:
    for node in text.each("hint"):
        statement = text.within(node, "statement")
        if statement and start(node) != start(statement):
            yield node, text.source(node)


RULES = (
    Rule(
        "shortest-path", "refused", "shortestPath() and allShortestPaths() are not supported",
        "bounded hops such as -[:WITHIN*1..3]->, or one step at a time as the Question `path` does",
        "MATCH p = shortestPath((a:Category {id: $a})-[:WITHIN*1..3]->(b:Category {id: $b}))\n"
        "RETURN length(p) AS n",
        COMPLIANCE, each("shortest"),
    ),
    Rule(
        "mandatory-match", "refused", "MANDATORY MATCH is not supported", "MATCH, and look whether rows came",
        "MANDATORY MATCH (c:Customer {id: $customer}) RETURN c.name AS name",
        COMPLIANCE, each("mandatory_match"),
    ),
    Rule(
        "foreach", "refused", "FOREACH is not part of openCypher", "UNWIND the list, then SET or MERGE",
        "MATCH (c:Customer {id: $customer}) FOREACH (one IN [1, 2] | SET c.records = one)",
        REWRITES, each("foreach"),
    ),
    Rule(
        "load-csv", "refused", "LOAD CSV is not part of openCypher",
        "the bulk loader, or CALL neptune.read(…) from engine 1.4.7.0",
        "LOAD CSV FROM 's3://bucket/file.csv' AS row RETURN row[0] AS id",
        READ_S3, each("load_csv"),
    ),
    Rule(
        "procedure", "refused", "CALL of a procedure is not supported: {}",
        "say it in openCypher; AWS shows how for the procedures of APOC",
        "CALL apoc.help('text') YIELD name RETURN name",
        REWRITES, _procedures,
    ),
    Rule(
        "analytics-only", "refused", "{} is there in Neptune Analytics only, not in Neptune Database",
        "run it on a Neptune Analytics graph made from the cluster",
        "CALL neptune.algo.wcc() YIELD node RETURN count(node) AS nodes",
        ANALYTICS, _algorithms,
    ),
    Rule(
        "call-scope", "refused", "CALL (…) {{ … }} is not supported",
        "WITH inside: CALL { WITH c MATCH … }",
        "MATCH (c:Customer {id: $customer})\n"
        "CALL (c) { MATCH (c)-[:MADE]->(p:Purchase) RETURN count(p) AS made }\nRETURN made",
        REWRITES, having("subquery", "imports"),
    ),
    Rule(
        "optional-call", "refused", "OPTIONAL CALL is not supported", "OPTIONAL MATCH inside CALL { … }",
        "MATCH (c:Customer {id: $customer})\n"
        "OPTIONAL CALL { WITH c MATCH (c)-[:MADE]->(p:Purchase) RETURN p.id AS made }\nRETURN made",
        REWRITES, having("subquery", "optional"),
    ),
    Rule(
        "call-writes", "refused", "CALL {{ … }} may only read, but this one says {}",
        "write outside, after the CALL",
        "UNWIND $ids AS one CALL { WITH one MERGE (a:Alias {id: one}) }",
        EXTENSIONS, _writes_in_subqueries,
    ),
    Rule(
        "power", "refused", "the operator ^ is not supported: {}",
        "multiply, or exp(b * log(a))",
        "MATCH (c:Customer {id: $customer}) RETURN c.records ^ 2 AS squared",
        COMPLIANCE, each("power"),
    ),
    Rule(
        "quantifier", "refused", "all(), any(), none() and single() are not part of openCypher: {}",
        "count a list comprehension: any is size([x IN list WHERE …]) >= 1, none is … = 0",
        "MATCH (c:Customer {id: $customer}) WHERE any(x IN [c.city, c.region] WHERE x = $place)\n"
        "RETURN c.name AS name",
        REWRITES, each("quantifier"),
    ),
    Rule(
        "dynamic-key", "refused", "a property cannot be looked up by a computed key: {}",
        "name the property: n.name; give the parts of a list names first: WITH list[0] AS first",
        "MATCH (c:Customer {id: $customer}) RETURN c[$key] AS value",
        COMPLIANCE, _dynamic_keys,
    ),
    Rule(
        "list-property", "refused", "a property holds one simple value, not a list or a map: {}",
        "nodes and edges, or text put together by join() and taken apart by split()",
        "MATCH (c:Customer {id: $customer}) SET c.city = ['Porto', 'Faro']",
        REWRITES, _list_properties,
    ),
    Rule(
        "union-writes", "refused", "UNION is for queries that only read", "two statements",
        "MERGE (a:Alias {id: $id}) RETURN a.id AS id UNION MATCH (a:Alias) RETURN a.id AS id",
        COMPLIANCE, _writing_unions,
    ),
    Rule(
        "limit-expression", "refused", "SKIP and LIMIT do not take an expression: {}",
        "a number",
        "MATCH (c:Customer) RETURN c.id AS id ORDER BY id LIMIT toInteger($many)",
        COMPLIANCE, _limits,
    ),
    Rule(
        "hops-predicate", "refused",
        "properties of an edge of variable length are compared with constants only, not with {}",
        "a constant, or UNWIND relationships(path) and WHERE",
        "MATCH (a:Category)-[:WITHIN*1..2 {name: a.name}]->(b:Category) RETURN b.id AS id",
        COMPLIANCE, _varying_predicates,
    ),
    Rule(
        "hops-parameter", "refused", "how many hops is a number in openCypher, not {}",
        "*1..3, and a text for each depth that is needed",
        "MATCH (a:Category {id: $id})-[:WITHIN*1..$depth]->(b:Category) RETURN b.id AS id",
        COMPLIANCE, _parameter_bounds,
    ),
    Rule(
        "unnamed-in-with", "refused", "WITH needs a name for {}", "AS and a name",
        "MATCH (c:Customer) WITH count(c) RETURN 1 AS one",
        COMPLIANCE, _unnamed_in_with,
    ),
    Rule(
        "uneven-union", "refused", "the parts of a UNION return the same columns, but here {}",
        "the same names in the same order in every part",
        "MATCH (c:Customer {id: $id}) RETURN c.id AS id UNION ALL\n"
        "MATCH (a:Alias {id: $id}) RETURN a.id AS alias",
        COMPLIANCE, _uneven_unions,
    ),
    Rule(
        "no-end", "refused", "a query cannot end with {}", "RETURN, or a clause that writes",
        "MATCH (c:Customer {id: $customer})",
        COMPLIANCE, _without_end,
    ),
    Rule(
        "pattern-parameter", "refused",
        "a pattern that is looked for takes its properties one by one, not as {}",
        "{id: $id}",
        "MATCH (c:Customer $wanted) RETURN c.id AS id",
        COMPLIANCE, _whole_parameters,
    ),
    Rule(
        "schema-command", "refused", "Neptune has no indexes, constraints or schema to manage: {}",
        "nothing: everything is indexed, and ~id is unique",
        "CREATE CONSTRAINT FOR (c:Customer) REQUIRE c.id IS UNIQUE",
        REWRITES, each("schema_command"),
    ),
    Rule(
        "several-statements", "refused", "one request carries one statement",
        "send them one by one",
        "MATCH (a:Alias {id: $id}) DETACH DELETE a;\nMATCH (c:Customer {id: $id}) DETACH DELETE c",
        ANSWERS, _second_statements,
    ),
    Rule(
        "ordered-list", "refused", "lists, maps and paths have no order to compare: {}",
        "compare their sizes or parts",
        "MATCH (c:Customer {id: $customer}) WHERE [c.records] > [1] RETURN c.id AS id",
        COMPLIANCE, _ordered_lists,
    ),
    Rule(
        "date-arithmetic", "refused", "nothing can be added to a datetime: {}",
        "instants as milliseconds since 1970, which are whole numbers",
        "MATCH (c:Customer {id: $customer}) RETURN datetime($day) - c.since AS age",
        COMPLIANCE, _dates_added,
    ),
    Rule(
        "unknown-function", "refused", "Neptune documents no function {}",
        "one of the documented functions, or work it out in the program that asks",
        "MATCH (c:Customer {id: $customer}) RETURN apoc.text.capitalize(c.name) AS name",
        COMPLIANCE, _unknown_functions,
    ),
    Rule(
        "reduce-expression", "refused", "reduce() only adds or multiplies: accumulator + x or * x, not {}",
        "UNWIND the list, then an aggregate",
        "WITH [1, 2] AS list RETURN reduce(sum = 0, x IN list | sum - x) AS less",
        EXTENSIONS, _other_folds,
    ),
    Rule(
        "unknown-variable", "refused", "nothing here is called {}", "the name a pattern or an AS gives",
        "MATCH (customer:Customer {id: $customer}) RETURN custmer.name AS name",
        EXCEPTIONS, _unknown_variables,
    ),
    Rule(
        "foreign-hint", "refused", "Neptune knows no such hint: {}",
        "nothing, or USING QUERY:PLANCACHE, QUERY:TIMEOUTMILLISECONDS, QUERY:ASSUMECONSISTENTDATATYPES",
        "MATCH (c:Customer) USING INDEX c:Customer(name) WHERE c.name = $name RETURN c.id AS id",
        HINTS, _foreign_hints,
    ),
    Rule(
        "late-hint", "refused", "a hint for the whole query stands before it: {}",
        "USING QUERY:… at the very beginning",
        "MATCH (c:Customer {id: $id}) USING QUERY:TIMEOUTMILLISECONDS 100 RETURN c.name AS name",
        HINTS, _late_hints,
    ),
)  # fmt: skip
