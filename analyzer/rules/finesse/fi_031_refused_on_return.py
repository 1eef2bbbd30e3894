"""A login that came through before is refused when the agent comes back (RFC 6120 section 6.5)."""

from collections.abc import Iterator

from ...model.history import ENTRIES, Chapter, Happening
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort, StepName
from ..progress import seconds
from ..violations import PLACES

_AUTH = f"{StepName.AUTH.value}: "


def _check(cohort: Cohort) -> Iterator[Hit]:
    for history in cohort.histories:
        inside: Chapter | None = None
        refused: list[Chapter] = []
        for chapter in history.chapters:
            if chapter.what in ENTRIES:
                inside, refused = chapter, []
            elif chapter.what is Happening.REFUSED and (chapter.detail or "").startswith(_AUTH):
                refused.append(chapter)
        if inside is None or not refused:
            continue
        values: dict[str, Value] = {
            "agent": history.agent or "The client",
            "count": len(refused),
            "condition": (refused[0].detail or "").removeprefix(_AUTH),
            "after_s": seconds((refused[0].time_ns or 0) - (inside.time_ns or 0)),
        }
        evidence = tuple(source for one in refused[:PLACES] for source in one.evidence)
        yield Hit(evidence, values, session=refused[0].session)


RULE = Rule(
    id="FI-031",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    title="{agent} was logged in and is refused since: {condition}, {count:time|times}",
    cause="The same account came through {after_s} s before and was not refused then, so neither "
    "the name nor the domain is wrong. What has changed since: the access token of single sign-on "
    "has expired and the desktop got no new one, the password was changed, the account was locked "
    "(five failures lock REST for five minutes), or the node that is asked now cannot reach what "
    "checks logins (IdS, AWDB, UCCX engine).",
    remedy="1. Have the agent sign out and in again: if that works, the token had expired; look "
    "for REST calls with 401 before this moment and check utils ntp status on Finesse and IdS. 2. "
    "Is it another node than before? Then compare its SSO mode, IdS registration and AWDB "
    "connection with the first. 3. Ask whether the password was changed.",
    reference="RFC 6120 §6.5; Cisco DevNet, Finesse: REST API with SSO",
    explains=("SA-007", "SA-009", "SA-015"),
    check=_check,
    fires_on=(
        """
        @login user=a
        60.0 S> [rst]
        @connection 70
        @login until=open user=a
        71.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        71.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        71.2 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=open user=a
        1.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        1.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        1.2 C> [fin]
        @connection 9
        @login user=a
        """,
    ),
)
