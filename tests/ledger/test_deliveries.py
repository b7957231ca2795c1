"""What is remembered of deliveries, and the step from a ledger that remembered none."""

from tests.ledger.older import make_older

from threesixty.ledger import Ledger


def test_the_latest_delivery_of_each_source_is_known(ledger):
    ledger.delivered("crm", {"columns": {"a": {}}}, 5, [])
    ledger.delivered("shop", {"columns": {}}, 7, ["column 'b' is new"])
    ledger.delivered("crm", {"columns": {"b": {}}}, 6, [])

    found = {name: (one.rows, one.told) for name, one in ledger.deliveries().items()}
    assert found == {"crm": (6, []), "shop": (7, ["column 'b' is new"])}
    assert ledger.shape("crm") == {"columns": {"b": {}}}
    assert ledger.shape("till") == {}


def test_a_ledger_of_yesterday_learns_to_remember(tmp_path):
    path = tmp_path / "l.db"
    with Ledger.open(path) as ledger:
        make_older(ledger, 5)

    with Ledger.open(path) as ledger:
        assert ledger.deliveries() == {}
        ledger.delivered("crm", {}, 1, [])
        assert ledger.deliveries()["crm"].rows == 1
