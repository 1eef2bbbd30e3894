"""A node is what its client calls it."""

from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.network import Resolution
from analyzer.model.tls import RecordFacts, TlsFacts
from analyzer.session.nodes import NodeNames, Nodes, node_of
from tests.session.episodes import A, B, episode, place

PLAIN = episode(1, 0, 1)
NAMED = replace(PLAIN, url="wss://Fin-A.example.test:8445/ws/")
HELLO = TlsFacts(
    client_hello=place(1),
    server_name="fin-a.example.test",
    to_server=RecordFacts(),
    to_client=RecordFacts(),
)


def test_the_url_names_it_else_tls_else_its_address() -> None:
    assert node_of(NAMED) == "fin-a.example.test"
    assert node_of(replace(PLAIN, tls=HELLO)) == "fin-a.example.test"
    assert node_of(PLAIN) == A
    assert node_of(replace(PLAIN, tls=replace(HELLO, server_name=None))) == A
    assert node_of(replace(PLAIN, url="ws://[", server="[::1]:8445")) == "::1"


def test_an_address_with_one_name_is_that_node() -> None:
    nodes = Nodes([PLAIN, NAMED])
    assert nodes.of(PLAIN) == nodes.of(NAMED) == nodes.named(A) == "fin-a.example.test"
    assert nodes.named(B) == B
    # A proxy has one address for all of them.
    nodes = Nodes([PLAIN, NAMED, replace(PLAIN, url="wss://fin-b.example.test/ws/")])
    assert nodes.of(PLAIN) == A


def test_sides_are_those_of_system_info() -> None:
    info = SystemInfo(url="", primary_node="FIN-A", secondary_node="fin-b", source=place(1))
    nodes = Nodes([replace(PLAIN, system_info=info)])
    assert [nodes.side(name) for name in ("fin-a", "fin-b", "fin-c")] == ["A", "B", None]
    single = replace(info, secondary_node=None)
    assert Nodes([replace(PLAIN, system_info=single)]).side("fin-a") is None


def test_two_addresses_differ_if_both_have_names_and_none_in_common() -> None:
    names = NodeNames()
    assert not names.differ(A, B)
    names.spoken(NAMED)
    assert not names.differ(A, B)
    question = Resolution(
        name="fin-b.example.test", kind="A", client="10.0.9.9", server="10.0.0.53", addresses=(B,)
    )
    names.resolved(question)
    assert names.differ(A, B)
    assert not names.differ(A, A)
    names.resolved(replace(question, name="x.test", aliases=("fin-a.example.test",)))
    assert not names.differ(A, B)
