from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from threesixty.cli.terminal import answers, loads, reports
from threesixty.record import Identifier, Link, Name, Record, Reject
from threesixty.report import (
    Account,
    Answer,
    Decided,
    Effect,
    ForgetReport,
    Found,
    HeldReject,
    Loaded,
    SourceLoad,
    SourceStatus,
    Status,
    Stopped,
    Worth,
)
from threesixty.report.actions import Action
from threesixty.schema import DEFAULT
from threesixty.sources import Batch

LOADED = Loaded(
    sources=(
        SourceLoad(
            "crm",
            20_000,
            19_990,
            3,
            7,
            0,
            0,
            10,
            212,
            account=Account(20_010, 19_993, 7, 10),
            told=("column 'vat' is new",),
        ),
        SourceLoad(
            "shop_customers",
            38_112,
            38_112,
            0,
            0,
            0,
            1,
            21,
            0,
            skipped_files=2,
            account=Account(38_134, 38_112, 0, 21, 1),
        ),
    ),
    records=58_112,
    customers=41_203,
    merges=16_909,
    parked=12,
    unreadable=(("crm.birth_date", 212, "31/02/1990"),),
    worth_a_look=tuple(
        Worth("k4x7qhm2vtz3ne5b", "Ada Lovelace", ("crm/1017", "shop/ada-88"), 5.1 + n, "same phone")
        for n in range(10)
    ),
    notices=("the size band changed: everything was resolved anew",),
    seconds=12.3,
)
STATUS = Status(
    project="Trailhead",
    home="/home/ada/.threesixty",
    records=58_112,
    parties=21_000,
    customers=41_203,
    households=812,
    identifiers=90_000,
    generic=3,
    decisions=4,
    set_aside=1,
    parked=12,
    rejects=31,
    unreadable=212,
    dangling=5,
    forgotten=1,
    seq=58_143,
    resolved=58_143,
    applied=58_100,
    graph="embedded",
    ledger_bytes=81_234_567,
    graph_bytes=123_456_789,
    size_band="10k",
    sources=(SourceStatus("crm", (("person", 19_990), ("category", 2)), 1_746_230_400_000, 10),),
)
DECIDED = Decided(
    17,
    "shop/ada-88 is a customer of its own again.",
    (
        Effect("k4x7qhm2vtz3ne5b", "Ada Lovelace", "split", ("crm/1017", "shop/ada-88"), ("crm/1017",)),
        Effect("m2n4b6v7c5x3z2a4", "A. Lovelace", "formed", (), ("shop/ada-88",)),
    ),
)
REJECT = Reject("crm", "/data/crm.csv", 17, "no key: id is empty", '{"id": "", "name": "Zed"}')
ANSWER = Answer(
    "hubs", ("id", "first", "amount"), (("[b]x[/]", 1_746_230_400_000, 12_345_600),), truncated=True
)


def test_a_load_ends_in_words() -> None:
    assert loads.in_words(LOADED) == (
        "58,112 records are 41,203 customers; 31 rows rejected, 212 unreadable values, "
        "1 row of forgotten people left out, 16,909 merges, 12 pairs parked."
    )


def test_a_load_without_trouble_is_a_short_sentence() -> None:
    clean = replace(LOADED, sources=(), records=1, customers=1, merges=0, parked=0)

    assert loads.in_words(clean) == "1 record is 1 customer."
    assert loads.in_words(replace(clean, merges=-2)) == "1 record is 1 customer."


@pytest.mark.parametrize(
    "words",
    [
        "Ten merges worth a look",
        "crm.birth_date",
        "'31/02/1990'",
        "2 files known",
        "! the size band changed",
        "threesixty why k4x7qhm2vtz3ne5b",
        "threesixty rejects",
    ],
)
def test_a_load_says(printed, words) -> None:
    assert words in printed(loads.loaded(LOADED))


def test_a_load_accounts_for_every_row(printed) -> None:
    assert (
        "No row is lost: 58,144 rows in, 58,105 became records, 7 said nothing new, 31 rejected, "
        "1 of forgotten people." in " ".join(printed(loads.loaded(LOADED)).split())
    )


def test_a_row_nothing_became_of_is_said_loudly(printed) -> None:
    crm = replace(LOADED.sources[0], account=Account(20_010, 19_993, 7, 9))

    told = printed(loads.loaded(replace(LOADED, sources=(crm,))))

    assert "1 row of crm became nothing: please report this." in told


def test_a_dry_run_says_that_nothing_was_written(printed) -> None:
    assert "Nothing was written." in printed(loads.loaded(replace(LOADED, dry_run=True)))


def test_a_decision_says_who_changed_and_how_to_take_it_back(printed) -> None:
    shown = printed(reports.decided(DECIDED), 100)

    assert "−shop/ada-88 · 1 record stays" in shown  # noqa: RUF001
    assert "+shop/ada-88" in shown
    assert "threesixty undo" in shown


def test_a_dry_decision_says_that_nothing_was_written(printed) -> None:
    assert "Nothing was written" in printed(reports.decided(replace(DECIDED, dry_run=True)))


def test_an_answer_is_written_by_the_types_of_its_columns(printed) -> None:
    shown = printed(answers.answer(ANSWER, {"first": "instant", "amount": "money"}))

    assert "[b]x[/]  2025-05-03  1,234.56" in shown
    assert "There is more" in shown


def test_no_rows_is_said(printed) -> None:
    assert "No rows." in printed(answers.answer(replace(ANSWER, rows=()), {}))


def test_status_says_what_is_behind_and_what_to_do(printed) -> None:
    shown = printed(reports.status(STATUS), 100)

    assert "43 entries behind" in shown
    assert "19,990 people, 2 categories" in shown
    assert "threesixty rejects" in shown


def test_a_long_reason_is_told_to_its_end(printed) -> None:
    reason = "no key: each of typ, id and mandant must say something, and mandant says nothing in this row"

    shown = printed(reports.rejects([HeldReject(3, replace(REJECT, reason=reason), 0)]), 80)

    assert {"mandant", "nothing", "row"} <= set(shown.split())
    assert reason.split()[-3:] == ["in", "this", "row"]


def test_rejects_show_place_reason_and_row(printed) -> None:
    shown = printed(reports.rejects([HeldReject(3, REJECT, 0)]), 100)

    assert "crm crm.csv:17" in shown
    assert "no key: id is empty" in shown
    assert "threesixty rejects fix 3 column=value" in shown


def test_a_preview_shows_values_identifiers_and_links(printed) -> None:
    record = Record(
        Name("crm", "person", "17"),
        "party",
        "{}",
        {"given": "Ada", "birth_date": None},
        (Identifier("email", "ada@example.org"),),
        (Link("buyer", Name("shop", "person", "8")),),
        unreadable=("phone",),
    )
    shown = printed(reports.checked({"crm": Batch([record], rejects=[REJECT])}, DEFAULT), 140)

    assert "phone unreadable · given Ada · email:ada@example.org · buyer shop/8" in shown
    assert "no key: id is empty" in shown


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize(
    "drawn",
    [
        loads.loaded(LOADED),
        reports.status(STATUS),
        reports.decided(DECIDED),
        answers.answer(ANSWER, {}),
        reports.rejects([HeldReject(1, REJECT, 0)]),
        reports.found(
            [
                Found(
                    "k4x7qhm2vtz3ne5b",
                    "k4x7qhm2vtz3ne5b",
                    "Ada " * 40,
                    "person",
                    "ada@example.org",
                    "Lisboa",
                    4,
                )
            ]
        ),
        reports.forgotten(ForgetReport(("k4x7qhm2vtz3ne5b",), 4, 12, 0, "Ada: 4 records.", dry_run=True)),
        reports.matches([("k4x7qhm2vtz3ne5b", "Ada")]),
    ],
)
def test_no_line_is_wider_than_the_screen(printed, drawn, width) -> None:
    assert max(cell_len(line) for line in printed(drawn, width).splitlines()) <= width


def test_a_pin_says_what_it_pins(printed) -> None:
    pin = Action(
        3, 1_746_230_400_000, "eva", "she rang", 2, False, "email,birth_date", (("crm/1",),),
        values={"email": "[b]ada@example.org", "birth_date": None},
    )  # fmt: skip

    assert "pin email = [b]ada@example.org, birth date = empty" in printed(reports.actions([pin]), 100)


def test_that_a_long_pin_was_undone_is_never_cut(printed) -> None:
    values = {"street": "Avenida da Liberdade 210, 4.º", "city": "Lisboa", "postcode": "1250-147"}
    pin = Action(
        3, 1_746_230_400_000, "eva", "", 2, True, "street,city,postcode", (("crm/1",),), values=values
    )  # fmt: skip

    assert "undone · eva" in " ".join(printed(reports.actions([pin]), 80).split())


def test_why_nothing_came_is_said_as_it_is(printed) -> None:
    known = SourceLoad("crm", 0, 0, 0, 0, 0, 0, 0, 0, skipped_files=2)
    empty = SourceLoad("shop", 0, 0, 0, 0, 0, 0, 0, 0, empty=1)
    table = SourceLoad("till", 0, 0, 0, 0, 0, 0, 0, 0)

    def said(*of: SourceLoad, **how) -> str:
        return printed(loads.loaded(replace(LOADED, sources=of, worth_a_look=(), **how)))

    assert "Nothing new: every file is known already." in said(known)
    assert "Nothing new: what there is is known already." in said(known, table)
    assert "No row came: what was read of shop is empty." in said(empty)
    assert "what was read of shop is empty. All else is known already." in said(known, empty)
    assert "already" not in said(known, stopped=(Stopped("till", "torn", ""),))
    gone = said(replace(empty, deleted=4))
    assert "shop · 1 empty" in gone
    assert "No row came: these were in what was delivered before." in gone


def test_rows_of_the_forgotten_are_counted_as_in_the_account(printed) -> None:
    crm = replace(LOADED.sources[1], forgotten=3)

    told = " ".join(printed(loads.loaded(replace(LOADED, sources=(crm,)))).split())

    assert "1 row of forgotten people left out" in told
    assert "1 of forgotten people." in told


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_long_id_of_another_system_is_whole_and_so_is_the_name_beside_it(printed, width) -> None:
    given = "e3b0c44298fc1c149afbf4c8996fb924"
    found = Found("k4x7qhm2vtz3ne5b", given, "Ada Lovelace", "person", "ada@example.org", "Lisboa", 4)

    for page in (reports.found([found]), reports.matches([(given, "Ada Lovelace"), ("k4", "Bo")])):
        shown = printed(page, width)
        assert given in shown
        assert "Ada Lovelace" in shown


def test_the_status_says_how_many_values_are_pinned_in_eighty_columns(printed) -> None:
    shown = printed(reports.status(replace(STATUS, decisions=1_234, pins=56)), 80)

    assert "1,234, 1 set aside" in shown
    assert re.search(r"pinned values +56\b", shown)


def test_of_many_records_and_customers_the_first_are_named_and_the_rest_counted(printed) -> None:
    names = tuple(f"crm/{n}" for n in range(300))
    one = Effect("k4x7qhm2vtz3ne5b", "Ada Lovelace", "split", names, ("crm/0",))
    told = Decided(7, "Ada is 300 customers.", (one, *(replace(one, customer=name) for name in names)))

    shown = printed(reports.decided(told), 400)

    assert "−crm/12 and 287 more · 1 record stays" in shown  # noqa: RUF001
    assert "and 271 more" in shown
