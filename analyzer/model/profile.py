"""What is expected where: the words of a profile file."""

from msgspec import Struct


class Profile(Struct, frozen=True, kw_only=True, gc=False):
    """
    Expectations that differ between installations; read from TOML.

    Attributes:
        name: As given to `--profile`.
        title: One line for people.
        ports: Server ports whose connections are always followed.
        paths: Beginnings of URL paths of the notification service.
        steps: Names of the steps a login must take, in order.
        late_ms: Step name → latency above which it is late, milliseconds.
        presence_peers: Local parts (or, ending in ".", beginnings) of the peers whose presence
            the client waits for; empty: none.
        presence_wait_ms: How long it waits.
        ping_interval_ms: Cadence of the client's pings.
        ping_timeout_ms: When it counts one as unanswered.
        ping_late_ms: A round trip above this is noted.
        iq_timeout_ms: An iq unanswered for this long was not answered.
        resource: Resource reserved for the client; empty: none.
        minimum_priority: Lowest priority of the client's own presence.
    """

    name: str
    title: str
    ports: tuple[int, ...]
    paths: tuple[str, ...] = ()
    steps: tuple[str, ...]
    late_ms: dict[str, int] = {}
    presence_peers: tuple[str, ...] = ()
    presence_wait_ms: int = 10_000
    ping_interval_ms: int = 10_000
    ping_timeout_ms: int = 10_000
    ping_late_ms: int = 2_000
    iq_timeout_ms: int = 10_000
    resource: str = ""
    minimum_priority: int = -128
