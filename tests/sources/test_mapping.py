"""A row becomes Records as the mapping says; what cannot become one is kept and explained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty import sources
from threesixty.project import Choice, Constant, Project, RecordMapping, Reference, Source
from threesixty.record import Identifier, Link, Name
from threesixty.schema import DEFAULT, IdentifierType, Property
from threesixty.schema import PERSON as PERSON_KIND

INCOME = Property("income", "money")
PERSON = {"given": ("First",), "family": ("Last",), "email": ("Mail",), "birth_date": ("Born",)}


def project(*records: RecordMapping, **source) -> tuple[Project, Source]:
    crm = Source("crm", (), records, **source)
    schema = DEFAULT.with_({}, {"member_no": IdentifierType("member_no")})
    return Project("test", Path(), Path(), (crm,), schema, currency="EUR", country="PT"), crm


def mapped(mapping: RecordMapping, *rows: dict[str, object], **source) -> sources.Batch:
    return sources.from_rows(*project(mapping, **source), rows)


def person(columns=PERSON, **more) -> RecordMapping:
    return RecordMapping("person", ("Id",), columns, **more)


def one(mapping: RecordMapping, row: dict[str, object], **source):
    batch = mapped(mapping, row, **source)
    assert batch.rejects == []
    return batch.records[0]


def test_roles_make_values_and_identifiers_and_the_whole_row_is_kept():
    row = {
        "Id": "17",
        "First": "ADA",
        "Last": "lovelace jr",
        "Mail": "Ada@Example.org",
        "Born": "1965-05-14",
        "Hat": "top",
    }
    record = one(person(), row)

    assert record.name == Name("crm", "person", "17")
    assert record.values == {
        "given": "Ada", "family": "Lovelace", "suffix": "Jr", "email": "ada@example.org",
        "birth_date": "1965-05-14",
    }  # fmt: skip
    assert record.identifiers == (Identifier("email", "ada@example.org"),)
    assert json.loads(record.raw) == row


def test_a_file_with_its_columns_moved_says_nothing_new():
    row = {"Id": "17", "First": "Ada", "Hat": "top"}

    assert one(person(), row) == one(person(), dict(reversed(row.items())))


def test_an_unreadable_value_stays_in_the_raw_row_and_is_counted():
    batch = mapped(person(), {"Id": "17", "First": "Ada", "Born": "1997-02-29"})

    assert batch.records[0].unreadable == ("birth_date",)
    assert "birth_date" not in batch.records[0].values
    assert "1997-02-29" in batch.records[0].raw
    assert batch.unreadable_counts == {"birth_date": 1}
    assert batch.unreadable == [("birth_date", "1997-02-29")]


@pytest.mark.parametrize("key", ["", None, "  ", "NULL", "n/a"])
def test_a_row_without_key_is_rejected_with_its_line_and_itself(key):
    batch = mapped(person(), {"Id": "1", "First": "Ada"}, {"Id": key, "First": "Bob"})

    assert len(batch.records) == 1
    (reject,) = batch.rejects
    assert (reject.source, reject.line, reject.reason) == ("crm", 2, "no key: column 'Id' is empty")
    assert json.loads(reject.row)["First"] == "Bob"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a\0b", "NUL"), ("\ud800", "no text"), ("x" * 1_100_000, "more than")],
    ids=["nul", "surrogate", "huge"],
)
def test_a_hostile_row_is_rejected_and_can_be_stored_as_a_reject(text, reason):
    batch = mapped(person(), {"Id": "1"}, {"Id": "2", "Hat": text}, {"Id": "3"})

    assert [record.name.key for record in batch.records] == ["1", "3"]
    assert reason in batch.rejects[0].reason
    assert "column 'Hat'" in batch.rejects[0].reason
    assert len(batch.rejects[0].row.encode()) < 200_000


@pytest.mark.parametrize(
    ("photo", "kept"),
    [(b"\x00\xff", "00ff"), ("é".encode(), "é"), (b"\x89PNG" * 900_000, "of 3,600,000 bytes")],
)
def test_a_binary_value_is_kept_as_text_and_stops_no_row(photo, kept):
    record = one(person(), {"Id": "1", "First": "Ada", "Photo": photo})

    assert json.loads(record.raw)["Photo"].endswith(kept)
    assert record.values == {"given": "Ada"}


@pytest.mark.parametrize("text", ["=1+1", "<script>", "'; DROP TABLE x --", "\u202eada", "Robert\u200b"])
def test_strange_text_is_text(text):
    record = one(person(), {"Id": text, "First": text})

    assert json.loads(record.raw) == {"Id": text, "First": text}


def test_parts_of_a_key_cannot_run_into_one_another():
    mapping = RecordMapping("person", (Constant("k"), "A", "B"), {})
    batch = mapped(mapping, {"A": "1|2", "B": "3"}, {"A": "1", "B": "2|3"}, {"A": "1", "B": ""})

    assert [record.name.key for record in batch.records] == ["k|1\\|2|3", "k|1|2\\|3"]
    assert batch.rejects[0].reason == "no key: column 'A' or column 'B' is empty"


def test_several_columns_of_one_role_are_all_identifiers_and_the_first_is_the_value():
    record = one(
        person({"phone": ("Mobile", "Home")}), {"Id": "1", "Mobile": "912345678", "Home": "212345678"}
    )

    assert record.values == {"phone": "+351912345678"}
    assert {each.value for each in record.identifiers} == {"+351912345678", "+351212345678"}


def test_a_list_of_a_contact_is_as_many_identifiers_and_the_first_readable_is_the_value():
    batch = mapped(
        person({"phone:home": ("Phones",), "email": ("Mails",)}),
        {"Id": "1", "Phones": ["", "?!", "912345678", "212345678"], "Mails": '["ada@x.org"]'},
    )

    [record] = batch.records
    assert record.values == {"phone": "+351912345678", "email": "ada@x.org"}
    assert [(each.value, each.use) for each in record.identifiers] == [
        ("+351212345678", "home"), ("+351912345678", "home"), ("ada@x.org", ""),
    ]  # fmt: skip
    assert batch.unreadable == [("phone", "?!")]


@pytest.mark.parametrize("role", ["email", "birth_date", "given", "company"])
def test_an_empty_list_says_nothing(role):
    batch = mapped(person({role: ("It",)}), {"Id": "1", "It": []})

    assert (batch.records[0].values, batch.unreadable) == ({}, [])


def test_when_the_first_column_is_empty_the_second_is_the_value():
    record = one(person({"phone": ("Mobile", "Home")}), {"Id": "1", "Mobile": "", "Home": "212345678"})

    assert record.values == {"phone": "+351212345678"}


def test_a_phone_number_is_of_the_country_of_its_row():
    mapping = person({"phone": ("Phone",), "country": ("Country",)})
    batch = mapped(
        mapping, {"Id": "1", "Phone": "0171 1234567", "Country": "Germany"}, {"Id": "2", "Phone": "912345678"}
    )

    assert [record.values["phone"] for record in batch.records] == ["+491711234567", "+351912345678"]


@pytest.mark.parametrize(
    ("kind", "row", "held"),
    [
        ("organisation", {"vat": "123 456 789", "land": "Germany"}, "de123456789"),
        ("organisation", {"vat": "123 456 789", "land": ""}, "pt123456789"),
        ("organisation", {"vat": "DE123456789", "land": ""}, "de123456789"),
        ("person", {"vat": "123 456 789", "land": "Germany"}, "123456789"),
    ],
)
def test_a_tax_id_of_a_company_is_of_the_country_of_its_row(kind, row, held):
    mapping = RecordMapping(kind=kind, key=("id",), columns={"tax_id": ("vat",), "country": ("land",)})

    assert one(mapping, {"id": "1", **row}).identifiers == (Identifier("tax_id", held),)


def test_a_name_in_one_column_gives_way_to_names_in_their_own():
    record = one(
        person({"full_name": ("Name",), "given": ("First",)}),
        {"Id": "1", "Name": "Dr. A. Lovelace", "First": "Ada"},
    )

    assert record.values == {"prefix": "Dr", "given": "Ada", "family": "Lovelace"}


def test_street_and_place_are_an_identifier():
    mapping = person({"street": ("Street", "Street 2"), "postcode": ("Zip",), "city": ("City",)})
    record = one(
        mapping,
        {"Id": "1", "Street": "Rua do Ouro 12", "Street 2": "3 D", "Zip": "1200123", "City": "LISBOA"},
    )

    assert record.values == {"street": "Rua do Ouro 12, 3 D", "postcode": "1200-123", "city": "Lisboa"}
    assert record.identifiers == (Identifier("address", "r do ouro 12 3 d|1200123"),)


def test_a_project_may_have_identifiers_of_its_own():
    record = one(
        person({"member_no": ("No",), "loyalty": ("Card",)}), {"Id": "1", "No": " AB 1 ", "Card": "L-98 7"}
    )

    assert record.identifiers == (Identifier("member_no", "ab1"), Identifier("loyalty", "l987"))


def test_kind_and_source_may_stand_in_columns():
    mapping = RecordMapping(
        Choice("Type", {"P": "person", "C": "organisation"}),
        ("Id",),
        {"full_name": ("Name",)},
        source=Choice("From"),
    )
    batch = mapped(
        mapping,
        {"Id": "1", "Type": "P", "From": "shop", "Name": "Ada Lovelace"},
        {"Id": "2", "Type": "c", "From": "crm", "Name": "Acme GmbH"},
        {"Id": "3", "Type": "X", "From": "crm", "Name": "?"},
        {"Id": "4", "Type": "P", "From": "a/b", "Name": "?"},
    )

    assert [(str(r.name), r.name.kind, r.values) for r in batch.records] == [
        ("shop/1", "person", {"given": "Ada", "family": "Lovelace"}),
        ("crm/2", "organisation", {"name": "Acme GmbH"}),
    ]
    assert [(reject.line, reject.reason) for reject in batch.rejects] == [
        (3, "column 'Type' names no kind of this project"),
        (4, "column 'From' holds no name of a source (letters, digits, . _ -)"),
    ]


def test_a_row_of_no_known_kind_is_told_also_where_it_gives_another_record():
    kinds = [RecordMapping(Choice("Type", {text: kind}), ("Id",), {}) for text, kind in
             (("P", "person"), ("C", "organisation"))]  # fmt: skip
    consent = RecordMapping("consent", ("Id",), {"status": ("News",)})
    rows = [{"Id": text or "Z", "Type": text, "News": "yes"} for text in ("P", "C", "X", "")]
    batch = sources.from_rows(*project(*kinds, consent), rows)

    assert batch.rejects == []
    assert batch.unreadable == [("kind", "X")]
    assert batch.unreadable_counts == {"kind": 1}


def test_a_deleted_row_is_a_record_that_says_so():
    batch = mapped(
        person(), {"Id": "1", "Op": "D"}, {"Id": "2", "Op": "U"}, deleted=Choice("Op", {"D": "deleted"})
    )

    assert [record.deleted for record in batch.records] == [True, False]


def test_when_a_party_was_deleted_orders_its_versions_like_when_it_was_said():
    said, gone = mapped(
        person({"given": ("First",), "at": ("At",)}),
        {"Id": "1", "First": "Ada", "At": "2026-01-01"},
        {"Id": "1", "Op": "D", "At": "2026-01-02"},
        deleted=Choice("Op"),
    ).records

    assert gone.deleted
    assert int(gone.version) - int(said.version) == 86_400_000


def test_versions_sort_as_times_or_numbers():
    rows = [{"Id": "1", "V": text} for text in ("12", "03/02/2020 10:00", "")]
    batch = mapped(person(version="V"), *rows, date_orders=("dmy",), time_zone="UTC")

    assert [record.version for record in batch.records] == ["12", "1580724000000", ""]


def test_dates_that_order_versions_only_by_letter_are_told():
    rows = [{"Id": "1", "V": text} for text in ("09.02.2024", "2024-13-45", "v9", "1.2", "2024-02-09", "")]
    batch = mapped(person(version="V"), *rows)

    assert batch.unreadable_counts == {"version": 2}
    assert [record.unreadable for record in batch.records] == [()] * len(rows)


def test_the_time_of_a_person_orders_its_versions_where_the_source_gives_none():
    record = one(person({"at": ("Seen",)}), {"Id": "1", "Seen": "1970-01-02"})

    assert (record.at, record.version, record.values) == (86_400_000, "86400000", {})


# --- things and whom they speak of -----------------------------------------------------------------

ORDER = RecordMapping(
    "purchase",
    ("Order", "Line"),
    {"at": ("Date",), "amount": ("Sum",)},
    node=("Order",),
    parties={
        "buyer": Reference("person", identifiers={"email": ("Mail",), "full_name": ("Who",)}),
        "recipient": Reference("person", source="crm", key=("To",)),
    },
    links={
        "includes": Reference(
            "product", source="shop", key=("Sku",), values={"quantity": "Qty", "amount": "Sum"}
        )
    },
)
LINE = {"Order": "7", "Line": "1", "Date": "2020-02-03", "Sum": "12.50", "Qty": "2", "Sku": "A"}


def test_an_order_line_is_a_record_of_its_purchase_with_links():
    record = one(ORDER, {**LINE, "To": "17"}, country="US")

    assert (record.name.key, record.node, record.sort) == ("7|1", "7", "thing")
    assert record.values == {"at": 1_580_688_000_000, "amount": 125_000, "currency": "EUR"}
    assert record.links == (
        Link("recipient", Name("crm", "person", "17")),
        Link("includes", Name("shop", "product", "A"), {"quantity": 2.0, "amount": 125_000}),
    )


def test_a_row_that_names_nobody_has_no_link():
    assert one(ORDER, {**LINE, "Sku": ""}).links == ()


def test_a_written_currency_wins_over_the_projects():
    assert one(ORDER, {**LINE, "Sum": "$ 12.50"}, country="US").values["currency"] == "USD"


SOLD = RecordMapping("purchase", ("No",), {"amount": ("Sum",), "currency": ("In",)})


def test_an_unreadable_currency_is_none_that_is_known():
    batch = mapped(SOLD, {"No": "1", "Sum": "100", "In": "dollars"}, {"No": "2", "Sum": "100", "In": ""})

    assert [record.values["currency"] for record in batch.records] == ["XXX", "EUR"]
    assert batch.unreadable == [("currency", "dollars")]


def test_an_unreadable_currency_is_told_where_the_amounts_stand_in_other_rows_too():
    assert one(SOLD, {"No": "1", "In": "dollars"}).values == {"currency": "XXX"}


def test_an_amount_that_names_its_currency_needs_no_column_for_it():
    assert one(SOLD, {"No": "1", "Sum": "$100", "In": "dollars"}).values["currency"] == "USD"


@pytest.mark.parametrize(("amount", "currency"), [("$100", "EUR"), ("100 USD", "CAD"), ("US$ 100", "AUD")])
def test_an_amount_whose_own_currency_is_not_that_of_its_row_is_unreadable(amount, currency):
    batch = mapped(SOLD, {"No": "1", "Sum": amount, "In": currency})

    assert batch.records[0].values == {"currency": currency}
    assert batch.unreadable == [("amount", amount)]


@pytest.mark.parametrize(("amount", "currency"), [("$100", "AUD"), ("100 kr.", "NOK"), ("¥100", "CNY")])
def test_a_sign_that_several_currencies_have_is_of_the_one_its_row_names(amount, currency):
    assert one(SOLD, {"No": "1", "Sum": amount, "In": currency}).values == {
        "amount": 1_000_000, "currency": currency,
    }  # fmt: skip


def test_an_amount_of_a_line_is_in_the_currency_of_its_row():
    lines = replace(SOLD, links={"includes": Reference("product", key=("Sku",), values={"amount": "Each"})})
    batch = mapped(
        lines,
        {"No": "1", "Sku": "A", "Each": "$5", "In": "USD"},
        {"No": "2", "Sku": "A", "Each": "$5", "In": "EUR"},
    )

    assert [record.links[0].values for record in batch.records] == [{"amount": 50_000}, {}]
    assert batch.unreadable == [("includes.amount", "$5")]


def test_an_amount_of_a_person_is_in_the_currency_of_the_project_or_unreadable():
    schema = DEFAULT.with_({"person": replace(PERSON_KIND, properties=(*PERSON_KIND.properties, INCOME))}, {})
    mapping = person({"income": ("Income",)})
    crm = Source("crm", (), (mapping,))
    shop = Project("test", Path(), Path(), (crm,), schema, currency="EUR")
    batch = sources.from_rows(
        shop,
        crm,
        [{"Id": str(n), "Income": text} for n, text in enumerate(("60000 EUR", "60000", "60000 USD"))],
    )

    assert [record.values.get("income") for record in batch.records] == [600_000_000, 600_000_000, None]
    assert batch.unreadable == [("income", "60000 USD")]


def test_a_bag_of_identifiers_becomes_one_person_however_often_it_comes():
    rows = [{**LINE, "Line": str(n), "Mail": "Ada@x.org", "Who": "Ada Lovelace"} for n in range(3)]
    batch = mapped(ORDER, *rows)

    *lines, guest = batch.records
    assert guest.values == {"email": "ada@x.org", "given": "Ada", "family": "Lovelace"}
    assert guest.identifiers == (Identifier("email", "ada@x.org"),)
    assert json.loads(guest.raw) == {"Mail": "Ada@x.org", "Who": "Ada Lovelace"}
    assert guest.name.key.startswith("bag:")
    assert [line.links[0] for line in lines] == [Link("buyer", guest.name)] * 3


def test_a_name_without_any_identifier_is_no_bag():
    batch = mapped(ORDER, {**LINE, "Mail": "", "Who": "Ada Lovelace"})

    assert [record.name.kind for record in batch.records] == ["purchase"]


def bag(mail: str, who: str, tel: str) -> Reference:
    return Reference("person", identifiers={"email": (mail,), "full_name": (who,), "phone": (tel,)})


# The recipient stands first in the file: roles have their order from the schema.
GIFT = RecordMapping(
    "purchase",
    ("No",),
    {},
    parties={"recipient": bag("ToMail", "To", "ToTel"), "buyer": bag("Mail", "Who", "Tel")},
)
OTTO = {"Mail": "shop@x.org", "Who": "Otto Gast", "Tel": "912 000 111"}


def parties_of(row: dict[str, object]) -> list[tuple[str, set[str]]]:
    return [
        (str(record.values.get("given")), {held.type for held in record.identifiers})
        for record in mapped(GIFT, {"No": "1", **row}).records[1:]
    ]


def test_a_contact_that_two_parties_of_a_row_carry_is_the_buyers():
    to = {"To": "Greta Müller", "ToMail": "SHOP@x.org", "ToTel": "+351 913 000 222"}

    assert parties_of({**OTTO, **to}) == [("Otto", {"email", "phone"}), ("Greta", {"phone"})]


def test_a_recipient_without_a_contact_of_his_own_is_known_by_the_address():
    to = {"To": "Greta Müller", "ToMail": "shop@x.org", "Where": "Rua B 9, 4000-001 Porto"}
    known = replace(GIFT.parties["recipient"], identifiers={
        **GIFT.parties["recipient"].identifiers, "full_address": ("Where",)
    })  # fmt: skip
    gift = replace(GIFT, parties={**GIFT.parties, "recipient": known})
    greta = mapped(gift, {"No": "1", **OTTO, **to}).records[-1]

    assert [held.type for held in greta.identifiers] == ["address"]
    assert "email" not in greta.values
    assert json.loads(greta.raw)["ToMail"] == "shop@x.org"


def test_a_recipient_who_carries_nothing_of_his_own_is_no_record_and_stays_in_the_row():
    to = {"To": "Greta Müller", "ToMail": "shop@x.org", "ToTel": "912000111"}
    batch = mapped(GIFT, {"No": "1", **OTTO, **to})

    assert [record.name.kind for record in batch.records] == ["purchase", "person"]
    assert json.loads(batch.records[0].raw)["To"] == "Greta Müller"


@pytest.mark.parametrize("to", ["Otto Gast", "GAST, OTTO", "O. Gast", "", "Otto H. Gast"])
def test_who_buys_for_himself_keeps_his_contacts(to):
    assert parties_of({**OTTO, "To": to, "ToMail": "shop@x.org", "ToTel": ""})[1][1] == {"email"}


def test_a_bag_without_a_contact_is_another_record_than_the_same_with_it_in_whatever_order_they_come():
    to = {"To": "Greta Müller", "ToMail": "shop@x.org", "ToTel": "+351 913 000 222"}
    rows = [{"No": "1", **OTTO, **to}, {"No": "2", **to}]
    forth, back = mapped(GIFT, *rows), mapped(GIFT, *reversed(rows))

    assert sorted(map(str, forth.records)) == sorted(map(str, back.records))
    assert len({record.name for record in forth.records}) == 5


def test_a_customer_may_be_named_by_id():
    mapping = RecordMapping(
        "ticket", ("Id",), {}, parties={"contact": Reference("person", customer="Customer")}
    )

    assert one(mapping, {"Id": "1", "Customer": "abc"}).links == (
        Link("contact", Name("customer", "id", "abc")),
    )


def test_one_row_may_give_several_records_and_only_the_first_keeps_all_of_it():
    product = RecordMapping("product", ("Sku",), {"name": ("Title",)})
    batch = sources.from_rows(
        *project(ORDER, product), [{**LINE, "Title": "Tent"}, {**LINE, "Line": "2", "Sku": ""}]
    )

    assert [str(record.name) for record in batch.records] == ["crm/7|1", "crm/7|2", "crm/A"]
    assert json.loads(batch.records[2].raw) == {"Sku": "A", "Title": "Tent"}
    assert batch.rejects == []


def test_an_unreadable_value_of_a_link_is_counted_under_both_names():
    assert mapped(ORDER, {**LINE, "Qty": "many"}).unreadable_counts == {"includes.quantity": 1}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["Id", "First", "Last", "Mail", "Born"]), st.text(max_size=9)),
        max_size=9,
    )
)
def test_every_row_is_a_record_or_a_reject(rows):
    batch = mapped(person(), *rows)

    assert len(batch.records) + len(batch.rejects) == len(rows)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["Id", "First", "Last", "Mail"]), st.text(max_size=9)), max_size=9
    )
)
def test_the_raw_row_gives_the_same_record_again(rows):
    records = mapped(person(), *rows).records

    assert mapped(person(), *(json.loads(record.raw) for record in records)).records == records


def test_rows_of_several_kinds_have_the_roles_that_their_kind_knows():
    mapping = RecordMapping(
        Choice("Type", {"P": "person", "C": "organisation"}),
        ("Id",),
        {"full_name": ("Name",)},
        links={
            "works_for": Reference("organisation", key=("Whose",)),
            "part_of": Reference("organisation", key=("Whose",)),
        },
    )
    ada, firm = mapped(
        mapping,
        {"Id": "1", "Type": "P", "Name": "Ada Silva", "Whose": "2"},
        {"Id": "2", "Type": "C", "Name": "Acme", "Whose": "3"},
    ).records

    assert [link.role for link in ada.links] == ["works_for"]
    assert [link.role for link in firm.links] == ["part_of"]


def test_a_role_that_a_kind_does_not_have_is_ignored_in_its_rows():
    mapping = RecordMapping(
        Choice("Type", {"P": "person", "C": "organisation"}),
        ("Id",),
        {"name": ("Firm",), "given": ("First",), "family": ("Last",), "birth_date": ("Born",)},
    )
    ada, firm = mapped(
        mapping,
        {"Id": "1", "Type": "P", "First": "Ada", "Last": "Silva", "Firm": "Acme Lda", "Born": "1965-05-14"},
        {"Id": "2", "Type": "C", "First": "Rui", "Last": "Costa", "Firm": "Beta SA", "Born": "never"},
    ).records

    assert ada.values == {"given": "Ada", "family": "Silva", "birth_date": "1965-05-14"}
    assert (firm.values, firm.unreadable) == ({"name": "Beta SA"}, ())
