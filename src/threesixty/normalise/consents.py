"""What sources write where they mean that somebody agreed, or did not."""

from __future__ import annotations

from typing import Literal

from threesixty.normalise.text import NO, YES, plain

Status = Literal["granted", "unclear", "refused"]

_GRANTED = frozenset(
    "granted given accepted agreed allow allowed consented confirmed subscribed optin optedin doubleoptin "
    "in active enabled on".split()
)
_REFUSED = frozenset(
    "refused denied deny declined rejected withdrawn revoked objected unsubscribed unsubscribe optout "
    "optedout out inactive disabled off blocked complained".split()
)


def consent(raw: str) -> Status:
    """'granted' or 'refused' where the word is known; 'unclear' for all else, such as 'pending'."""
    word = "".join(filter(str.isalnum, plain(raw)))
    if word in _GRANTED or plain(raw) in YES:
        return "granted"
    return "refused" if word in _REFUSED or plain(raw) in NO else "unclear"
