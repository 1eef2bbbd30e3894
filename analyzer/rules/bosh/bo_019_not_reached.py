"""A BOSH session that never came about: HTTP refused it (XEP-0124 section 17.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .requests import place, turns


def _check(session: Session) -> Iterator[Hit]:
    asked = turns(session)
    failed = [turn for turn in asked if turn.status != 200 and (turn.status or turn.error)]
    if not asked or len(failed) < len(asked) or not asked[0].creation:
        return
    turn = failed[-1]
    values: dict[str, Value] = {
        "url": session.url or session.server,
        "answer": f"HTTP {turn.status}" if turn.status else turn.error or "",
        "count": len(failed),
    }
    party = Party.PROXY if turn.status in _OF_PROXIES else None
    yield Hit((turn.answered or place(session, turn),), values, party=party)


_OF_PROXIES = frozenset({401, 403, 407, 429, 502, 504})


RULE = Rule(
    id="BO-019",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="No BOSH session came about: {url} answered {answer}",
    cause="{count:request for a session was|requests for a session were} refused before any XMPP "
    "was spoken. 404: nothing is served at this path (Finesse: /http-bind/ on 7443 up to 12.5; "
    "from 12.6 on behind the proxy on 8445, if at all). 403, 407: a proxy does not let it through. "
    "502, 503, 504: the notification service behind the proxy is down. An error of the browser: "
    "the connection did not come about, or the certificate is not trusted.",
    remedy="1. Open {url} in the browser of that PC: a short page or 'Not found' of Openfire shows "
    "that the service is there. 2. 502 to 504: utils service list on the node. 3. 404: correct the "
    "address, or use WebSocket at /ws/. 4. 403, 407: exempt the Finesse nodes from the proxy.",
    reference="XEP-0124 §17.1; Cisco DevNet, Finesse: FAQ",
    needs=frozenset({Needs.BOSH, Needs.START}),
    explains=(*ENDINGS, "BO-009", "OR-006"),
    check=_check,
    fires_on=(
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> [status 503] Service Unavailable
        """,
        """
        @har
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> [error net::ERR_CERT_AUTHORITY_INVALID]
        """,
    ),
    silent_on=("@bosh\n@login", "@login", "@bosh\n@login\n9.0 S> [status 502] Bad Gateway"),
)
