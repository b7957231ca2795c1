"""Purchases, lines and products: several rows make one thing, and what arrives late is drawn late."""

from __future__ import annotations

from tests.pipeline.conftest import ADA, FATHER_AND_SON, Row, Town, company


def line(number: str, buyer: str = "17", **rest: str) -> Row:
    return {"order": "A9", "line": number, "at": "2024-02-02", "amount": "10", "currency": "EUR",
            "buyer": buyer, "sku": "lamp", "quantity": "1", **rest}  # fmt: skip


def test_lines_of_one_order_are_one_purchase(town: Town):
    town.put("shop", ADA[1])
    town.put("lines", line("1"), line("2", sku="tent", amount="5.50"))

    card = town.c360.customer("shop/17")

    assert (card.figures.purchases, card.figures.value) == (1, 155_000)


def test_a_line_that_says_something_else_changes_the_purchase(town: Town):
    town.put("shop", ADA[1])
    town.put("lines", line("1"), line("2"))
    town.put("lines", line("2", amount="1"))

    assert town.c360.customer("shop/17").figures.value == 110_000


def test_a_purchase_moves_with_its_buyer(town: Town):
    town.put("shop", ADA[1], FATHER_AND_SON[1])
    town.put("lines", line("1"))
    town.put("lines", line("1", buyer="20"))

    assert town.c360.customer("shop/17").figures.purchases == 0
    assert town.c360.customer("shop/20").figures.purchases == 1
    assert town.same_card("shop/17")
    assert town.same_card("shop/20")


def test_a_buyer_who_arrives_after_the_purchase_has_it(town: Town):
    town.put("lines", line("1"))
    town.put("shop", ADA[1])

    assert town.c360.customer("shop/17").figures.purchases == 1


def test_a_product_that_arrives_after_the_purchase_is_drawn(town: Town):
    town.put("shop", ADA[1])
    town.put("lines", line("1"))
    town.put("products", {"sku": "lamp", "name": "Lamp", "price": "10"})

    assert [product.name for product in town.c360.customer("shop/17").products] == ["Lamp"]
    assert town.c360.ask("bought_together").rows == ()
    assert town.export() == town.rebuilt()


def test_graph_and_ledger_give_the_same_card(town: Town):
    company(town)

    for cluster in town.clusters():
        assert town.same_card(min(cluster))


def test_the_graph_file_can_be_deleted_at_any_moment(town: Town):
    company(town)
    town.c360.split("crm/2", "shop/20")

    assert town.export() == town.rebuilt()


def test_an_amount_in_another_currency_is_left_out_and_counted(town: Town):
    town.put("shop", ADA[1])
    town.put("lines", line("1"), {**line("1"), "order": "A10", "currency": "USD"})

    figures = town.c360.customer("shop/17").figures
    assert (figures.purchases, figures.value, figures.other_currency) == (2, 100_000, 1)


def test_an_open_ticket_of_a_guest_belongs_to_the_customer_with_that_email(town: Town):
    company(town)

    card = town.c360.customer("crm/1")

    assert (card.figures.tickets, card.figures.open_tickets) == (1, 1)
    assert [row["name"] for row in town.c360.ask("open_tickets", customer="crm/1").dicts()] == ["Tent leaks"]
