"""A text is held against what Neptune is documented to understand; all of our own texts pass."""

import inspect
import re
import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from threesixty import questions
from threesixty.errors import GraphRefused
from threesixty.graph import cypher
from threesixty.graph.ladybug import Ladybug
from threesixty.neptune.lint import ENOUGH, RULES, lint, refusals
from threesixty.neptune.lint.functions import COMPLIANCE, DOCUMENTED, NOT_EMBEDDED
from threesixty.neptune.opencypher import NotOpenCypher, parse
from threesixty.schema import DEFAULT

HERE = Path(__file__).parent


def lines(name):
    text = (HERE / "cases" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def blocks(name):
    """The rules of each block, and its text."""
    found = []
    text = re.sub(r"^#.*\n", "", (HERE / "cases" / name).read_text("utf-8"), flags=re.MULTILINE)
    for block in re.split(r"\n\n(?=\S)", text.strip("\n")):
        rules, _, said = block.partition("\n")
        found.append(pytest.param(set(rules.split()) - {"nothing"}, said, id=f"{rules}: {said[:60]}"))
    return found


def found(text):
    return {finding.rule for finding in lint(text, DEFAULT)}


def errors(text):
    return [finding for finding in lint(text, DEFAULT) if finding.level == "error"]


# --- reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [line for line in lines("parses.txt") if not line.startswith("!")])
def test_reads(text):
    assert parse(text).children


@pytest.mark.parametrize("case", [line for line in lines("parses.txt") if line.startswith("!")])
def test_says_where_it_stopped(case):
    _, place, *text = case.split(" ", 2)

    with pytest.raises(NotOpenCypher) as stopped:
        parse("".join(text))

    assert f"{stopped.value.line}:{stopped.value.column}" == place


def test_a_place_is_that_of_the_line():
    with pytest.raises(NotOpenCypher, match="line 2, column 3: ! is not expected here"):
        parse("MATCH (n)\n  ! RETURN n")


def test_nothing_is_no_statement():
    assert [finding.rule for finding in lint("// nothing")] == ["syntax"]


def test_brackets_are_not_nested_without_end():
    with pytest.raises(NotOpenCypher, match="200 deep"):
        parse(f"RETURN {'(' * 201}1{')' * 201}")


@pytest.mark.slow
def test_reads_every_query_of_the_tck_that_is_no_syntax_error(request):
    pytest.importorskip("gherkin")
    tck = runpy.run_path(str(HERE / "tck" / "features.py"))
    folder = tck["fetch"](request.config.cache.mkdir("opencypher"))
    read = 0
    for scenario in tck["scenarios"](folder):
        if not any("SyntaxError should be raised" in step["text"] for step in scenario.steps):
            for step in scenario.steps:
                if step["text"] == "executing query:":
                    parse(step["argument"]["docString"]["content"])
                    read += 1

    assert read > 3_000


# --- rules --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_finds_what_breaks_it(rule):
    assert rule.name in found(rule.example)


@pytest.mark.parametrize(("rules", "text"), blocks("lint.txt"))
def test_finds(rules, text):
    assert found(text) == rules


def test_every_rule_has_a_name_of_its_own():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_rule_and_function_has_its_page_at_aws():
    pages = {rule.page for rule in RULES} | set(DOCUMENTED.values())
    guide = re.compile(r"https://docs\.aws\.amazon\.com/neptune(-analytics)?/latest/userguide/[\w-]+\.html")

    assert [page for page in pages if not guide.fullmatch(page)] == []


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_functions_are_not_refused_however_they_are_written(name):
    written = (name, name.upper(), name.lower())

    assert [said for said in written if refusals(f"MATCH (c) RETURN {said}(c.name) AS x")] == []


def test_the_functions_that_the_embedded_graph_lacks_are_known(tmp_path):
    graph = Ladybug.open(tmp_path / "graph.lbug", DEFAULT)
    missing = set()
    for name, page in DOCUMENTED.items():
        if page == COMPLIANCE and name != "exists":  # a word of the language there
            try:
                graph.ask(f"MATCH (c:Customer) RETURN {name}(c.name) AS x", {})
            except GraphRefused as error:
                missing |= {name.lower()} if "does not exist" in error.message else set()
    graph.close()

    assert missing == NOT_EMBEDDED


def test_a_finding_says_where_what_and_what_instead():
    (finding,) = lint("MATCH (c:Customer {id: $id})\nRETURN c.id AS id,\n       c.records ^ 2 AS x", DEFAULT)

    assert (finding.rule, finding.level) == ("power", "error")
    assert (finding.line, finding.column) == (3, 8)
    assert finding.message == "the operator ^ is not supported: c.records ^ 2"
    assert finding.rewrite.startswith("multiply")
    assert finding.page.endswith("feature-opencypher-compliance.html")


def test_an_unknown_name_is_told_with_the_nearest_known_one():
    (finding,) = lint("MATCH (c:Custmer {id: $id}) RETURN c.id AS id", DEFAULT)

    assert finding.message == "the schema has no label Custmer: did you mean Customer?"


def test_without_a_schema_every_label_will_do():
    assert lint("MATCH (a:Anything {id: $id})-[:GOES]->(b:Somewhere) RETURN b.what AS what") == ()


def test_refusals_are_only_what_neptune_does_not_promise():
    text = "MATCH (n:Whatever) WHERE EXISTS { (n)-->() } RETURN n, n.x ^ 2 AS squared LIMIT 10"

    assert [finding.rule for finding in refusals(text)] == ["exists-subquery", "power"]
    assert {finding.rule for finding in refusals(text)} < found(text)


@pytest.mark.parametrize("text", lines("clients.txt"))
def test_what_clients_of_neptune_ask_is_not_refused(text):
    assert refusals(text) == ()


# --- our own texts ------------------------------------------------------------------------------------


ASKED = [
    pytest.param(text, id=question.name)
    for question in questions.catalogue().values()
    for text in (question.text.split("\n\n") if question.answer else [question.text])
]


@pytest.mark.parametrize("text", ASKED)
def test_every_question_is_what_neptune_understands(text):
    assert errors(text) == []


@pytest.mark.parametrize(
    "file", sorted(Path(questions.__file__).parent.glob("*.cypher")), ids=lambda f: f.stem
)
def test_every_question_takes_and_gives_what_its_header_declares(file):
    assert errors(file.read_text("utf-8")) == []


NODES, EDGES = DEFAULT.nodes, DEFAULT.edges


def of_labels(make):
    return lambda: [make(label, columns) for label, columns in NODES.items()]


def of_kinds(make):
    return lambda: [make(kind, columns) for kind, columns in EDGES.items()]


# Every function of cypher.py that makes a text for a cluster, with the texts it makes of the schema.
STATEMENTS = {
    cypher.nodes_by_id: of_labels(cypher.nodes_by_id),
    cypher.edges_from_each: of_kinds(cypher.edges_from_each),
    cypher.all_nodes: of_labels(cypher.all_nodes),
    cypher.all_edges: of_kinds(cypher.all_edges),
    cypher.count_nodes: of_labels(lambda label, _: cypher.count_nodes(label)),
    cypher.applied: lambda: [cypher.applied()],
    cypher.count_values: lambda: [cypher.count_values(w, c) for w, c in (*NODES.items(), *EDGES.items())],
    cypher.distinct_texts: of_labels(lambda label, columns: cypher.distinct_texts(label, columns[0])),
    cypher.counted_by_month: lambda: [cypher.counted_by_month("Purchase")],
    cypher.some_ids: of_labels(lambda label, _: cypher.some_ids(label, 10)),
    cypher.starts: of_kinds(lambda kind, _: cypher.starts(kind)),
    cypher.bought_lines: lambda: [cypher.bought_lines()],
    cypher.take_node: of_labels(lambda label, _: cypher.take_node(label)),
    cypher.take_edge: of_kinds(lambda kind, _: cypher.take_edge(kind)),
    cypher.merge_nodes: of_labels(cypher.merge_nodes),
    cypher.merge_edges: of_kinds(cypher.merge_edges),
    cypher.take_nodes: of_labels(lambda label, _: cypher.take_nodes(label)),
    cypher.take_edges: of_kinds(lambda kind, _: cypher.take_edges(kind)),
    cypher.take_some: of_labels(lambda label, _: cypher.take_some(label, 100)),
    cypher.merge_named_nodes: of_labels(lambda label, _: cypher.merge_named_nodes(label)),
    cypher.merge_named_edges: of_kinds(lambda kind, _: cypher.merge_named_edges(kind)),
    cypher.named_nodes: lambda: [cypher.named_nodes()],
    cypher.edges_from_named: lambda: [cypher.edges_from_named(sorted({kind.type for kind in EDGES}))],
    cypher.next_nodes: of_labels(lambda label, columns: cypher.next_nodes(label, columns, 100)),
}  # fmt: skip
FOR_OTHERS = {
    # ladybug's tables, its values in lists and its COPY; indexes of other servers
    "create_tables", "drop_tables", "edges_from", "edges_from_those", "create_nodes", "set_nodes",
    "create_edges", "replace_edges", "count_edges", "copy_nodes", "copy_edges", "create_index", "known_ids",
    "scanned_node", "take_scanned_node",
}  # fmt: skip
NO_STATEMENTS = {"check_reads", "quoted", "edge_tables", "slots", "by_native_id", "with_things"}


def test_no_function_that_makes_cypher_escapes_the_lint():
    made = {name for name, one in vars(cypher).items()
            if inspect.isfunction(inspect.unwrap(one)) and one.__module__ == cypher.__name__
            and not name.startswith("_")}  # fmt: skip

    assert made == {one.__name__ for one in STATEMENTS} | FOR_OTHERS | NO_STATEMENTS


@pytest.mark.parametrize("function", STATEMENTS, ids=lambda function: function.__name__)
def test_every_statement_is_what_neptune_understands(function):
    texts = STATEMENTS[function]()
    texts += [cypher.by_native_id(text) for text in texts]

    assert [(text, errors(text)) for text in dict.fromkeys(texts) if errors(text)] == []


# --- any text -----------------------------------------------------------------------------------------

CORPUS = [rule.example for rule in RULES] + [line for line in lines("parses.txt") if not line.startswith("!")]
TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


@settings(deadline=None)
@given(some.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    assert all(finding.line >= 1 <= finding.column for finding in lint(text, DEFAULT))


@settings(max_examples=300, deadline=None)
@given(some.data())
def test_whatever_is_torn_and_mended_is_linted_without_an_accident(data):
    tokens = [token for text in data.draw(some.lists(some.sampled_from(CORPUS), min_size=1, max_size=3))
              for token in TOKEN.findall(text)]  # fmt: skip
    for _ in range(data.draw(some.integers(0, 6))):
        at, other = (data.draw(some.integers(0, len(tokens) - 1)) for _ in range(2))
        tokens[at] = data.draw(some.sampled_from(["", tokens[other], tokens[at] * 2]))

    assert all(finding.line >= 1 for finding in lint("".join(tokens), DEFAULT))


LONG = {
    "sums": f"RETURN {' + '.join(['a.b'] * 5_000)} AS x",
    "nots": f"RETURN {'NOT ' * 5_000}true AS x",
    "signs": f"RETURN {'-' * 5_000}1 AS x",
    "hops": f"MATCH {'(a)-->' * 3_000}(b) RETURN 1 AS x",
    "unions": " UNION ".join(["MATCH (a) SET a.b = 1"] * 1_000),
    "names": f"RETURN {', '.join(f'a{number}' for number in range(2_000))}",
    "calls": f"RETURN {', '.join(f'f{number}()' for number in range(2_000))}",
    "lists": f"RETURN {'[' * 199}{']' * 199} AS x",
    "brackets": "(" * 30_000,
    "comprehensions": "[x IN " * 5_000,
    "maps": "{a: " * 5_000,
    "quotes": "'" * 100_001,
    "ticks": "`" * 100_001,
    "dots": "a." * 10_000,
    "digits": f"MATCH ()-[*{'9' * 10_000}]->() RETURN {'9' * 10_000} AS x",
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_come_to_an_end(name):
    assert len(lint(LONG[name], DEFAULT)) <= ENOUGH * len(RULES)
