"""A first project file from the files themselves: it loads, and it says why."""

from __future__ import annotations

import csv
import io
import json
import os
import tomllib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty import project, sample, sources
from threesixty.errors import SourceError
from threesixty.project import Choice, Constant, Project
from threesixty.sources.guess import guess
from threesixty.sources.guess.looks import Column, date_order
from threesixty.sources.guess.words import words

DATA = Path(os.environ.get("THREESIXTY_DATA", Path(__file__).parents[3] / "shared" / "data"))
ADVENTUREWORKS = DATA / "public" / "adventureworks"


def write(folder: Path, **files: str) -> list[Path]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return [folder / f"{name}.csv" for name in files]


def guessed(folder: Path, paths: list[Path]) -> Project:
    (folder / "threesixty.toml").write_text(guess(paths, folder=folder), "utf-8")
    return project.load(folder)


def cases() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "cases" / "columns.txt").read_text("utf-8").splitlines()
    pairs = [line.split(" -> ") for line in lines if line and not line.startswith("#")]
    return [(left, right) for left, right in pairs]


@pytest.mark.parametrize(("header", "roles"), cases())
def test_columns_are_known_by_their_names_in_six_languages(tmp_path, header, roles):
    names = header.split("; ")
    rows = [[_like(name, number) for name in names] for number in range(12)]
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])

    (mapping,) = guessed(tmp_path, write(tmp_path, customers=text.getvalue())).sources[0].records

    found = {column: role for role, columns in mapping.columns.items() for column in columns}
    assert "; ".join(found.get(name, "-") for name in names) == roles


def _like(name: str, number: int) -> str:
    said = words(name)
    if any(part in said for part in ("mail", "courriel", "correo")):
        return f"a{number}@example.org"
    if any(part in said for part in ("phone", "tel", "mobil", "movil", "handy", "celul")):
        return f"+351 930 012 2{number:02}"
    if any(part in said for part in ("birth", "dob", "geburt", "naiss", "nac", "nasc", "updated")):
        return f"19{number + 60}-05-{number + 10}"
    return f"{number}x"


def test_the_sample_company_is_understood(tmp_path):
    sample.write(tmp_path)
    paths = sorted(p for p in tmp_path.iterdir() if p.suffix in (".csv", ".jsonl"))
    by_name = {source.name: source.records[0] for source in guessed(tmp_path, paths).sources}

    assert by_name["crm"].kind == Choice("type", {"O": "organisation", "P": "person"})
    assert by_name["crm"].key == ("id",)
    assert by_name["shop_customers"].columns["full_name"] == ("name",)
    assert by_name["loyalty"].columns["given"] == ("nome",)
    assert by_name["loyalty"].columns["loyalty"] == ("cartao",)
    assert by_name["shop_orders"].parties["buyer"].source == "shop_customers"
    assert by_name["shop_orders"].parties["buyer"].identifiers["email"] == ("guest_email",)
    assert by_name["shop_orders"].parties["recipient"].identifiers["phone"] == ("gift_phone",)
    assert by_name["shop_order_lines"].node == ("order",)
    assert by_name["shop_order_lines"].source == "shop_orders"
    assert by_name["shop_order_lines"].links["includes"].values == {
        "quantity": "quantity",
        "amount": "amount",
    }
    assert by_name["products"].links["in_category"].source == "categories"
    assert by_name["categories"].links["within"].key == ("parent",)
    assert by_name["helpdesk"].parties["contact"].identifiers["full_name"] == ("name",)
    assert set(by_name["helpdesk"].links) == {"about_purchase", "about_product"}


@pytest.mark.skipif(not ADVENTUREWORKS.is_dir(), reason=f"{ADVENTUREWORKS} is absent (set THREESIXTY_DATA)")
def test_adventureworks_is_understood(tmp_path):
    found = guessed(tmp_path, sorted(ADVENTUREWORKS.glob("*.csv")))
    by_name = {source.name: source for source in found.sources}

    customers, sales = by_name["customers"], by_name["sales"]
    assert (customers.date_orders, customers.encoding) == (("mdy",), "cp1252")
    assert customers.records[0].columns["birth_date"] == ("BirthDate",)
    assert len(sales.paths) == 3
    assert sales.records[0].key == ("OrderNumber", "OrderLineItem")
    assert sales.records[0].parties["buyer"].source == "customers"
    assert by_name["product_categories"].records[0].key[0] == Constant("product_categories")
    assert found.currency == "USD"


FIRMS = ["Müller Maschinenbau GmbH", "Pérez, S.L.", "Hall & Co Ltd.", "株式会社山田", "Peter Schmidt", "Zeta"]


def test_companies_and_their_people_are_understood(tmp_path):
    firms = "".join(f"A{n},{name!r},A0,web{n}.example,{n}@x.example\n" for n, name in enumerate(FIRMS))
    people = "".join(f"{n},Ada,Silva{n},a{n}@x.example,A{n % 6}\n" for n in range(12))
    found = guessed(tmp_path, write(
        tmp_path, accounts="Id,Name,ParentId,Website,Email\n" + firms.replace("'", '"'),
        contacts="id,first,last,email,account\n" + people,
        orders="order,date,amount,account\n" + "".join(f"O{n},2026-01-02,1.5,A{n % 6}\n" for n in range(12)),
    ))  # fmt: skip
    accounts, contacts, orders = (source.records[0] for source in found.sources)

    assert (accounts.kind, accounts.key) == ("organisation", ("Id",))
    assert accounts.columns == {"name": ("Name",), "website": ("Website",), "email": ("Email",)}
    assert accounts.links["part_of"].key == ("ParentId",)
    assert (contacts.columns["given"], contacts.columns["family"]) == (("first",), ("last",))
    assert contacts.links["works_for"].key == orders.parties["buyer"].key == ("account",)
    assert orders.parties["buyer"].source == "accounts"


@pytest.mark.parametrize(
    ("header", "kind"),
    [("id,company,vat,email,phone", "organisation"), ("id,name,email,phone,street", "person"),
     ("id,company,first name,last name,email", "person"), ("id,name,rechtsform,email,phone", "organisation")],
)  # fmt: skip
def test_people_are_people_also_where_they_work_somewhere(tmp_path, header, kind):
    names = header.split(",")
    rows = "".join(",".join(_like(name, n) for name in names) + "\n" for n in range(12))

    (mapping,) = guessed(tmp_path, write(tmp_path, list=f"{header}\n{rows}")).sources[0].records
    assert mapping.kind == kind


def test_what_is_guessed_can_be_read(tmp_path):
    paths = write(
        tmp_path,
        kunden="Kundennummer;Vorname;Nachname;Geburtsdatum;E-Mail\n1;Jürgen;Groß;13.04.1970;j@example.org\n",
        bestellungen="Bestellnummer;Bestelldatum;Kundennummer;Betrag\nB1;17.02.2024;1;1.234,50 €\n",
    )
    found = guessed(tmp_path, paths)
    (person,), (purchase,) = (sources.preview(found, source).records for source in found.sources)

    assert person.values["birth_date"] == "1970-04-13"
    assert purchase.values["amount"] == 12_345_000
    assert purchase.links[0].to == person.name
    assert (found.country, found.currency) == ("DE", "EUR")


def test_deliveries_that_speak_of_the_same_keys_again_keep_the_key(tmp_path):
    rows = "".join(f"{n},Ada,a{n}@example.org\n" for n in range(9))
    told = {f"crm_{year}": "id,first_name,email\n" + rows for year in (2024, 2025)}
    (crm,) = guessed(tmp_path, write(tmp_path, **told)).sources

    assert crm.records[0].key == ("id",)


def test_several_sources_in_one_file_are_told_apart(tmp_path):
    rows = "".join(f"r{n},{'shop' if n % 2 else 'app'},Ada,a{n}@example.org\n" for n in range(6))
    (one,) = guessed(tmp_path, write(tmp_path, all="record_id,source,first_name,email\n" + rows)).sources

    assert one.records[0].source == Choice("source")


def test_a_number_of_customers_not_given_is_an_identifier(tmp_path):
    rows = "".join(f"{n},2024-01-{n:02},c{n},10.00\n" for n in range(1, 20))
    (orders,) = guessed(tmp_path, write(tmp_path, orders="order_id,date,customer_id,total\n" + rows)).sources

    assert orders.records[0].parties["buyer"].identifiers == {"account": ("customer_id",)}


@pytest.mark.parametrize(
    ("head", "rows", "kind", "key", "of"),
    [
        ("customer,name,value,model,at", ["1,churn,0.7,v3,2026-01-02", "9,churn,0.1,v3,2026-01-02"],
         "score", ["customer", "name"], {"source": "people", "key": "customer"}),
        ("customer_id,churn_score,note", ["1,0.7,x", "2,0.1,y"],
         "score", "customer_id", {"source": "people", "key": "customer_id"}),
        ("client,segment,since", ["M-1,gold,2026-01-02", "M-2,gold,2026-01-02"],
         "segment", ["client", "segment"], {"customer": "client"}),
        ("customer,name,value", ["1,Ada Silva,100", "2,Bo Lund,20"], "person", "customer", None),
        ("customer,email,score", ["1,ada@example.org,1", "2,bo@example.org,2"], "person", "customer", None),
    ],
)  # fmt: skip
def test_scores_of_customers_are_no_people(tmp_path, head, rows, kind, key, of):
    (tmp_path / "people.csv").write_text("id,first name,last name\n1,Ada,Silva\n2,Bo,Lund\n")
    (tmp_path / "told.csv").write_text("\n".join([head, *rows, ""]))

    guessed = tomllib.loads(guess([tmp_path / "people.csv", tmp_path / "told.csv"], folder=tmp_path))
    source = guessed["sources"]["told"]

    assert (source["kind"], source["key"]) == (kind, key)
    assert source.get("parties", {}).get("of") == of


def test_a_file_of_unknown_kind_stands_as_a_comment(tmp_path):
    paths = write(tmp_path, customers="id,email\n1,a@example.org\n", weather="sky,wind\nblue,3\n")
    text = guess(paths, folder=tmp_path)

    assert "# [sources.weather]" in text


def test_an_unreadable_file_does_not_stop_the_others(tmp_path):
    paths = write(tmp_path, customers="id,email\n1,a@example.org\n", broken="a,a\n1,2\n")
    text = guess([*paths, tmp_path / "absent.csv"], folder=tmp_path)

    assert "stands more than once" in text
    assert "absent.csv is not a file" in text


def test_a_database_named_like_a_file_is_told_by_its_address(tmp_path):
    paths = write(tmp_path, customers="id,email\n1,a@example.org\n")
    (tmp_path / "shop.db").write_bytes(b"SQLite format 3\0" + bytes(84))

    with pytest.raises(SourceError, match="is a SQLite database") as error:
        guess([tmp_path / "shop.db"], folder=tmp_path)
    assert f"sqlite:///{tmp_path}/shop.db" in error.value.hint
    assert f"sqlite:///{tmp_path}/shop.db" in guess([*paths, tmp_path / "shop.db"], folder=tmp_path)


def test_nothing_to_load_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="no rows"):
        guess(write(tmp_path, empty="id,email\n"), folder=tmp_path)


def test_values_of_people_are_not_written_down(tmp_path):
    text = guess(write(tmp_path, crm="id,name,email\n1,Ada Lovelace,ada@example.org\n"), folder=tmp_path)

    assert "Lovelace" not in text
    assert "ada@" not in text


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["01/02/2020", "31/01/2020"], "dmy"),
        (["01-31-22", "01/02/2022"], "mdy"),
        (["2020-01-31"], "ymd"),
        (["01/02/2020"], ""),
        (["31/01/2020", "01/31/2020"], ""),
        (["3 May 1980"], ""),
    ],
)
def test_a_date_order_needs_evidence(texts, order):
    assert date_order([Column("date", texts)]).order == order


hostile = st.text(st.characters(exclude_characters="\r\n\0"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(hostile, min_size=1, max_size=4, unique=True), st.lists(hostile, min_size=4, max_size=4))
def test_whatever_the_columns_are_called_the_file_loads(tmp_path, names, cells):
    header = ["email", *(f"{name}x{n}" for n, name in enumerate(names))]
    text = io.StringIO()
    csv.writer(text).writerows([header, ["a@example.org", *cells[: len(names)]]])
    (tmp_path / "customers.csv").write_text(text.getvalue(), "utf-8", "surrogatepass", newline="")
    try:
        found = guessed(tmp_path, [tmp_path / "customers.csv"])
    except SourceError:
        return  # lone surrogates are no UTF-8: the file itself cannot be read

    assert found.sources[0].records[0].key


@pytest.mark.parametrize("head", ["birth", "Born", "bday", "DOB", "Geburt", "nascimento", "naissance"])
def test_a_birth_date_has_many_names(tmp_path, head):
    rows = "1,Ana Silva,1980-02-03,a@example.org\n2,Rui Faria,1990-05-06,b@example.org\n"
    found = guessed(tmp_path, write(tmp_path, people=f"id,name,{head},email\n{rows}"))

    assert found.sources[0].records[0].columns["birth_date"] == (head,)


def test_each_sheet_of_a_workbook_that_can_be_seen_is_a_source(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["This holds what we have"])
    for name, state in [("Customers", "visible"), ("Staff", "visible"), ("Old", "hidden")]:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["id", "first name", "email"])
        sheet.append([1, "Ada", "ada@example.org"])
    book.save(tmp_path / "all.xlsx")

    found = guessed(tmp_path, [tmp_path / "all.xlsx"])

    assert {source.name: source.sheet for source in found.sources} == {
        "customers": "Customers",
        "staff": "Staff",
    }
    assert "sheet 'Read me' of" in (tmp_path / "threesixty.toml").read_text("utf-8")


def test_a_list_of_emails_is_emails(tmp_path):
    path = tmp_path / "people.jsonl"
    rows = [{"id": f"{n}", "name": f"Ada {n}", "emails": [f"a{n}@example.org"] * (n % 3)} for n in range(30)]
    path.write_text("".join(json.dumps({**row, "tags": ["new", "old"]}) + "\n" for row in rows))

    (mapping,) = guessed(tmp_path, [path]).sources[0].records

    assert mapping.columns["email"] == ("emails",)
    assert "tags" not in str(mapping.columns)
