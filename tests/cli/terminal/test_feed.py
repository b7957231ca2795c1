"""Entries of the feed: within the screen, and with all keys where keys are asked for."""

from __future__ import annotations

from dataclasses import replace

from threesixty.cli.terminal.feed import change
from threesixty.feed import Change

RECORDS = tuple(f"{letter * 16}" for letter in "abcdefgh")
MERGED = Change(
    "feed", 12, 12, 0, "merged", RECORDS[0], RECORDS, ("z" * 16,), {}, ("y" * 16,), "decision", 3,
)  # fmt: skip


def test_an_entry_keeps_to_the_screen(printed) -> None:
    shown = printed(change(MERGED), 80)

    assert max(map(len, shown.splitlines())) <= 80
    assert {"12", "merged", "y" * 16, "z" * 16, "decision", "+8"} <= set(shown.split())


def test_with_keys_every_key_is_said(printed) -> None:
    keys = {record: f"crm/C-{number}" for number, record in enumerate(RECORDS)}

    shown = printed(change(replace(MERGED, keys=keys)), 80)

    assert set(keys.values()) <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 80
