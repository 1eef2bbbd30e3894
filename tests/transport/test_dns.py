"""DNS messages are read as dpkt and tshark read them, and whatever else they hold does no harm."""

import struct

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import RESOLUTIONS
from analyzer.model.network import Resolution
from analyzer.model.source import PacketSource
from analyzer.transport import dns
from analyzer.transport.dns import Message, Packet, Questions, message

S = 1_000_000_000

RESPONSE = 0x8180


def name(text: str) -> bytes:
    """A name without compression."""
    labels = [label.encode("latin-1") for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner: bytes, kind: int, data: bytes) -> bytes:
    """A resource record."""
    return owner + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def asked(text: str, kind: int = 1, number: int = 7) -> bytes:
    """A question."""
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + name(text) + struct.pack(">HH", kind, 1)


def answered(text: str, *records: bytes, kind: int = 1, code: int = 0, number: int = 7) -> bytes:
    """An answer."""
    head = struct.pack(">6H", number, RESPONSE | code, 1, len(records), 0, 0)
    return head + name(text) + struct.pack(">HH", kind, 1) + b"".join(records)


POINTER = b"\xc0\x0c"
"""To the name of the question."""

FOUR = bytes([192, 0, 2, 1])


def test_a_question() -> None:
    assert message(asked("Finesse.Example.TEST", 28)) == Message(
        id=7, answer=False, name="finesse.example.test", kind="AAAA", code="NOERROR"
    )
    told = message(asked("", 65_000))
    assert told is not None
    assert (told.name, told.kind) == ("", "TYPE65000")


def test_an_answer_with_aliases_and_addresses() -> None:
    alias = name("node.example.test")
    octets = answered(
        "www.example.test",
        record(POINTER, 5, alias),
        record(alias, 1, FOUR),
        record(alias, 28, bytes(15) + b"\1"),
        record(alias, 16, b"\3txt"),
        record(alias, 5, b"\xc0\x10"),
    )
    assert message(octets) == Message(
        id=7,
        answer=True,
        name="www.example.test",
        kind="A",
        code="NOERROR",
        addresses=("192.0.2.1", "::1"),
        aliases=("node.example.test", "example.test"),
    )


@pytest.mark.parametrize(
    ("code", "word"), [(2, "SERVFAIL"), (3, "NXDOMAIN"), (5, "REFUSED"), (11, "RCODE11")]
)
def test_codes(code: int, word: str) -> None:
    told = message(answered("a.test", code=code))
    assert told is not None
    assert told.code == word


def test_of_an_answer_that_was_cut_what_is_there() -> None:
    octets = answered("a.test", record(POINTER, 1, FOUR), record(POINTER, 1, FOUR))
    for end in range(len(octets)):
        told = message(octets[:end])
        if end < len(asked("a.test")):
            assert told is None
        else:
            assert told is not None
            left = len(octets) - end
            assert told.addresses == ("192.0.2.1",) * (0 if left > 16 else 1)
    bad = answered("a.test", record(POINTER, 1, b"abc"), record(POINTER, 28, b""))
    told = message(bad)
    assert told is not None
    assert told.addresses == ()


def test_names_are_told_in_letters_that_can_be_shown() -> None:
    told = message(asked("\x07é.t t"))
    assert told is not None
    assert told.name == "\\007\\233.t\\032t"
    dotted = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + b"\3a.b\0" + struct.pack(">HH", 1, 1)
    told = message(dotted)
    assert told is not None
    assert told.name == "a\\046b"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        bytes(12),
        struct.pack(">6H", 7, 0x2800, 1, 0, 0, 0) + name("update.test") + b"\0\1\0\1",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + name("chaos.test") + b"\0\1\0\3",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + POINTER + b"\0\1\0\1",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + b"\xc0\xff\0\1\0\1",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + b"\x40" + bytes(80),
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + b"\1a\xc0",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + b"\1a\0\0",
        struct.pack(">6H", 7, 0, 1, 0, 0, 0) + name(".".join(["a" * 63] * 4)) + b"\0\1\0\1",
    ],
)
def test_what_is_no_question_for_a_name_is_none(octets: bytes) -> None:
    assert message(octets) is None


def test_records_are_bounded() -> None:
    octets = answered("a.test", *[record(POINTER, 1, FOUR)] * (dns.RECORDS + 1))
    told = message(octets)
    assert told is not None
    assert len(told.addresses) == dns.RECORDS


def test_pointers_lead_backwards_only() -> None:
    head = struct.pack(">6H", 7, RESPONSE, 1, 3, 0, 0)
    question = name("a.test") + struct.pack(">HH", 1, 1)
    loop = record(struct.pack(">H", 0xC000 | 12 + len(question)), 1, FOUR)
    told = message(head + question + loop)
    assert told is not None
    assert told.addresses == ()
    # An alias that cannot be read does not hide what follows it.
    odd = record(POINTER, 5, b"\xff\xff") + record(POINTER, 1, FOUR)
    told = message(head + question + odd)
    assert told is not None
    assert (told.aliases, told.addresses) == ((), ("192.0.2.1",))


@given(st.binary(max_size=200))
def test_any_octets_are_a_message_or_none(octets: bytes) -> None:
    for head in (b"", struct.pack(">6H", 7, RESPONSE, 1, 9, 0, 0), answered("a.test")[:10]):
        told = message(head + octets)
        assert told is None or (len(told.name) <= 4 * dns.NAME_OCTETS and told.name.isprintable())


LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=12)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(NAMES, st.lists(st.one_of(NAMES, st.binary(min_size=4, max_size=4)), max_size=5))
def test_what_dpkt_writes(asked_for: str, given_back: list[str | bytes]) -> None:
    made = dpkt.dns.DNS(id=9, op=RESPONSE, qd=[dpkt.dns.DNS.Q(name=asked_for, type=1, cls=1)])
    for data in given_back:
        row = dpkt.dns.DNS.RR(name=asked_for, cls=1, ttl=1)
        if isinstance(data, str):
            row.type, row.cname = dpkt.dns.DNS_CNAME, data
        else:
            row.type, row.ip = dpkt.dns.DNS_A, data
        made.an.append(row)
    told = message(bytes(made))
    assert told is not None
    assert (told.id, told.answer, told.name) == (9, True, asked_for)
    assert told.aliases == tuple(data for data in given_back if isinstance(data, str))
    assert told.addresses == tuple(
        ".".join(map(str, data)) for data in given_back if isinstance(data, bytes)
    )


CLIENT, SERVER = ("10.0.0.9", 40_000), ("10.0.0.53", 53)


def at(seconds: float | None, number: int = 1) -> PacketSource:
    return PacketSource(0, number, number, None if seconds is None else round(seconds * S))


class Talk:
    """Questions and answers, put together."""

    def __init__(self) -> None:
        self.questions = Questions()

    def ask(
        self,
        seconds: float | None,
        octets: bytes,
        server: tuple[str, int] = SERVER,
    ) -> list[Resolution]:
        said = message(octets)
        assert said is not None
        return self.questions.take(said, Packet(CLIENT, server, at(seconds)))

    def answer(
        self,
        seconds: float | None,
        octets: bytes,
        server: tuple[str, int] = SERVER,
    ) -> list[Resolution]:
        said = message(octets)
        assert said is not None
        return self.questions.take(said, Packet(server, CLIENT, at(seconds, 2)))


def test_an_answer_ends_its_question() -> None:
    talk = Talk()
    assert talk.ask(1, asked("a.test")) == []
    assert talk.ask(3, asked("a.test")) == []  # again
    assert talk.answer(3.5, answered("a.test", record(POINTER, 1, FOUR))) == [
        Resolution(
            name="a.test",
            kind="A",
            client="10.0.0.9",
            server="10.0.0.53",
            code="NOERROR",
            addresses=("192.0.2.1",),
            latency_ns=2_500_000_000,
            asked=at(1),
            answered=at(3.5, 2),
        )
    ]
    # The answer to the second question, or a copy of either, tells nothing new.
    assert talk.answer(3.6, answered("a.test")) == []
    assert talk.ask(3.7, asked("a.test")) == []
    assert talk.questions.late(None) == []


def test_answers_to_others_questions_do_not_end_it() -> None:
    talk = Talk()
    talk.ask(1, asked("a.test"))
    for octets in (answered("b.test"), answered("a.test", kind=28), answered("a.test", number=8)):
        (alone,) = talk.answer(2, octets)
        assert (alone.asked, alone.latency_ns) == (None, None)
    (alone,) = talk.answer(2, answered("a.test"), ("10.0.0.54", 53))
    assert alone.server == "10.0.0.54"
    assert [one.name for one in talk.questions.late(None)] == ["a.test"]


def test_a_question_that_nobody_answers_is_told_when_its_time_is_up() -> None:
    talk = Talk()
    talk.ask(1, asked("a.test"))
    talk.ask(None, asked("b.test"))
    assert talk.questions.late(31 * S) == []
    wanted = Resolution(name="a.test", kind="A", client="10.0.0.9", server="10.0.0.53", asked=at(1))
    assert talk.questions.late(31 * S + 1) == [wanted]
    assert [one.name for one in talk.questions.late(None)] == ["b.test"]
    assert talk.questions.late(None) == []


def test_times_that_are_not_known_give_no_latency() -> None:
    talk = Talk()
    talk.ask(None, asked("a.test"))
    (one,) = talk.answer(2, answered("a.test"))
    assert (one.latency_ns, one.asked) == (None, at(None))
    talk.ask(40, asked("a.test"))
    (one,) = talk.answer(None, answered("a.test"))
    assert (one.latency_ns, one.answered) == (None, at(None, 2))


def test_of_llmnr_only_answers_count() -> None:
    talk, group, host = Talk(), ("224.0.0.252", dns.LLMNR_PORT), ("10.0.0.7", dns.LLMNR_PORT)
    talk.ask(1, asked("pc"), group)
    (one,) = talk.answer(1.5, answered("pc", record(POINTER, 1, FOUR)), host)
    assert (one.server, one.latency_ns) == ("10.0.0.7", S // 2)
    talk.ask(2, asked("other"), group)
    assert talk.questions.late(None) == []


def test_what_waits_is_bounded() -> None:
    talk = Talk()
    told = [one for n in range(RESOLUTIONS + 3) for one in talk.ask(n, asked("a.test", number=n))]
    assert [one.asked for one in told] == [at(0), at(1), at(2)]
    for n in range(RESOLUTIONS + 3):
        talk.answer(n, answered(f"n{n}.test"))
    assert len(talk.questions._answered) == RESOLUTIONS
