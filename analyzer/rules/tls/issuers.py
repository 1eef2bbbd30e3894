"""Sessions that were shown a certificate of another issuer than others with the same name."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...model.session import Session


class Odd(NamedTuple):
    """
    A session whose certificate differs.

    Attributes:
        name: What the client asked for.
        issuer: Who signed what it was shown.
        usual: Who signed what most others were shown.
        others: How many those are.
    """

    session: Session
    name: str
    issuer: str
    usual: str
    others: int


def odd_ones(sessions: Sequence[Session]) -> Iterator[Odd]:
    """The few among many; of as many with each issuer, those that came later."""
    issuers: dict[str, Counter[str]] = defaultdict(Counter)
    for session in sessions:
        name, issuer = _shown(session)
        if issuer is not None:
            issuers[name][issuer] += 1
    for session in sessions:
        name, issuer = _shown(session)
        if issuer is not None:
            ((usual, count),) = issuers[name].most_common(1)
            if issuer != usual:
                yield Odd(session, name, issuer, usual, count)


def _shown(session: Session) -> tuple[str, str | None]:
    facts = session.tls
    if facts is None or not facts.certificates:
        return "", None
    return facts.server_name or session.server, facts.certificates[0].issuer
