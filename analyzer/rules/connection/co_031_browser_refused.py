"""The browser itself did not make the connection, or does not say why it failed."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import failed_with

_CODES = frozenset(
    {
        "ERR_ABORTED",
        "ERR_ACCESS_DENIED",
        "ERR_FAILED",
        "ERR_NETWORK_ACCESS_DENIED",
        "ERR_NETWORK_IO_SUSPENDED",
        "ERR_UNSAFE_PORT",
    }
)


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES, ("ERR_BLOCKED_BY_",))


RULE = Rule(
    id="CO-031",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The browser did not connect to {server} ({error})",
    cause="Nothing in the network answered or refused. …BLOCKED_BY…: an extension (ad blocker), a "
    "policy of the administrator or the page's Content-Security-Policy. …ACCESS_DENIED: firewall "
    "or antivirus on the PC. …SUSPENDED: the PC went to sleep. …ABORTED, …FAILED: the page was "
    "left meanwhile, or an extension or proxy ended it without a reason.",
    remedy="1. Sign in once in a new profile or a guest window without extensions: if that works, "
    "turn the extensions off one by one. 2. chrome://policy and the page's console show what is "
    "forbidden. 3. Look in the log of the PC's firewall and antivirus at this second.",
    reference="Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_BLOCKED_BY_CLIENT
        """,
        "@har\n@no-upgrade 0 net::ERR_FAILED",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CONNECTION_RESET",
        "@har\n@login",
    ),
)
