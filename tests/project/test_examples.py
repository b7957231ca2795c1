"""The example projects on the real files they are made for."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from threesixty import project, sources
from threesixty.record import Name, Record

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = Path(os.environ.get("THREESIXTY_DATA", Path(__file__).parents[3] / "shared" / "data"))

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set THREESIXTY_DATA")


def records(example: str, *names: str) -> list[Record]:
    loaded = project.load(EXAMPLES / example)
    return [
        record
        for source in loaded.sources
        if not names or source.name in names
        for path in sources.deliveries(source)
        for batch in sources.read(loaded, source, path)
        for record in batch.records
    ]


@pytest.fixture
def adventureworks(monkeypatch):
    monkeypatch.setenv("ADVENTUREWORKS", str(DATA / "public" / "adventureworks"))


@needs_data
def test_every_customer_of_adventureworks_is_read_whole(adventureworks):
    found = records("adventureworks", "customers")

    assert len(found) == 18_148
    assert not any(record.unreadable for record in found)
    yang = found[0]
    assert (yang.values["birth_date"], yang.values["income"]) == ("1900-04-08", 900_000_000)


@needs_data
@pytest.mark.slow
def test_order_lines_are_purchases_with_buyer_and_product(adventureworks):
    found = records("adventureworks", "sales")

    assert len(found) == 56_046
    assert len({record.node for record in found}) == 25_164
    assert Counter(link.role for record in found for link in record.links) == dict.fromkeys(
        ("buyer", "includes", "sold_in"), 56_046
    )


@needs_data
def test_products_lie_in_three_levels(adventureworks):
    by_name = {record.name: record for record in records("adventureworks", "products", "subcategories")}
    helmet = by_name[Name("products", "product", "214")]
    (subcategory,) = helmet.links
    (category,) = by_name[subcategory.to].links

    assert category.to == Name("categories", "category", "category|4")


@needs_data
def test_returns_have_no_customer(adventureworks):
    found = records("adventureworks", "returns")

    assert len({record.name for record in found}) == 1_809
    assert {link.role for record in found for link in record.links} == {"of_product", "returned_in"}


@needs_data
def test_six_sources_of_one_file_keep_their_names(monkeypatch):
    monkeypatch.setenv("CUSTOMERS", str(DATA / "customers" / "c10k.parquet"))
    found = records("customers")

    assert len(found) == 10_000
    assert str(found[0].name) == "ecom_order/r00000000"
    assert len({record.name.source for record in found}) == 6


@needs_data
def test_the_truth_set_has_dates_scripts_and_relations(monkeypatch):
    monkeypatch.setenv("SENZING", str(DATA / "public" / "senzing"))
    found = {str(record.name): record for record in records("senzing")}

    def said(key: str, *names: str) -> tuple[object, ...]:
        return tuple(found[key].values.get(name) for name in names)

    assert said("customers/1032", "birth_date") == ("1991-08-20",)
    assert said("customers/1076", "family", "birth_date") == ("Zhang", "1931-04-02")
    assert said("customers/1075", "family", "given") == ("张", "秀英")
    assert said("customers/1081", "birth_date") == ("1992-03-15",)
    assert said("reference/2061", "family", "given", "middle") == ("Васільеў", "Аляксандр", "Паўлавіч")
    assert said("customers/1001", "street", "city", "region") == ("123 Main Street", "Las Vegas", "NV")
    assert found["customers/2042"].name.kind == found["reference/2071"].name.kind == "organisation"
    assert [link.role for link in found["reference/2071"].links] == ["part_of"]
    assert [link.role for link in found["reference/2051"].links] == ["works_for"]
    assert sum(len(record.unreadable) for record in found.values()) == 4


@needs_data
@pytest.mark.slow
def test_people_of_history_are_born_before_christ_and_in_years_without_days(monkeypatch):
    monkeypatch.setenv("HISTORICAL", str(DATA / "public" / "historical_50k"))
    born = Counter(record.values.get("birth_date") for record in records("historical"))

    assert born["-0050-01"] == 12
    assert born["0500"] == 10
    assert born["1862"] == 596
    assert not any(date and str(date).endswith("-01-01") for date in born)


@needs_data
@pytest.mark.slow
def test_a_simulated_population_has_33_sources_and_shared_numbers(monkeypatch):
    monkeypatch.setenv("PSEUDOPEOPLE", str(DATA / "public" / "pseudopeople"))
    found = records("pseudopeople")

    assert len({record.name.source for record in found}) == 33
    assert sum(bool(record.identifiers) for record in found) > 77_000
