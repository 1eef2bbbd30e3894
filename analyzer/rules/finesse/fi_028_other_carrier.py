"""A carrier that this release of the desktop does not use (Cisco: Managing Notifications)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Carrier, Session
from ..evidence import beginning


def _check(session: Session) -> Iterator[Hit]:
    profile, carrier = session.profile, session.carrier
    if carrier is Carrier.UNKNOWN or profile.accepts(carrier.value):
        return
    values: dict[str, Value] = {
        "carrier": carrier.value,
        "expected": ", ".join(profile.carriers),
        "profile": profile.name,
    }
    yield Hit((beginning(session),), values)


RULE = Rule(
    id="FI-028",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The session came by {carrier}, where {profile} expects {expected}",
    cause="The desktop up to 11.6 speaks BOSH; from 12.0 on it speaks WebSocket, and BOSH is "
    "deprecated since 12.6. So this is a custom client, a desktop that was loaded from an older "
    "server, or the release is not the one of the profile.",
    remedy="Check the release (show version active) and choose the profile for it (stanzascope "
    "profile list). If it is right, find the client by its User-Agent and its path, and let it "
    "connect as its release wants: wss://FQDN:8445/ws/ on 12.6 and later, wss://FQDN:7443/ws/ on "
    "12.0 to 12.5, https://FQDN:7443/http-bind/ before.",
    reference="Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications; "
    "Cisco DevNet, Finesse: FAQ",
    check=_check,
    fires_on=("@profile finesse-12.6\n@bosh\n@login", "@profile finesse-11\n@login"),
    silent_on=(
        "@bosh\n@login",
        "@profile finesse-12.6\n@login",
        "@profile finesse-11\n@bosh\n@login",
        "@profile finesse-11\n@tls locked=no-keys cadence=10",
    ),
)
