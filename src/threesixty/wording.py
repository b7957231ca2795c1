"""Values as people read them: one way to write money, days and moments, wherever a value is told.

What the ledger and the graph hold (1/10,000 of a currency, milliseconds) is never shown as it stands.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from threesixty.record import Scalar

NONE = "–"  # noqa: RUF001
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def money(amount: int | None, currency: str = "") -> str:
    """An amount (1/10,000) with two decimals, or four where they say something: '1,204.50 EUR'."""
    if amount is None:
        return NONE
    return f"{_decimal(amount, ',')} {currency}".rstrip()


def decimal(amount: int) -> str:
    """An amount (1/10,000) as programs read it: '70000.00'."""
    return _decimal(amount, "")


def _decimal(amount: int, thousands: str) -> str:
    """By whole numbers only: a float would round what is large."""
    whole, rest = divmod(abs(amount), 10_000)
    parts = f"{rest:04}"
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:{thousands}}.{parts.removesuffix('00') if parts.endswith('00') else parts}"


def date(at: int | None, zone: tzinfo = UTC) -> str:
    """The day of an instant (epoch ms): 2024-05-03."""
    moment = _moment(at, zone)
    return moment.date().isoformat() if moment else NONE


def time(at: int | None, zone: tzinfo = UTC) -> str:
    """An instant (epoch ms) to the minute: 2024-05-03 17:20."""
    moment = _moment(at, zone)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else NONE


def _moment(at: int | None, zone: tzinfo) -> datetime | None:
    try:
        return None if at is None else (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)
    except OverflowError:
        return None


def scalar(value: Scalar, kind: str = "text", zone: tzinfo = UTC) -> str:
    """A value of a property or a column, by its type in the schema."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and kind == "instant":
        return date(value, zone)
    if isinstance(value, int) and kind == "money":
        return money(value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)
