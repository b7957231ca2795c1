"""A project file is read whole; what is wrong in it is said with its place and the nearest right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from threesixty import project
from threesixty.errors import ProjectError
from threesixty.project import Choice, Constant, Project, Reference

CRM = '[sources.crm]\npath = "crm.csv"\nkind = "person"\nkey = "id"\n'
EXAMPLES = Path(__file__).parents[2] / "examples"


def load(folder: Path, text: str) -> Project:
    (folder / "threesixty.toml").write_text(text, "utf-8")
    return project.load(folder / "threesixty.toml")


def cases() -> list[tuple[str, str]]:
    text = (Path(__file__).parent / "cases" / "mistakes.txt").read_text("utf-8")
    blocks = [block.strip() for block in text.split("\n\n")[1:]]
    return [(b.rpartition("\n> ")[0] + "\n", b.rpartition("\n> ")[2]) for b in blocks]


@pytest.mark.parametrize(("text", "expected"), cases(), ids=[e.split(" ->")[0] for _, e in cases()])
def test_a_mistake_is_said_with_its_place_and_what_to_write_instead(tmp_path, text, expected):
    if "[sources." not in text:
        text += CRM

    with pytest.raises(ProjectError) as raised:
        load(tmp_path, text)

    (problem,) = raised.value.problems
    said = f"{problem.line}:{problem.column} {problem.message} -> {problem.hint}"
    assert said.strip() == expected


def test_every_mistake_is_said_at_once_in_the_order_of_the_file(tmp_path):
    with pytest.raises(ProjectError) as raised:
        load(tmp_path, f'[rules]\nfoo = 1\n[project]\nbar = 2\n{CRM}columns = {{ nope = "a", nada = "b" }}\n')

    assert [p.line for p in raised.value.problems] == [2, 4, 9, 9]


def test_the_shortest_project_is_one_source(tmp_path):
    loaded = load(tmp_path, CRM)

    (crm,) = loaded.sources
    assert (crm.name, crm.paths, crm.records[0].key) == ("crm", (str(tmp_path / "crm.csv"),), ("id",))
    assert loaded.home == tmp_path / ".threesixty"
    assert loaded.graph == "embedded"


def test_a_folder_means_the_threesixty_toml_in_it(tmp_path):
    load(tmp_path, CRM)

    assert project.load(tmp_path, home=tmp_path / "elsewhere").home == tmp_path / "elsewhere"


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ProjectError, match="init"):
        project.load(tmp_path / "no.toml")


def test_a_project_without_sources_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="no source is declared"):
        load(tmp_path, '[project]\nname = "x"\n')


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "threesixty.toml").write_bytes(b'[project]\nname = "\xe9"\n')

    with pytest.raises(ProjectError, match="UTF-8"):
        project.load(tmp_path)


def test_paths_take_variables_from_the_environment_and_stay_where_they_are_absolute(tmp_path, monkeypatch):
    monkeypatch.setenv("WHERE", "/data")
    loaded = load(tmp_path, CRM.replace('"crm.csv"', '["${WHERE}/a.csv", "b/*.csv"]'))

    assert loaded.sources[0].paths == ("/data/a.csv", str(tmp_path / "b" / "*.csv"))


def test_sources_lean_on_the_project_for_country_and_time_zone(tmp_path):
    head = '[project]\ncountry = "PT"\ntime_zone = "Europe/Lisbon"\n'
    own = CRM.replace("crm", "two") + 'country = "DE"\ntime_zone = "Europe/Berlin"\n'
    one, two = load(tmp_path, head + CRM + own).sources

    assert (one.country, one.time_zone) == ("PT", "Europe/Lisbon")
    assert (two.country, two.time_zone) == ("DE", "Europe/Berlin")


def test_a_source_says_how_it_writes_its_dates(tmp_path):
    own = 'date_order = ["mdy", "dmy"]\nwritten = 2020-12-31\nfirst_year = -1000\nyear_only = "01-01"\n'
    own_year = CRM.replace("crm", "two") + "written = 1935\n"
    one, two = load(tmp_path, CRM + own + own_year).sources

    assert (one.date_orders, one.written) == (("mdy", "dmy"), "2020-12-31")
    assert (one.first_year, one.year_only, two.written) == (-1000, "01-01", "1935")


def test_keys_and_columns_may_be_lists_and_constants(tmp_path):
    loaded = load(
        tmp_path,
        '[sources.crm]\npath = "a"\nkind = "person"\nkey = [{ constant = "x" }, "id"]\n'
        'columns = { phone = ["Mobile", "Home"], country = { constant = "DE" } }\n',
    )

    (mapping,) = loaded.sources[0].records
    assert mapping.key == (Constant("x"), "id")
    assert mapping.columns == {"phone": ("Mobile", "Home"), "country": (Constant("DE"),)}


def test_kind_source_and_deletion_may_come_from_a_column(tmp_path):
    loaded = load(
        tmp_path,
        '[sources.crm]\npath = "a"\nkey = "id"\nsource = { column = "from" }\n'
        'kind = { column = "type", values = { P = "person", C = "organisation" } }\n'
        'deleted = { column = "op", values = ["D"] }\ndelivery = "changes"\n'
        'columns = { name = "n", given = "g" }\n',
    )

    (crm,) = loaded.sources
    assert crm.records[0].kind == Choice("type", {"P": "person", "C": "organisation"})
    assert crm.records[0].source == Choice("from")
    assert crm.deleted == Choice("op", {"D": "deleted"})


def test_references_name_a_record_or_a_bag_of_identifiers(tmp_path):
    loaded = load(
        tmp_path,
        CRM
        + '[sources.shop]\npath = "o"\nkind = "purchase"\nkey = "id"\n'
        + '[sources.shop.parties]\nbuyer = { source = "crm", key = "who" }\n'
        + 'recipient = { identifiers = { email = "gift_email", family = "gift_name" } }\n'
        + '[sources.shop.links]\nincludes = { key = "sku", values = { quantity = "n" } }\n',
    )

    (mapping,) = loaded.sources[1].records
    assert mapping.parties["buyer"] == Reference("person", "crm", ("who",))
    assert mapping.parties["recipient"].identifiers == {"email": ("gift_email",), "family": ("gift_name",)}
    assert mapping.links["includes"] == Reference("product", "", ("sku",), values={"quantity": "n"})


def test_a_kind_can_be_added_and_a_shipped_one_extended(tmp_path):
    schema = load(
        tmp_path,
        CRM
        + '[schema.kinds.visit]\nsort = "thing"\nlabel = "Visit"\nproperties = { at = "instant" }\n'
        + 'parties = { visitor = "PAID" }\nlinks = { to = { edge = "TO_STORE", kind = "store" } }\n'
        + '[schema.kinds.person.properties]\nincome = { type = "money", graph = "no" }\n'
        + "[schema.identifiers.member_no]\nexclusive = true\n",
    ).schema

    assert ("Customer", "PAID", "Visit") in schema.edges
    assert ("Visit", "TO_STORE", "Store") in schema.edges
    income = schema.kinds["person"].property("income")
    assert income is not None
    assert (income.type, income.personal, income.graph) == ("money", True, "no")
    assert schema.kinds["person"].property("given") is not None
    assert schema.identifiers["member_no"].exclusive


def test_the_examples_load(monkeypatch):
    monkeypatch.setenv("ADVENTUREWORKS", "/data")
    monkeypatch.setenv("CUSTOMERS", "/data/customers.parquet")

    assert len(project.load(EXAMPLES / "adventureworks").sources) == 7
    assert project.load(EXAMPLES / "customers").sources[0].records[0].source == Choice("source")
