"""Names that DNS did not resolve, for the rules that tell why a connection was not made."""

from collections.abc import Iterable

from ...model.network import Resolution

_ADDRESSES = frozenset({"A", "AAAA"})

_FAILURES = frozenset({"NXDOMAIN", "SERVFAIL", "REFUSED", None})
"""What leaves a client without an address; None: nobody answered."""


def is_failed(resolution: Resolution) -> bool:
    """Whether a question for an address was refused, or not answered."""
    return resolution.kind in _ADDRESSES and resolution.code in _FAILURES


def in_words(resolution: Resolution) -> str:
    """What came of a question, in a protocol word."""
    return "no answer" if resolution.code is None else resolution.code


def never_resolved(resolutions: Iterable[Resolution]) -> list[Resolution]:
    """The first failure of each name for which its client got no address at any time."""
    failed: dict[tuple[str, str], Resolution] = {}
    resolved: set[tuple[str, str]] = set()
    for one in resolutions:
        if one.addresses:
            resolved.add((one.client, one.name))
        elif is_failed(one):
            failed.setdefault((one.client, one.name), one)
    return [one for key, one in failed.items() if key not in resolved]
