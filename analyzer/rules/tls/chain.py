"""What is wrong with a server's certificate, as far as the chain itself tells (RFC 9525)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ...model.session import Session
from ...model.tls import Certificate, TlsFacts

_NAMES = 6
"""Names of a certificate that are told."""


def defects(session: Session) -> tuple[str, ...]:
    """What a client may refuse the chain for; empty if nothing shows, or no chain was seen."""
    facts = session.tls
    if facts is None or not facts.certificates:
        return ()
    return tuple(_defects(facts, session))


def _defects(facts: TlsFacts, session: Session) -> Iterator[str]:
    place = facts.server_hello or facts.client_hello
    now = place.time_ns if place is not None else None
    leaf = facts.certificates[0]
    for index, certificate in enumerate(facts.certificates):
        whose = "" if index == 0 else f" (CA {certificate.subject})"
        if now is not None and certificate.not_after_ns < now:
            yield f"expired{whose}"
        elif now is not None and certificate.not_before_ns > now:
            yield f"not yet valid{whose}"
    name = facts.server_name or _address(session)
    if name and not is_for(leaf, name):
        yield f"not for {name}"
    if leaf.self_signed:
        yield "self-signed"


def grave(found: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are wrong whoever looks: a self-signed certificate may well be trusted."""
    return tuple(defect for defect in found if defect != "self-signed")


def _address(session: Session) -> str | None:
    """A client that sends no name was told an address (RFC 6066 section 3)."""
    return session.connection.server.host if session.connection is not None else None


def is_for(certificate: Certificate, name: str) -> bool:
    """
    Whether a certificate is for a name: one of its subjectAltNames (RFC 9525 section 6.3).

    A `*` stands for the first label alone.
    """
    name = name.lower().rstrip(".")
    rest = name.partition(".")[2]
    return any(
        named == name or (bool(rest) and named == f"*.{rest}")
        for named in (other.lower().rstrip(".") for other in certificate.names)
    )


def told(session: Session) -> str:
    """The server's certificate in one line; "nothing" if it was not seen."""
    facts = session.tls
    if facts is None or not facts.certificates:
        return "nothing"
    leaf = facts.certificates[0]
    names = ", ".join(leaf.names[:_NAMES]) or "no name"
    span = f"{_day(leaf.not_before_ns)} to {_day(leaf.not_after_ns)}"
    found = "; ".join(defects(session)) or "no defect of its own"
    return f"{leaf.subject}, issued by {leaf.issuer}, valid {span}, for {names}: {found}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _day(time_ns: int) -> str:
    try:
        return f"{_EPOCH + timedelta(seconds=time_ns // 1_000_000_000):%Y-%m-%d}"
    except OverflowError:
        return "9999-12-31" if time_ns > 0 else "0001-01-01"
