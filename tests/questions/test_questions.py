"""Questions are documented, found by name, and asked with checked parameters, within a budget."""

import re

import pytest

from threesixty.errors import GraphTimeout, NotFound, QuestionError
from threesixty.questions import Budget, Column, Parameter, ask, catalogue, find
from threesixty.questions.question import parameters, parse

HEADER = [
    "Who is it?",
    "More words.",
    "",
    "And more.",
    "param customer customer  the customer's id",
    "param depth integer = 2  how deep",
    "param word text = ''  a word",
    "column id text  the other",
    "column amount money  how much",
    "example customer=customer:abc depth=2",
    "budget rows=3 seconds=0.5 scan=yes",
]


def asking(rows):
    """A graph's `ask` that remembers what it was asked and gives these rows."""

    def ask_(text, given, *, seconds, scan):
        ask_.asked.append((text, dict(given), seconds, scan))
        return rows

    ask_.asked = []
    return ask_


# --- the header --------------------------------------------------------------------------------------


def test_a_header_says_everything_about_a_question():
    question = parse("who", HEADER, " RETURN 1 AS id ")

    assert (question.name, question.title, question.doc) == ("who", "Who is it?", "More words.\n\nAnd more.")
    assert question.parameters == (
        Parameter("customer", "customer", "the customer's id"),
        Parameter("depth", "integer", "how deep", 2),
        Parameter("word", "text", "a word", ""),
    )
    assert question.columns == (Column("id", "text", "the other"), Column("amount", "money", "how much"))
    assert question.examples == ({"customer": "customer:abc", "depth": "2"},)
    assert question.budget == Budget(3, 0.5, scan=True)
    assert question.text == "RETURN 1 AS id"


def test_only_parameters_without_a_default_are_required():
    assert [p.name for p in parse("who", HEADER, "").parameters if p.required] == ["customer"]


# --- the catalogue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("question", list(catalogue().values()), ids=list(catalogue()))
class TestEveryQuestion:
    def test_is_asked_in_plain_words(self, question):
        assert question.title
        assert question.doc

    def test_documents_its_parameters_and_columns(self, question):
        assert question.columns
        assert all(part.doc for part in (*question.parameters, *question.columns))

    def test_has_examples_that_can_be_asked(self, question):
        assert question.examples
        for example in question.examples:
            assert parameters(question, example).keys() == {p.name for p in question.parameters}

    def test_uses_the_parameters_it_declares_and_no_others(self, question):
        if question.answer is None:
            used = set(re.findall(r"\$(\w+)", question.text))
            assert used == {p.name for p in question.parameters}

    def test_asks_for_one_row_more_than_its_budget(self, question):
        if question.answer is None and question.name != "customer_360":
            limits = {int(number) for number in re.findall(r"LIMIT (\d+)", question.text)}
            assert limits == {question.budget.rows + 1}

    def test_orders_its_rows(self, question):
        if question.name != "customer_360":
            assert "ORDER BY" in question.text

    def test_keeps_to_what_every_engine_understands(self, question):
        refused = r"shortestPath|EXISTS|CALL|\*\d*\.\.|type\(|labels\(|\bid\(|UNWIND|NULL AS|SKIP"
        assert not re.search(refused, question.text)


def test_there_are_these():
    assert list(catalogue()) == [
        "abandoned_baskets", "bought_together", "brand_overlap", "campaign_responders", "campaign_results",
        "connections", "customer_360", "employees", "engagement", "first_touch", "household",
        "household_value", "hubs", "identifiers", "lapsed", "might_like", "open_tickets", "organisation",
        "path", "purchases", "recency_frequency_value", "records", "referrers", "returned_products",
        "serial_returners", "sharing", "timeline",
    ]  # fmt: skip


def test_a_question_is_found_by_its_name_with_either_dash():
    assert find("open-tickets") is find("open_tickets")


def test_a_misspelt_question_gets_the_nearest_one():
    with pytest.raises(NotFound, match="did you mean 'household'"):
        find("housold")


# --- parameters --------------------------------------------------------------------------------------


def checked(name, **given):
    return parameters(find(name), given)


@pytest.mark.parametrize("given", ["ada", "customer:ada", " ada "])
def test_a_customer_may_be_named_with_or_without_its_prefix(given):
    assert checked("household", customer=given) == {"customer": "customer:ada"}


def test_a_missing_parameter_is_named_with_its_doc():
    with pytest.raises(QuestionError, match="path needs 'other': the other customer's id"):
        checked("path", customer="ada")


def test_an_unknown_parameter_gets_the_nearest_one():
    with pytest.raises(QuestionError, match="did you mean 'customer'"):
        checked("household", custmer="ada")


def test_a_parameter_of_a_question_without_any_is_refused():
    with pytest.raises(QuestionError, match="it has none"):
        checked("recency_frequency_value", now="1")


@pytest.mark.parametrize(
    ("type_", "given", "value"),
    [
        ("integer", "7", 7), ("integer", 7, 7), ("integer", "-3", -3),
        ("number", "1.5", 1.5), ("number", 2, 2.0),
        ("date", "2024-05-03", "2024-05-03"),
        ("date", "1931-05", "1931-05"),
        ("date", "-0043", "-0043"),
        ("instant", "1970-01-02", 86_400_000), ("instant", "86400000", 86_400_000),
        ("instant", "1970-01-01T01:00:00+01:00", 0), ("instant", 5, 5),
        ("text", "7", "7"),
    ],
)  # fmt: skip
def test_a_parameter_may_come_as_text(type_, given, value):
    question = parse("q", ["Q?", f"param x {type_}  x", "budget rows=1 seconds=1 scan=no"], "")

    assert parameters(question, {"x": given}) == {"x": value}


@pytest.mark.parametrize(
    ("type_", "given"),
    [
        ("integer", "1.5"), ("integer", "x"), ("integer", True), ("integer", "9" * 19), ("integer", ""),
        ("number", "nan"), ("number", "inf"), ("number", "a"), ("number", True),
        ("date", "2024-13-01"), ("date", "3.5.2024"), ("date", "1931-"),
        ("instant", "yesterday"), ("text", 7),
        ("customer", " "), ("customer", 7),
    ],
)  # fmt: skip
def test_a_parameter_of_the_wrong_type_is_refused_with_what_is_wanted(type_, given):
    question = parse("q", ["Q?", f"param x {type_}  x", "budget rows=1 seconds=1 scan=no"], "")

    with pytest.raises(QuestionError, match=r"cannot be .*\n  → give "):
        parameters(question, {"x": given})


def test_a_number_that_is_too_large_is_not_told_to_be_none():
    question = parse("q", ["Q?", "param x integer  x", "budget rows=1 seconds=1 scan=no"], "")

    with pytest.raises(QuestionError, match="a whole number of at most 18 digits"):
        parameters(question, {"x": "9" * 20})


def test_a_depth_out_of_bounds_is_refused():
    with pytest.raises(QuestionError, match="give a depth of 1, 2 or 3"):
        ask(asking([]), find("connections"), {"customer": "ada", "depth": 4})


# --- asking ------------------------------------------------------------------------------------------


def test_a_graph_is_asked_with_the_text_the_values_and_the_budget():
    graph, question = asking([]), parse("who", HEADER, "RETURN $depth AS id")

    ask(graph, question, {"customer": "ada"})

    given = {"customer": "customer:ada", "depth": 2, "word": ""}
    assert graph.asked == [("RETURN $depth AS id", given, 0.5, True)]


def test_an_answer_has_its_columns_in_order_and_numbers_of_their_type():
    answer = ask(asking([{"amount": 5.0, "id": "a"}]), parse("who", HEADER, ""), {"customer": "ada"})

    assert answer.columns == ("id", "amount")
    assert answer.rows == (("a", 5),)
    assert isinstance(answer.rows[0][1], int)


@pytest.mark.parametrize(("rows", "kept", "truncated"), [(3, 3, False), (4, 3, True)])
def test_an_answer_over_its_budget_is_cut_and_says_so(rows, kept, truncated):
    answer = ask(asking([{"id": "a", "amount": 1}] * rows), parse("who", HEADER, ""), {"customer": "ada"})

    assert (len(answer.rows), answer.truncated) == (kept, truncated)


def test_a_question_of_many_steps_ends_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr("threesixty.questions.perf_counter", Clock(step=2.0))

    with pytest.raises(GraphTimeout, match="path took longer than 5 s"):
        ask(ever_further, find("path"), {"customer": "x", "other": "y"})


class Clock:
    """Time that passes by a fixed step whenever somebody looks."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def ever_further(text, given, *, seconds, scan):
    """A graph in which everybody shares a phone with somebody new."""
    near = given["customer"]
    return [{"near": near, "near_name": "", "via": "identifier:x", "type": "phone", "what": "1",
             "far": f"{near}+", "far_name": ""}]  # fmt: skip
