"""The browser kept Finesse's answers from the page (Fetch standard; CSP frame-ancestors)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ..consequences import ENDINGS
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    har = recording.har
    if har is not None and har.barred_by:
        values: dict[str, Value] = {
            "why": har.barred_by,
            "asked": har.barred,
            "origin": har.barred_origin or "another origin",
            "count": har.barred_requests,
        }
        yield Hit((har.barred_source or whole(recording),), values)


RULE = Rule(
    id="CO-043",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The browser kept {asked} from {origin!t}: {why}",
    cause="A page of {origin!t} asked Finesse, and Finesse does not name that origin among those "
    "it trusts, so the browser itself threw {count:answer|answers} away (status 0, ERR_FAILED or "
    "ERR_BLOCKED_BY_RESPONSE); network and node are fine. CORS: REST or BOSH of a custom client or "
    "gadget. frame-ancestors: the desktop, or its tunnel, in a frame of another site (CRM). Only "
    "the origin as the browser sees it counts: scheme, host and port, also those of a proxy.",
    remedy="1. CORS, on every node: utils finesse cors status; utils finesse cors enable; utils "
    "finesse cors allowed_origin add {origin!t}; for headers of its own utils finesse cors "
    "allowed_headers add NAME. 2. frame-ancestors, on every node: utils finesse "
    "frame_access_allowed_list add {origin!t} (before 12.5(1) ES4 frame_access_whitelist). 3. "
    "utils service restart Cisco Finesse Notification Service, then utils service restart Cisco "
    "Finesse Tomcat. 4. Clear the browser's cache, and close and open it.",
    reference="Fetch standard, CORS protocol; Content Security Policy Level 3, frame-ancestors; "
    "Cisco Finesse Administration Guide, Manage Security",
    explains=("BO-014", "BO-019", "CO-031", "CQ-001", "CQ-010", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @har
        @recording barred_by=CORS
        @recording barred=https://finesse.example.test:8445/finesse/api/User/a
        @recording barred_origin=https://crm.example.test:443
        @recording barred_requests=3
        @login
        """,
    ),
    silent_on=("@har\n@login", "@login"),
)
