"""A HAR whose BOSH responses have no bodies: what the server said is not in it."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning


def _check(session: Session) -> Iterator[Hit]:
    bosh = session.bosh
    if bosh is not None and bosh.bodies_missing:
        holes = tuple(gap.source for gap in session.gaps if gap.source is not None)
        values: dict[str, Value] = {"missing": bosh.bodies_missing, "requests": bosh.turn_count}
        # A few may be missing of what the browser no longer held; the rest tells its story.
        most = 2 * bosh.bodies_missing > bosh.turn_count
        places = holes[:1] or (beginning(session),)
        yield Hit(places, values, effect=None if most else Effect.NONE)


RULE = Rule(
    id="CQ-015",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="This HAR lacks {missing} of {requests} BOSH answers: what the server said is not in it",
    cause="The requests are there with what the client said, the responses only with their status: "
    "the HAR was written without content. Whether the login succeeded, and which events came, "
    "cannot be seen.",
    remedy="Record again and export with content: 1. Chrome and Edge: in the Network panel use the "
    "arrow pointing down, Export HAR, not Copy all as HAR of a panel that was opened later; keep "
    "DevTools open from before the login until the export, since it forgets bodies of a page that "
    "was left. 2. Firefox: Save All As HAR holds the bodies. 3. Test frameworks: switch recording "
    "of content on (Playwright: content: 'embed').",
    reference="HAR 1.2, content.text",
    needs=frozenset({Needs.BOSH, Needs.HAR}),
    check=_check,
    fires_on=(
        """
        @har
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> [status 200]
        0.2 C> <body rid='157374183' sid='a1'/>
        0.3 S> [status 200]
        """,
        """
        @har
        @bosh
        @login
        5.0 S> [status 200]
        """,
    ),
    silent_on=("@har\n@bosh\n@login", "@har\n@login"),
)
