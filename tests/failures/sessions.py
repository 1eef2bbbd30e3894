"""Stories that many failures begin with, and what makes cases of them."""

from collections.abc import Callable

from .case import Case
from .har_changes import har
from .socket_packets import capture
from .story import FIXTURES, Call, End, Said, Story, story
from .words import DOMAIN, SYSTEM_INFO, USER, system_info


def live(until_s: float = 1.7) -> Story:
    """A desktop that logged in and pings every 10 s; the recording ends with it logged in."""
    return story().open_end()._replace(calls=()).pinging(until_s)


def lost(until_s: float, by: str = "S>", how: str = "rst") -> Story:
    """The same, and three seconds behind the last ping the connection goes down."""
    told = live(until_s)
    return told._replace(end=End(told.said[-1].at_s + 3, by, how))


def ping(at_s: float, name: str = "late") -> Said:
    """A ping of the client."""
    text = f'<iq id="{name}:ping" to="{DOMAIN}" type="get" xmlns="jabber:client">'
    return Said(at_s, "C>", f'{text}<ping xmlns="urn:xmpp:ping"/></iq>')


def change(at_s: float, request_id: str = "r-1", status: int = 202) -> Call:
    """The client asks for another state."""
    body = "<User><state>READY</state></User>"
    return Call(at_s, "PUT", USER, status, body, request_id=request_id)


def polls(at_s: float, count: int, status: str = "") -> tuple[Call, ...]:
    """SystemInfo every 20 s; without status, 503."""
    answer = system_info(status) if status else ""
    return tuple(
        Call(at_s + 20 * n, "GET", SYSTEM_INFO, 200 if status else 503, answer=answer)
        for n in range(count)
    )


def forms(like: Case, *stories: Story, only: str = "") -> tuple[Case, ...]:
    """One case as HAR and as packets; `only`: one of them."""
    made = {
        "HAR": lambda: {"session.har": har(*stories)},
        "packets": lambda: {"capture.pcap": capture(*stories)},
    }
    return tuple(
        like._replace(form=f"{form}{like.form and ': '}{like.form}", made=make)
        for form, make in made.items()
        if form.startswith(only)
    )


def told_by(like: Case, name: str, only: str = "") -> tuple[Case, ...]:
    """A recording as it is: its HAR and its capture; `only`: one of them."""
    folder = FIXTURES / name
    files = {"HAR": "session.har", "packets": "capture.pcapng"}

    def made(file: str) -> Callable[[], dict[str, bytes]]:
        return lambda: {file: (folder / file).read_bytes()}

    return tuple(
        like._replace(form=f"{form}: {name}", made=made(file))
        for form, file in files.items()
        if form.startswith(only)
    )
