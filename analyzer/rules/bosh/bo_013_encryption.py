"""A BOSH session that is encrypted only in part (XEP-0124 section 19.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from .requests import place, turns


def _check(session: Session) -> Iterator[Hit]:
    told = [turn for turn in turns(session) if turn.encrypted is not None]
    plain = [turn for turn in told if not turn.encrypted]
    if plain and len(plain) < len(told):
        values: dict[str, Value] = {"count": len(plain), "of": len(told), "url": session.url or ""}
        yield Hit((place(session, plain[0]),), values)


RULE = Rule(
    id="BO-013",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="{count} of {of} requests of the BOSH session went unencrypted",
    cause="A session that began encrypted must stay so: every request carries the session id, and "
    "whoever reads one on the way can send requests in the agent's name and read the answers. A "
    "page that is opened once by https and once by http, or a redirect between the two, does this.",
    remedy="1. Give the client one https address ({url}) and switch plain http off at the server "
    "or proxy. 2. Treat the session as compromised: have the agent log out and in again.",
    reference="XEP-0124 §19.1",
    needs=frozenset({Needs.BOSH}),
    check=_check,
    fires_on=(
        """
        @har
        @bosh
        @url https://a.test:7443/http-bind/
        0.0 C> <body rid='157374182' sid='a1'/>
        0.1 S> <body/>
        @connection 1
        @bosh
        @url http://a.test:7071/http-bind/
        0.0 C> <body rid='157374183' sid='a1'/>
        0.1 S> <body/>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
