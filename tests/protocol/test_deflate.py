"""permessage-deflate: the examples of RFC 7692, other people's inflating, and every cap."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.limits import INFLATE_FREE_OCTETS, INFLATE_RATIO, MESSAGE_OCTETS
from analyzer.protocol.deflate import (
    Agreement,
    Budget,
    Inflated,
    Inflater,
    _Stream,
    agreement_of,
    extensions,
)
from tests.protocol.wire import C, Deflater, S, source


def inflater(
    *, takeover: bool = True, known: bool = True, budget: Budget | None = None
) -> Inflater:
    return Inflater(budget or Budget(), takeover=takeover, known=known)


def code(inflated: Inflated) -> AnomalyCode | None:
    return inflated.anomaly[0] if inflated.anomaly else None


# RFC 7692 section 7.2.3


@pytest.mark.parametrize(
    "octets",
    [
        "f248cdc9c90700",  # 7.2.3.1: one block
        "000500faff48656c6c6f00",  # 7.2.3.3: no compression
        "f348cdc9c9070000",  # 7.2.3.4: BFINAL set
        "f24805000000ffffcac9c90700",  # 7.2.3.5: two blocks
    ],
)
def test_hello(octets: str) -> None:
    found = inflater().inflate(bytes.fromhex(octets))
    assert found == Inflated(payload=b"Hello")


def test_the_window_slides_on() -> None:
    """Section 7.2.3.2."""
    one = inflater()
    assert one.inflate(bytes.fromhex("f248cdc9c90700")).payload == b"Hello"
    assert one.inflate(bytes.fromhex("f200110000")).payload == b"Hello"


def test_without_takeover_the_window_is_empty() -> None:
    one = inflater(takeover=False)
    assert one.inflate(bytes.fromhex("f248cdc9c90700")).payload == b"Hello"
    assert code(one.inflate(bytes.fromhex("f200110000"))) is AnomalyCode.DEFLATE_DATA
    assert one.inflate(bytes.fromhex("f248cdc9c90700")) == Inflated(payload=b"Hello")


def test_an_empty_message() -> None:
    assert inflater().inflate(b"\x00") == Inflated(payload=b"")


# Final blocks


def test_the_window_goes_on_behind_a_final_block() -> None:
    one = inflater()
    assert one.inflate(bytes.fromhex("f348cdc9c9070000")).payload == b"Hello"
    assert one.inflate(bytes.fromhex("f200110000")).payload == b"Hello"


def test_a_final_block_with_nothing_behind_it() -> None:
    one = inflater()
    assert one.inflate(bytes.fromhex("f348cdc9c90700")).payload == b"Hello"
    assert one.inflate(bytes.fromhex("f200110000")).payload == b"Hello"


def test_what_stands_behind_a_final_block_may_be_damaged() -> None:
    found = inflater().inflate(bytes.fromhex("f348cdc9c90700") + b"\xff\xff")
    assert (found.payload, code(found)) == (b"Hello", AnomalyCode.DEFLATE_DATA)


def test_final_blocks_without_end_are_given_up() -> None:
    found = inflater().inflate(b"\x03\x00" * 1000)
    assert (found.complete, code(found)) == (False, AnomalyCode.DEFLATE_DATA)


def test_the_cap_holds_behind_a_final_block() -> None:
    final = zlib.compressobj(9, zlib.DEFLATED, -15)
    octets = final.compress(b"a") + final.flush() + Deflater()(bytes(2 * INFLATE_FREE_OCTETS))
    found = inflater().inflate(octets)
    assert (len(found.payload), code(found)) == (INFLATE_FREE_OCTETS, AnomalyCode.LIMIT)


# Damage


def test_what_came_out_before_the_damage_is_kept() -> None:
    text = bytes(range(256)) * 64
    octets = Deflater(level=0)(text[:9000])
    found = inflater().inflate(octets + b"\xff\xff\xff\xff")
    assert found.payload == text[:9000]
    assert found.anomaly == (AnomalyCode.DEFLATE_DATA, {"octets": len(octets) + 4})


def test_all_comes_out_where_nothing_is_damaged() -> None:
    assert _Stream(b"")._rescue(bytes.fromhex("f248cdc9c90700"), 3) == b"Hel"


def test_nothing_came_out_before_the_damage() -> None:
    assert inflater().inflate(b"\xff\xff").payload == b""


def test_damage_takes_the_window_with_it() -> None:
    one, send = inflater(), Deflater()
    assert one.inflate(send(b"hello hello")).complete
    assert code(one.inflate(b"\xff\xff")) is AnomalyCode.DEFLATE_DATA
    found = one.inflate(send(b"new! hello hello"))
    assert found.payload == b"new!"
    assert found.anomaly == (AnomalyCode.DEFLATE_CONTEXT, {"octets": len(b" hello hello")})


# Lost windows


def test_a_window_that_was_not_captured_is_told_from_what_is_known() -> None:
    send, one = Deflater(), inflater(known=False)
    send(b"<message to='agent'>lost</message>")
    found = one.inflate(send(b"<iq type='result'/><message to='agent'>"))
    assert b"<iq type='result'/><message to='agent'>".startswith(found.payload)
    assert not found.complete
    assert code(found) is AnomalyCode.DEFLATE_CONTEXT


def test_what_refers_to_nothing_lost_is_whole() -> None:
    send, one = Deflater(), inflater(known=False)
    send(b"abcdefgh")
    assert one.inflate(send(b"0123456789" * 3)) == Inflated(payload=b"0123456789" * 3)


def test_all_is_known_again_once_a_window_has_come_by() -> None:
    send, one = Deflater(), inflater(known=False)
    send(b"lost " * 100)
    filler = bytes(i * i % 251 for i in range(40_000))
    one.inflate(send(filler))
    assert len(one._streams) == 1
    assert one.inflate(send(filler[-100:])) == Inflated(payload=filler[-100:])


def test_without_takeover_nothing_is_lost() -> None:
    send, one = Deflater(takeover=False), inflater(takeover=False, known=False)
    send(b"hello hello hello")
    assert one.inflate(send(b"hello hello")) == Inflated(payload=b"hello hello")
    one.lose()
    assert one.inflate(send(b"hello hello")) == Inflated(payload=b"hello hello")


def test_a_message_whose_end_is_missing() -> None:
    send, one = Deflater(level=0), inflater()
    octets = send(b"hello world")
    assert one.prefix(octets[:10]) == Inflated(payload=b"hello", complete=False)
    assert not one._known


@given(st.lists(st.text(alphabet="ab<>", max_size=60), min_size=2), st.integers(1, 5))
def test_nothing_wrong_is_ever_told_behind_a_loss(texts: list[str], lost: int) -> None:
    send, one = Deflater(), inflater(known=False)
    for number, text in enumerate(texts):
        octets = send(text.encode())
        if number >= lost:
            found = one.inflate(octets)
            assert text.encode().startswith(found.payload)
            assert found.complete == (found.payload == text.encode())


# Caps


def test_a_message_may_not_grow_beyond_the_ratio() -> None:
    octets = Deflater(level=9)(bytes(MESSAGE_OCTETS // 2))
    found = inflater().inflate(octets)
    cap = (len(octets) + 4) * INFLATE_RATIO
    assert (len(found.payload), found.complete) == (cap, False)
    assert found.anomaly == (AnomalyCode.LIMIT, {"limit": "INFLATE_RATIO", "value": INFLATE_RATIO})


def test_a_message_may_not_grow_beyond_its_cap() -> None:
    block = bytes(i * i % 251 for i in range(70_000))
    octets = Deflater(level=1)(block * (MESSAGE_OCTETS // len(block) + 1))
    found = inflater().inflate(octets)
    assert len(found.payload) == MESSAGE_OCTETS
    assert found.anomaly == (
        AnomalyCode.LIMIT,
        {"limit": "MESSAGE_OCTETS", "value": MESSAGE_OCTETS},
    )


def test_a_connection_may_not_inflate_for_ever() -> None:
    budget = Budget(8)
    one = inflater(budget=budget)
    assert one.inflate(bytes.fromhex("f248cdc9c90700")).complete
    found = one.inflate(bytes.fromhex("f200110000"))
    assert (found.payload, code(found)) == (b"Hel", AnomalyCode.LIMIT)
    assert budget.left == 0
    found = one.inflate(bytes.fromhex("f248cdc9c90700"))
    assert (found.payload, code(found)) == (b"", AnomalyCode.LIMIT)


def test_a_long_history_keeps_the_window() -> None:
    send, one = Deflater(), inflater()
    for i in range(600):
        assert one.inflate(send(b"%d" % i)).payload == b"%d" % i
    big = bytes(i * i % 251 for i in range(200_000))
    assert one.inflate(send(big)).payload == big
    assert sum(map(len, one._streams[0]._recent)) == 32 << 10


# Parameters


def exchange(offer: str | None, answer: str | None) -> Exchange:
    def headers(value: str | None) -> tuple[tuple[str, str], ...]:
        return (("Sec-WebSocket-Extensions", value),) if value is not None else ()

    return Exchange(
        request=Request(method="GET", url="/", headers=headers(offer), source=source(1)),
        response=Response(status=101, headers=headers(answer), source=source(2)),
    )


def problems(offer: str | None, answer: str) -> list[dict[str, str | int]]:
    return [anomaly.values for anomaly in agreement_of(exchange(offer, answer))[1]]


def test_extensions_are_read_as_a_list() -> None:
    headers = (
        ("Sec-WebSocket-Extensions", 'foo, Permessage-Deflate; A=1; b; c="2", ,'),
        ("sec-websocket-extensions", "bar"),
    )
    assert extensions(headers) == (
        ("foo", ()),
        ("permessage-deflate", (("a", "1"), ("b", None), ("c", "2"))),
        ("bar", ()),
    )


def test_no_answer_or_another_is_no_agreement() -> None:
    assert agreement_of(Exchange(request=None, response=None)) == (None, [])
    assert agreement_of(exchange("permessage-deflate", None)) == (None, [])
    assert agreement_of(exchange("permessage-deflate", "x-webkit-deflate-frame")) == (None, [])


def test_takeover_is_agreed_for_each_direction() -> None:
    agreed, flaws = agreement_of(
        exchange("permessage-deflate", "permessage-deflate; client_no_context_takeover")
    )
    assert agreed == Agreement(server_takeover=True, client_takeover=False)
    assert (agreed.takeover(C), agreed.takeover(S), flaws) == (False, True, [])
    agreed, _ = agreement_of(
        exchange("permessage-deflate", "permessage-deflate; server_no_context_takeover")
    )
    assert agreed == Agreement(server_takeover=False, client_takeover=True)


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=15",
        ),
        (
            "permessage-deflate; server_max_window_bits=12",
            "permessage-deflate; server_max_window_bits=8",
        ),
        ("permessage-deflate", "permessage-deflate; server_max_window_bits=10"),
        (
            "permessage-deflate; server_max_window_bits=9, permessage-deflate",
            "permessage-deflate; server_max_window_bits=15",
        ),
    ],
)
def test_good_answers(offer: str, answer: str) -> None:
    assert problems(offer, answer) == []


@pytest.mark.parametrize(
    ("offer", "answer", "values"),
    [
        ("", "; foo", {"parameter": "foo", "problem": "unknown"}),
        ("", "; client_no_context_takeover=1", {"problem": "value", "value": "1"}),
        ("; client_max_window_bits", "; client_max_window_bits", {"problem": "value", "value": ""}),
        ("", "; server_max_window_bits=16", {"problem": "value", "value": "16"}),
        ("", "; server_max_window_bits=08", {"problem": "value", "value": "08"}),
        ("", "; client_max_window_bits=12", {"problem": "not offered", "value": "12"}),
        (
            "; server_max_window_bits=9",
            "; server_max_window_bits=10",
            {"parameter": "server_max_window_bits", "problem": "above the offer", "value": "10"},
        ),
        (
            "",
            "; server_no_context_takeover; server_no_context_takeover",
            {"parameter": "server_no_context_takeover", "problem": "repeated"},
        ),
        ("", ", permessage-deflate", {"parameter": "permessage-deflate", "problem": "repeated"}),
    ],
)
def test_bad_answers(offer: str, answer: str, values: dict[str, str]) -> None:
    found = problems(f"permessage-deflate{offer}", f"permessage-deflate{answer}")
    assert len(found) == 1
    assert values.items() <= found[0].items()


def test_an_offer_that_was_not_captured_is_not_held_against_the_answer() -> None:
    headers = (("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=9"),)
    seen = Exchange(request=None, response=Response(status=101, headers=headers, source=source(2)))
    assert agreement_of(seen) == (Agreement(), [])
