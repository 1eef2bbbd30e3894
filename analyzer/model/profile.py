"""What is expected where: the words of a profile file."""

from typing import Annotated

from msgspec import Meta, Struct

_Port = Annotated[int, Meta(ge=1, le=65_535)]
_Ms = Annotated[int, Meta(ge=0, le=86_400_000)]


class Profile(Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """
    Expectations that differ between installations; read from TOML.

    What a key means, its unit and its limits stand beside it: `stanzascope profile show` prints
    them, and the reader of profiles holds values to them.
    """

    name: Annotated[str, Meta(description="What reports call it.")]
    title: Annotated[str, Meta(description="One line for people.")]
    release: Annotated[
        str,
        Meta(
            description='Newest release of the server that it covers, e.g. "12.5". Empty: not '
            "known, and ports of every release are accepted."
        ),
    ] = ""
    ports: Annotated[
        tuple[_Port, ...],
        Meta(
            description="TCP ports of the notification service; connections to them are followed."
        ),
    ]
    retired_ports: Annotated[
        dict[str, str],
        Meta(
            description="Port → first release that has it off by default or deprecated. They are "
            "followed as well."
        ),
    ] = {}
    paths: Annotated[
        tuple[str, ...],
        Meta(description="Beginnings of URL paths of the notification service."),
    ] = ()
    carriers: Annotated[
        tuple[str, ...],
        Meta(description="What may carry the session. Empty: anything."),
    ] = ("websocket", "bosh", "tcp")
    steps: Annotated[
        tuple[str, ...],
        Meta(description="Steps that a login must take, in order."),
    ]
    late_ms: Annotated[
        dict[str, _Ms],
        Meta(description="Step → milliseconds above which it is late."),
    ] = {}
    expected_nodes: Annotated[
        tuple[str, ...],
        Meta(
            description="Pubsub nodes that a session has to be subscribed to; * stands for one "
            "part between slashes. Those among auto_nodes are never missed."
        ),
    ] = ()
    auto_nodes: Annotated[
        tuple[str, ...],
        Meta(description="Nodes that the server subscribes to for each user: no request is seen."),
    ] = ()
    absent_nodes: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="deploymentType of SystemInfo → nodes that do not exist there."),
    ] = {}
    presence_peers: Annotated[
        tuple[str, ...],
        Meta(
            description='Local parts (ending in ".": beginnings of them) of the peers whose '
            "presence the client waits for. Empty: none."
        ),
    ] = ()
    presence_wait_ms: Annotated[_Ms, Meta(description="Milliseconds that it waits for them.")] = (
        10_000
    )
    ping_interval_ms: Annotated[
        _Ms, Meta(description="Milliseconds from one ping of the client to the next.")
    ] = 10_000
    ping_timeout_ms: Annotated[
        _Ms, Meta(description="Milliseconds after which the client counts a ping as unanswered.")
    ] = 10_000
    ping_late_ms: Annotated[
        _Ms, Meta(description="Milliseconds above which a round trip is late.")
    ] = 2_000
    iq_timeout_ms: Annotated[
        _Ms, Meta(description="Milliseconds after which an iq counts as unanswered.")
    ] = 10_000
    resource: Annotated[
        str,
        Meta(description="Resource that is reserved for the client. Empty: none."),
    ] = ""
    minimum_priority: Annotated[
        Annotated[int, Meta(ge=-128, le=127)],
        Meta(description="Lowest priority of the client's own presence."),
    ] = -128

    def accepts(self, carrier: str) -> bool:
        """Whether it expects the session to come by this carrier."""
        return not self.carriers or carrier in self.carriers

    def is_before(self, release: str) -> bool:
        """Whether it is for older releases than this one; False where it does not say."""
        return bool(self.release) and _numbers(self.release) < _numbers(release)

    @property
    def followed_ports(self) -> tuple[int, ...]:
        """Ports whose connections are looked at whatever they carry, retired ones among them."""
        retired = (int(port) for port in self.retired_ports)
        return tuple(dict.fromkeys((*self.ports, *retired)))


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
