"""A BOSH session ended for too many requests, or too quick ones (XEP-0124 section 11)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .requests import ended_with, facts


def _check(session: Session) -> Iterator[Hit]:
    bosh = facts(session)
    if bosh.sid is not None and ended_with(session, frozenset({"policy-violation"})):
        values: dict[str, Value] = {
            "server": session.server,
            "requests": bosh.requests or "?",
            "polling": bosh.polling_s or "?",
        }
        yield Hit((ending(session),), values)


RULE = Rule(
    id="BO-017",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{server} ended the BOSH session for a breach of its rules",
    cause="policy-violation, or 403 of an old server: more than {requests} requests open at once, "
    "or empty requests less than {polling} s apart. From a proxy a 403 means that it does not want "
    "the request at all.",
    remedy="1. 403 with a page of a proxy or firewall: allow POST to this path there. 2. One "
    "desktop per browser, no second tab with the same session. 3. Openfire: "
    "xmpp.httpbind.client.requests.max, .polling.",
    reference="XEP-0124 §11, §12, §17.1",
    needs=frozenset({Needs.BOSH}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        9.0 S> <body type='terminate' condition='policy-violation'/>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
