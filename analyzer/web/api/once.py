"""Requests that may be sent again: the second one with the same key gets the first one's answer."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header

from ..database.idempotency import Idempotency

REPLAYED = {"Idempotent-Replayed": "true"}
"""Header of an answer that was given before."""

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Any words of your own, a UUID for example, new for each thing that you want."
        " A request that is sent again with the same key and the same content within 24 hours"
        " gets the answer of the first one, and nothing is done twice.",
    ),
]


def once(
    answers: Idempotency, key: str | None, fingerprint: str, act: Callable[[], str]
) -> tuple[str, bool]:
    """
    Do something, unless that was done before.

    Args:
        answers: What was done before.
        key: Of the request; None: it has no key and is done each time.
        fingerprint: What is asked for.
        act: Does it, writes down the answer of the key with it, and tells the id of what came
            of it.

    Returns:
        The id, and whether it was done before.

    Raises:
        Problem: KEY_REUSED, CONFLICT, or what `act` raises; then the key is free again.
    """
    if key is None:
        return act(), False
    known = answers.begin(key, fingerprint)
    if known is not None:
        return known, True
    try:
        return act(), False
    except BaseException:
        answers.abandon(key)
        raise
