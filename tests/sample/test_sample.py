from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from time import process_time

import pytest

from threesixty import project, sample, sources
from threesixty.record import Record
from threesixty.sample.catalogue import categories, products
from threesixty.sample.clock import YEARS
from threesixty.sample.dirt import without_accents

CUSTOMERS = 1500
# Changes whenever the sample does, on purpose: then read a few files again before you write the new one.
DIGEST = "2af8696c0fe6cdc54dc4803ebc7095a4366afc39ce3f1e51b5fd3e29ea98018c"

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("farol")
    sample.write(folder, customers=CUSTOMERS)
    return folder


@pytest.fixture(scope="module")
def crm(folder: Path) -> Rows:
    """The rows of the CRM as they stand after three years of changes."""
    told = [row for day, _ in YEARS for row in read(folder / f"crm_{day}.csv")]
    newest = {row["id"]: row for row in told if row["id"] and row["updated_at"]}
    return [row for row in newest.values() if row["op"] == "U"]


@pytest.fixture(scope="module")
def shop(folder: Path) -> Rows:
    return read(folder / "shop_customers.csv")


@pytest.fixture(scope="module")
def loyalty(folder: Path) -> Rows:
    return read(folder / "loyalty.csv", ";", "cp1252")


@pytest.fixture(scope="module")
def orders(folder: Path) -> Rows:
    text = (folder / "shop_orders.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.endswith("}")]


@pytest.fixture(scope="module")
def lines(folder: Path) -> Rows:
    return read(folder / "shop_order_lines.csv")


@pytest.fixture(scope="module")
def tickets(folder: Path) -> Rows:
    return [row for row in read(folder / "helpdesk.csv") if row["ticket"] and row["phone"] is not None]


@pytest.fixture(scope="module")
def people(folder: Path) -> dict[str, dict[str, str]]:
    return {row["person"]: row for row in read(folder / "truth" / "people.csv")}


@pytest.fixture(scope="module")
def person_of(folder: Path) -> dict[tuple[str, str], str]:
    return {(row["source"], row["key"]): row["person"] for row in read(folder / "truth" / "records.csv")}


def read(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> Rows:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def share(rows: Rows, column: str, pattern: str) -> float:
    return sum(re.search(pattern, row[column]) is not None for row in rows) / len(rows)


# --- the same, everywhere and always -------------------------------------------------------------


def test_the_same_number_and_seed_give_the_same_bytes_on_every_machine(tmp_path):
    sample.write(tmp_path, customers=300)

    assert digest(tmp_path) == DIGEST


def test_another_seed_gives_another_company(tmp_path):
    sample.write(tmp_path / "one", customers=50, seed=1)
    sample.write(tmp_path / "two", customers=50, seed=2)

    assert digest(tmp_path / "one") != digest(tmp_path / "two")


def test_writing_twice_into_one_folder_leaves_one_company(tmp_path):
    sample.write(tmp_path, customers=80)
    sample.write(tmp_path, customers=20)

    assert len(read(tmp_path / "truth" / "people.csv")) == 20


@pytest.mark.parametrize("customers", [0, 7, 8, 9])
def test_a_tiny_company_has_at_least_the_showcase(tmp_path, customers):
    sample.write(tmp_path, customers=customers)

    assert len(read(tmp_path / "truth" / "people.csv")) == max(7, customers)


def test_two_thousand_customers_take_less_than_three_seconds(tmp_path):
    started = process_time()
    sample.write(tmp_path)

    assert process_time() - started < 3


def test_the_project_file_is_right(folder):
    assert [source.name for source in project.load(folder / "threesixty.toml").sources] == [
        "crm", "shop", "loyalty", "companies", "contacts", "company_orders", "orders", "order_lines",
        "returns", "products", "categories", "helpdesk", "campaigns", "mailings", "origins", "sessions",
        "views", "preferences",
    ]  # fmt: skip


def test_every_column_the_project_file_names_exists(folder):
    for source in project.load(folder / "threesixty.toml").sources:
        [path, *_] = sources.deliveries(source)
        text = Path(path.place).read_text(source.encoding or "utf-8")
        for mapping in source.records:
            references = [*mapping.parties.values(), *mapping.links.values()]
            named = [part for parts in mapping.columns.values() for part in parts]
            named += [part for reference in references for part in reference.key]
            named += [part for r in references for parts in r.identifiers.values() for part in parts]
            for part in [*mapping.key, *mapping.node, *named]:
                assert not isinstance(part, str) or part in text


# --- nothing hangs in the air --------------------------------------------------------------------


def test_every_line_belongs_to_an_order_and_a_product(folder, orders, lines):
    known = {order["order"] for order in [*orders, *read(folder / "company_orders.csv")]}

    assert {line["order"] for line in lines} == known
    assert {line["sku"] for line in lines} <= set(products())


def test_every_order_has_an_account_or_says_who_the_guest_is(orders, shop):
    accounts = {row["account"] for row in shop}

    for order in orders:
        assert order["account"] in accounts or (not order["account"] and order["guest_name"])


def test_every_ticket_reaches_somebody_and_speaks_of_what_exists(tickets, orders):
    known = {order["order"] for order in orders}

    for ticket in tickets:
        assert ticket["email"] or ticket["phone"]
        assert ticket["order"] in known | {""}
        assert ticket["sku"] in products() or not ticket["sku"]
        assert bool(ticket["closed_at"]) == (ticket["status"] == "closed")


def test_categories_have_two_levels_and_every_product_stands_in_the_lower():
    parents = {category.code: category.parent for category in categories()}

    for product in products().values():
        assert parents[parents[product.category]] == ""


def test_keys_are_unique(person_of, orders, lines, tickets, folder):
    keys = (
        [row["order"] for row in orders],
        [(row["order"], row["line"]) for row in lines],
        [row["ticket"] for row in tickets],
        [(row["source"], row["key"]) for row in read(folder / "truth" / "records.csv")],
    )

    for column in keys:
        assert len(column) == len(set(column))


# --- the truth -----------------------------------------------------------------------------------


def test_the_truth_knows_every_party_record(folder, crm, shop, loyalty, person_of):
    keys = {("crm", row["id"]) for row in crm} | {("shop", row["account"]) for row in shop}
    keys |= {("loyalty", row["socio"]) for row in loyalty}
    keys |= {("companies", row["id"]) for row in read(folder / "companies.csv")}
    keys |= {("contacts", row["id"]) for row in read(folder / "company_contacts.csv")}

    assert keys == set(person_of)


def test_the_truth_knows_who_bought_received_and_asked(folder, orders, tickets, people):
    told = read(folder / "truth" / "contacts.csv")
    contacts = {(r["key"], r["role"]): r["person"] for r in told if r["source"] in ("orders", "helpdesk")}
    expected = {(order["order"], "buyer") for order in read(folder / "company_orders.csv")}
    expected |= {(order["order"], "buyer") for order in orders}
    expected |= {(order["order"], "recipient") for order in orders if "gift_name" in order}
    expected |= {(ticket["ticket"], "contact") for ticket in tickets}

    assert set(contacts) == expected
    assert set(contacts.values()) <= set(people)


def test_an_active_person_has_three_to_four_party_records(folder, person_of):
    contacts = read(folder / "truth" / "contacts.csv")
    bags = {(row["source"], row["role"], row["person"]) for row in contacts if row["role"] != "buyer"}
    active = {row["person"] for row in contacts if row["role"] == "buyer"}
    records = Counter(person_of.values()) + Counter(person for _, _, person in bags)

    assert 3 <= sum(records[person] for person in active) / len(active) <= 4


def test_most_people_live_with_others(people):
    homes = Counter(person["household"] for person in people.values())

    assert 0.6 <= sum(homes[p["household"]] > 1 for p in people.values()) / len(people) <= 0.9
    assert max(homes.values()) <= 6


# --- dirt, within bounds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "pattern", "low", "high"),
    [
        ("last_name", "^[^a-z]{3,}$", 0.02, 0.07),
        ("last_name", "(Jr|Sr)$", 0.0005, 0.02),
        ("first_name", "[À-ÿ]", 0.1, 0.4),
        ("birth_date", "^$", 0.1, 0.4),
        ("birth_date", "^(31/02|00/00|30/02|12/1978)", 0.0005, 0.01),
        ("birth_date", "^01/01/1900$", 0.002, 0.03),
        ("email", "^(test@test.com|none@none.com|noreply@example.com|n/a)$", 0.001, 0.02),
        ("email", r"^(familia\.|familie\.|the)", 0.02, 0.12),
        ("mobile", "^(0000000000|999999999|123456789|N/A)$", 0.001, 0.02),
        ("mobile", "^$", 0.15, 0.35),
        ("type", "^O$", 0.003, 0.03),
        ("newsletter", "^yes$", 0.4, 0.7),
    ],
)
def test_the_crm_is_as_dirty_as_a_real_one(crm, column, pattern, low, high):
    assert low <= share(crm, column, pattern) <= high


def test_names_differ_from_the_truth_in_a_third_of_the_records(crm, people, person_of):
    wrong = 0
    for row in crm:
        truth = people[person_of["crm", row["id"]]]
        wrong += bool(truth["given"]) and (row["first_name"], row["last_name"]) != (
            truth["given"],
            truth["family"],
        )

    assert 0.2 <= wrong / len(crm) <= 0.5


def test_given_and_family_name_are_sometimes_swapped(crm, people, person_of):
    def swapped(row: dict[str, str]) -> bool:
        family = people[person_of["crm", row["id"]]]["family"].split()
        return without_accents(row["first_name"]) in map(without_accents, family)

    assert 0.003 <= sum(map(swapped, crm)) / len(crm) <= 0.05


def test_one_kiosk_is_everybodys_device_and_tablets_are_the_familys(shop, people, person_of):
    holders = defaultdict(set)
    for row in shop:
        holders[row["device_id"]].add(person_of["shop", row["account"]])
    holders.pop("")
    kiosk = holders.pop("kiosk-chiado-01")
    shared = [held for held in holders.values() if len(held) > 1]

    assert 0.05 <= len(kiosk) / len(shop) <= 0.15
    assert len(shared) > 20
    assert all(len({people[person]["household"] for person in held}) == 1 for held in shared)


def test_some_phones_were_given_to_somebody_else(crm, shop, people, person_of):
    said = [(row["mobile"], person_of["crm", row["id"]]) for row in crm]
    said += [(row["phone"], person_of["shop", row["account"]]) for row in shop]
    holders = defaultdict(set)
    for phone, person in said:
        if len(digits := re.sub(r"\D", "", phone)) > 8 and digits not in (
            "0000000000",
            "999999999",
            "123456789",
        ):
            holders[digits[-9:]].add(person)
    recycled = [held for held in holders.values() if len({people[p]["household"] for p in held}) == 2]

    assert 3 <= len(recycled) <= 40


def test_some_emails_belong_to_a_family_and_none_to_strangers(crm, shop, people, person_of):
    holders = defaultdict(set)
    for row in crm:
        holders[row["email"].lower()].add(people[person_of["crm", row["id"]]]["household"])
    for row in shop:
        holders[row["email"].lower()].add(people[person_of["shop", row["account"]]]["household"])
    strangers = {email for email, homes in holders.items() if email and len(homes) > 1}

    assert strangers <= {"test@test.com", "none@none.com", "noreply@example.com", "n/a"}


def test_one_loyalty_card_may_be_a_familys(loyalty, person_of):
    holders = defaultdict(set)
    for row in loyalty:
        holders[row["cartao"]].add(person_of["loyalty", row["socio"]])

    assert 10 <= sum(len(held) > 1 for held in holders.values()) <= 150


def test_twins_and_namesakes_share_a_household(people):
    births = Counter((p["household"], p["birth_date"]) for p in people.values() if p["birth_date"])
    names = Counter((p["household"], p["given"], p["family"]) for p in people.values() if p["given"])

    assert births.most_common(1)[0][1] == 2
    assert names.most_common(1)[0][1] == 2


def test_bad_rows_lie_between_the_good_ones(folder):
    crm = read(folder / f"crm_{YEARS[-1][0]}.csv")
    text = (folder / "shop_orders.jsonl").read_text("utf-8")

    assert sum(not row["id"] for row in crm) == 2
    assert sum(row["updated_at"] is None for row in crm) == 2
    assert sum(not line.endswith("}") for line in text.splitlines()) == 2


# --- what people buy -----------------------------------------------------------------------------


def test_purchases_cover_three_years_with_a_summer_and_a_christmas_peak(orders):
    months = Counter(order["placed_at"][5:7] for order in orders)
    years = Counter(order["placed_at"][:4] for order in orders)

    assert min(order["placed_at"] for order in orders) >= "2023-10-01"
    assert max(order["placed_at"] for order in orders) < "2026-10-01"
    assert set(years) == {"2023", "2024", "2025", "2026"}
    assert months["07"] > 1.5 * months["02"]
    assert months["12"] > 1.5 * months["10"]


def test_what_goes_together_is_bought_together(lines):
    baskets = defaultdict(set)
    for line in lines:
        baskets[line["order"]].add(line["sku"])
    stove, gas = "CAM-05-1", "CAM-06-1"
    with_stove = [basket for basket in baskets.values() if stove in basket]

    assert sum(gas in basket for basket in with_stove) / len(with_stove) > 0.3


def test_amounts_are_quantity_times_price(lines):
    for line in lines:
        cents = [round(float(line[column]) * 100) for column in ("unit_price", "amount")]
        assert cents[1] == cents[0] * int(line["quantity"])


def test_a_few_people_buy_very_much(folder):
    contacts = read(folder / "truth" / "contacts.csv")
    bought = Counter(row["person"] for row in contacts if row["role"] == "buyer")

    assert bought.most_common(1)[0][1] >= 30
    assert sorted(bought.values())[len(bought) // 2] <= 3


def test_presents_go_to_other_households(folder, people):
    contacts = read(folder / "truth" / "contacts.csv")
    buyer = {row["key"]: row["household"] for row in contacts if row["role"] == "buyer"}
    gifts = [row for row in contacts if row["role"] == "recipient"]

    assert 0.03 <= len(gifts) / len(buyer) <= 0.12
    assert sum(row["household"] != buyer[row["key"]] for row in gifts) / len(gifts) > 0.6


# --- the showcase --------------------------------------------------------------------------------


def test_the_showcase_names_records_that_exist(folder, person_of):
    shown = sample.showcase()
    named = [*shown["person"]["records"], *shown["person"]["household"]]
    named += [*shown["wrong_merge"]["father"], *shown["wrong_merge"]["son"]]

    for name in named:
        assert tuple(name.split("/")) in person_of


def test_the_showcase_person_is_one_and_the_wrong_merge_is_two(person_of):
    shown = sample.showcase()

    def people_behind(names: list[str]) -> set[str]:
        return {person_of[(name.split("/")[0], name.split("/")[1])] for name in names}

    assert people_behind(shown["person"]["records"]) == {"marta"}
    assert people_behind(shown["wrong_merge"]["father"]) == {"antonio-father"}
    assert people_behind(shown["wrong_merge"]["son"]) == {"antonio-son"}


def test_the_showcase_keys_do_not_depend_on_number_or_seed(tmp_path):
    sample.write(tmp_path / "one", customers=20, seed=1)
    sample.write(tmp_path / "two", customers=300, seed=2)
    marta = [read(tmp_path / name / f"crm_{YEARS[-1][0]}.csv")[0] for name in ("one", "two")]

    assert marta[0] == marta[1]
    assert marta[0]["id"] == "C-1001"


def test_the_showcase_lies_with_the_truth(folder):
    assert (folder / "truth" / "showcase.toml").is_file()


# --- read as a user's files would be -------------------------------------------------------------


@pytest.fixture(scope="module")
def records(folder: Path) -> list[Record]:
    company = project.load(folder / "threesixty.toml")
    batches = (
        batch
        for source in company.sources
        for path in sources.deliveries(source)
        for batch in sources.read(company, source, path)
    )
    return [record for batch in batches for record in batch.records]


def test_nearly_every_order_has_a_buyer_and_every_ticket_a_contact(records):
    """Nearly: a guest who left nothing but `n/a` is nobody."""
    known = {record.name for record in records if record.sort == "party"}
    wanted = {("orders", "purchase"): "buyer", ("helpdesk", "ticket"): "contact"}
    reached = []
    for record in records:
        role = wanted.get((record.name.source, record.name.kind))
        if role and "|" not in record.name.key:
            reached.append(any(link.role == role and link.to in known for link in record.links))

    assert sum(reached) / len(reached) > 0.99


def test_companies_are_organisations_and_only_people_were_asked_for_consent(records):
    kinds = Counter(record.name.kind for record in records if record.name.source == "crm")

    assert kinds["organisation"] > 0
    assert kinds["consent"] == 2 * kinds["person"]


def test_nearly_every_value_can_be_read(records):
    unreadable = sum(len(record.unreadable) for record in records)

    assert 0 < unreadable / len(records) < 0.01


# --- as much as anybody likes --------------------------------------------------------------------


def test_any_number_is_made_block_by_block_and_nothing_is_given_out_twice(tmp_path, monkeypatch):
    monkeypatch.setattr("threesixty.sample.people.BLOCK", 60)
    sample.write(tmp_path, customers=200)
    known = [row["person"] for row in read(tmp_path / "truth" / "people.csv")]
    keys = [(row["source"], row["key"]) for row in read(tmp_path / "truth" / "records.csv")]
    cards = Counter(row["cartao"] for row in read(tmp_path / "loyalty.csv", ";", "cp1252"))

    assert len(known) == len(set(known)) == 200
    assert len(keys) == len(set(keys))
    assert max(cards.values()) <= 6
