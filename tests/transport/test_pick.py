import numpy as np
import pytest

from analyzer.transport.pick import (
    CLIENT,
    EITHER,
    NOTHING,
    SERVER,
    TLS_CLIENT,
    TLS_SERVER,
    first_octets,
)

CASES = [
    (b"GET /ws/ HTTP/1.1\r\n", CLIENT),
    (b"OPTIONS * HTTP/1.1\r\n", CLIENT),
    (b"CONNECT finesse:8445 HTTP/1.1\r\n", CLIENT),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", CLIENT),
    (b"HTTP/1.1 101 Switching Protocols\r\n", SERVER),
    (b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'", CLIENT),
    (b"<stream:stream to='example.org'", EITHER),
    (b"<?xml version='1.0'?>", EITHER),
    (b"<presence type='unavailable'/>", EITHER),
    (b"<iqx/>", NOTHING),
    (b"GE", CLIENT),
    (b"<", EITHER),
    (b"get / HTTP/1.1", NOTHING),
    (b"GETTING", NOTHING),
    (b"SSH-2.0-OpenSSH_9.2", NOTHING),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", TLS_CLIENT),
    (b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", TLS_SERVER),
    (b"\x16\x03\x03\x00\x7a\x0b\x00\x00\x76\x03\x03", NOTHING),
    (b"\x16\x03\x05\x00\x7a\x01\x00\x00\x76", NOTHING),
    (b"\x17\x03\x03\x00\x7a\x01\x00\x00\x76", NOTHING),
    (b"\x16\x02\x03\x00\x7a\x01\x00\x00\x76", NOTHING),
    (b"\x16\x03\x01\x02\x00", NOTHING),
    (b"", NOTHING),
    # WebSocket frames, where a capture began late
    (b"\x81\x09<message/>"[:11], SERVER),
    (b"\x01\x7e\x01\x00<message", SERVER),
    (b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00<message", SERVER),
    (b"\x81\x85abcd" + bytes(x ^ y for x, y in zip(b"<iq/>", b"abcda", strict=True)), CLIENT),
    (b"\x81\xfe\x01\x00abcd" + bytes([ord("<") ^ ord("a")]) + b"rest", CLIENT),
    (b"\x81\xff" + bytes(6) + b"\x10\x00abcd" + bytes([ord("<") ^ ord("a")]), CLIENT),
    (b"\x89\x00", SERVER),
    (b"\x8a\x84abcdping", CLIENT),
    (b"\x8a\x84abcd", NOTHING),
    (b"\x81\x05hello", NOTHING),
    (b"\x81\x05", NOTHING),
    (b"\x81", NOTHING),
    (b"\xc1\x05<comp", NOTHING),
]


@pytest.mark.parametrize(("payload", "kind"), CASES)
def test_one_payload(payload: bytes, kind: int) -> None:
    data = np.frombuffer(b"GET " + payload + b"GET / HTTP/1.1", np.uint8)
    found = first_octets(data, np.array([4]), np.array([len(payload)]))
    assert found.tolist() == [kind]


def test_many_payloads() -> None:
    lengths = [len(payload) for payload, _ in CASES]
    data = np.frombuffer(b"".join(payload for payload, _ in CASES), np.uint8)
    at = np.cumsum([0, *lengths[:-1]])
    found = first_octets(data, at, np.array(lengths))
    assert found.tolist() == [kind for _, kind in CASES]
