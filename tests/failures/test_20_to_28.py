"""
Failures 20 to 28: limits on the way, the stream's domain and form, the login.

All of them are shown in both forms.
"""

import base64
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from . import har_changes as har
from .case import Case, hold
from .socket_packets import capture
from .story import FIXTURES, Call, End, Said, Story, story

AGENT = "agent1001"
DOMAIN = "finesse.example.test"
USER = f"/finesse/api/User/{AGENT}"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


def in_har(*stories: Story) -> dict[str, bytes]:
    return {"session.har": har.har(*stories)}


def in_packets(*stories: Story) -> dict[str, bytes]:
    return {"capture.pcap": capture(*stories)}


def recorded(name: str) -> dict[str, bytes]:
    """A recording as it is."""
    path = FIXTURES / name
    return {path.name: path.read_bytes()}


def idle() -> Story:
    """The desktop pings every 10 s for a minute, then no longer; 60 s later the proxy closes."""
    one = story().open_end().pinging(60.0)
    return one._replace(end=End(one.said[-1].at_s + 60.0, "S>"))


def aged() -> tuple[Story, ...]:
    """Three desktops that ping all the time are cut when they are ten minutes old."""
    one = story().open_end()._replace(calls=()).pinging(599.0)
    one = one._replace(end=End(600.0, "S>"))
    return tuple(
        one.of(agent)._replace(begin_s=begin)
        for agent, begin in (("agent1001", 0.0), ("agent1002", 47.0), ("agent1003", 131.0))
    )


def unvalidated() -> Story:
    """A server that answers to any name; it knows no pubsub service below the proxy's."""
    one = story()._replace(calls=())
    one = one.swapped(f'<open to="{DOMAIN}"', '<open to="proxy.example.test"')
    one = one.swapped(f'to="pubsub.{DOMAIN}"', 'to="pubsub.proxy.example.test"')
    error = (
        "<error type='cancel'><remote-server-not-found "
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    )
    for which in range(1, 6, 2):
        place = one.place(":subscribenode", which)
        number = one.said[place - 1].text.partition('id="')[2].partition('"')[0]
        text = (
            f"<iq to='{AGENT}@{DOMAIN}/desktop' from='pubsub.proxy.example.test' id='{number}' "
            f"xmlns='jabber:client' type='error'>{error}</iq>"
        )
        one = one.answering(one.said[place].text, text)
    return one.without("pubsub#event")


def old_framing() -> Story:
    """The client opens as on TCP (RFC 6120), the server wants RFC 7395."""
    one = story()
    opening = one.said[0]
    tag = (
        f'<stream:stream to="{DOMAIN}" version="1.0" xmlns="jabber:client" '
        'xmlns:stream="http://etherx.jabber.org/streams">'
    )
    error = (
        '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><invalid-namespace '
        'xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>'
    )
    bye = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>'
    at_s = opening.at_s
    said = (
        opening._replace(text=tag),
        Said(at_s + 0.01, "S>", error),
        Said(at_s + 0.011, "S>", bye),
    )
    return one._replace(said=said, calls=(), end=End(at_s + 0.02, "S>"))


def without_plain() -> Story:
    """Only SCRAM and GSSAPI are offered, and the client leaves."""
    one = story()._replace(calls=())
    one = one.swapped("<mechanism>PLAIN</mechanism>", "<mechanism>GSSAPI</mechanism>")
    return one.until("<mechanism>GSSAPI</mechanism>", End(one.at("GSSAPI") + 0.5))


def refused(condition: str = "not-authorized", rest: int | None = None) -> Story:
    """A recorded login that failed, with another condition, and a REST call before it."""
    one = story("wrong-password").swapped("not-authorized", condition)
    return one if rest is None else one.calling(Call(-0.5, "GET", USER, rest))


BEFORE_S = 1_795_207_000
"""Some minutes before the recording."""


def token(expires_s: int) -> bytes:
    """An access token."""
    claims = f'{{"sub":"{AGENT}","exp":{expires_s}}}'.encode()
    parts = (b'{"alg":"RS256","typ":"JWT"}', claims, bytes(range(256)))
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


def expired(secret: bytes = token(BEFORE_S)) -> Story:
    """A login with a token that ended before, and the REST call that it no longer opens."""
    one = refused(rest=401)
    auth = one.said[one.place("<auth")]
    plain = base64.b64encode(b"\0" + AGENT.encode() + b"\0" + secret).decode()
    return one.answering(auth.text, f'<auth mechanism="PLAIN" xmlns="{SASL}">{plain}</auth>')


def early() -> Story:
    """A request of the session before goes out before the login."""
    one = story()
    auth = one.at("<auth")
    request = (
        f'<iq id="77:subscribenode" to="pubsub.{DOMAIN}" type="set" xmlns="jabber:client">'
        '<pubsub xmlns="http://jabber.org/protocol/pubsub">'
        f'<subscribe jid="{AGENT}@{DOMAIN}/desktop" node="{USER}"/></pubsub></iq>'
    )
    error = (
        '<iq id="77:subscribenode" type="error" xmlns="jabber:client"><error type="auth">'
        '<not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>'
    )
    before = one.said[: one.place("<auth")]
    asked = (Said(auth, "C>", request), Said(auth + 0.01, "S>", error))
    return one._replace(said=(*before, *asked), calls=(), end=End(auth + 0.5))


Stories = Story | tuple[Story, ...]

Root = tuple[str, str, str]
"""Rule, step and party."""


def told(form: str, made: Callable[[], Stories]) -> Callable[[], dict[str, bytes]]:
    """The recording of one form."""

    def recording() -> dict[str, bytes]:
        stories = made()
        several = (stories,) if isinstance(stories, Story) else stories
        return in_har(*several) if form == "HAR" else in_packets(*several)

    return recording


def both(
    number: int,
    failure: str,
    made: Callable[[], Stories],
    root: Root,
    *says: str,
    how: str = "",
    outcome: str = "broken",
) -> Iterator[Case]:
    """A case as HAR and as packets."""
    for form in ("HAR", "packets"):
        yield Case(number, failure, form + how, told(form, made), *root, says, outcome)


def as_recorded(number: int, failure: str, folder: str, root: Root, *says: str) -> Iterator[Case]:
    """A case whose recordings need no change."""
    for form, file in (("HAR", "session.har"), ("packets", "capture.pcapng")):
        made = partial(recorded, f"{folder}/{file}")
        yield Case(number, failure, f"{form}, as recorded", made, *root, says)


IDLE = "idle timeout LB/proxy"

CASES = (
    *as_recorded(20, IDLE, "idle-timeout-proxy", ("CO-005", "live", "proxy"), "proxy_read_timeout"),
    *both(20, IDLE, idle, ("CO-005", "live", "proxy"), "60.0 s", "find why pings stopped"),
    *both(21, "max lifetime cut", aged, ("CO-011", "live", "proxy"), "600", "ZTNA"),
    *as_recorded(22, "wrong domain", "g-wrong-domain", ("ST-011", "open", "client"), "xmppDomain"),
    *both(
        22,
        "wrong domain",
        unvalidated,
        ("ST-003", "pubsub", "client"),
        "xmppPubSubDomain",
        how=", not validated",
        outcome="degraded",
    ),
    *both(23, "bad framing", old_framing, ("FR-009", "open", "client"), "RFC 7395"),
    *both(24, "no usable mechanism", without_plain, ("SA-016", "auth", "server"), "PLAIN"),
    *as_recorded(
        25, "bad credentials", "wrong-password", ("SA-007", "auth", "client"), "five minutes"
    ),
    *both(25, "bad credentials", lambda: refused(rest=401), ("SA-007", "auth", "client"), "reset"),
    *both(
        26, "SSO token expired", expired, ("SA-018", "auth", "client"), "utils ntp", "got 401: 1"
    ),
    *both(
        26,
        "SSO token expired",
        lambda: expired(base64.b64encode(bytes(range(256)))),
        ("SA-015", "auth", "client"),
        "401 Bearer",
        how=", a token that does not tell",
    ),
    *both(
        27,
        "auth backend down",
        lambda: refused("temporary-auth-failure"),
        ("SA-012", "auth", "server"),
        "AWDB",
    ),
    *both(
        27,
        "auth backend down",
        lambda: refused(rest=503),
        ("SA-012", "auth", "server"),
        "1433",
        how=", REST 503",
    ),
    *both(28, "stanza before auth", early, ("OR-002", "auth", "client"), "queue"),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)
