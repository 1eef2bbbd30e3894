"""
Puts an Ethernet frame with an IP datagram into other link layers, tunnels and IP fragments.

`WRAPPINGS` has a function for each: Ethernet frame in; LINKTYPE and one or more packets out.
"""

import struct
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_address
from zlib import crc32

Wrapped = tuple[int, list[bytes]]
Wrapping = Callable[[bytes], Wrapped]

ETHERNET, PPP, RAW = 1, 9, 101

OUTER = (ip_address("192.0.2.1").packed, ip_address("192.0.2.2").packed)
OUTER_6 = (ip_address("2001:db8::1").packed, ip_address("2001:db8::2").packed)

ADDRESSES = bytes.fromhex("020000000001020000000002")
SNAP = bytes.fromhex("aaaa03000000")


def _datagram(frame: bytes) -> bytes:
    """The IP datagram of a frame, without the padding behind it; ValueError if it has none."""
    octets = frame[14:]
    if _kind(frame) not in {b"\x08\x00", b"\x86\xdd"}:
        raise ValueError
    if octets[0] >> 4 == 6:
        length = int.from_bytes(octets[4:6], "big")
        return octets[: 40 + length] if length else octets
    total = int.from_bytes(octets[2:4], "big")
    return octets[:total] if total else octets


def _kind(frame: bytes) -> bytes:
    return frame[12:14]


def _is_six(frame: bytes) -> bool:
    return _kind(frame) == b"\x86\xdd"


def _checksum(octets: bytes) -> int:
    """The checksum of RFC 1071."""
    total: int = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _ipv4(body: bytes, protocol: int, field: int = 0, identification: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), identification, field, 64, protocol, 0)
    return _summed(head + b"".join(OUTER)) + body


def _summed(head: bytes) -> bytes:
    head = head[:10] + bytes(2) + head[12:]
    return head[:10] + _checksum(head).to_bytes(2, "big") + head[12:]


def _ipv6(body: bytes, protocol: int) -> bytes:
    return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + b"".join(OUTER_6) + body


def _udp(body: bytes, port: int) -> bytes:
    return struct.pack(">HHHH", 49_152, port, 8 + len(body), 0) + body


def _on_ethernet(datagram: bytes) -> bytes:
    kind = b"\x86\xdd" if datagram[0] >> 4 == 6 else b"\x08\x00"
    return ADDRESSES + kind + datagram


def _over(protocol: int, body: bytes) -> Wrapped:
    """In IPv4."""
    return ETHERNET, [_on_ethernet(_ipv4(body, protocol))]


def _over_udp(port: int, body: bytes) -> Wrapped:
    return _over(17, _udp(body, port))


# Link layers


def _vlan(frame: bytes, *kinds: int) -> Wrapped:
    tags = b"".join(struct.pack(">HH", kind, 100 + kind % 7) for kind in kinds)
    return ETHERNET, [frame[:12] + tags + frame[12:]]


def _llc_snap(frame: bytes) -> Wrapped:
    body = SNAP + _kind(frame) + _datagram(frame)
    return ETHERNET, [frame[:12] + struct.pack(">H", min(len(body), 1_500)) + body]


def _ppp_body(frame: bytes) -> bytes:
    return (b"\x00\x57" if _is_six(frame) else b"\x00\x21") + _datagram(frame)


def _pppoe(frame: bytes) -> Wrapped:
    body = _ppp_body(frame)
    head = struct.pack(">HBBHH", 0x8864, 0x11, 0, 7, len(body))
    return ETHERNET, [frame[:12] + head + body]


def _slip(frame: bytes) -> Wrapped:
    """Direction, and the header that compression made shorter: 16 octets before the datagram."""
    return 8, [bytes(16) + _datagram(frame)]


def _null(frame: bytes, order: str, link_type: int) -> Wrapped:
    family = 30 if _is_six(frame) else 2
    return link_type, [struct.pack(f"{order}I", family) + _datagram(frame)]


def _cooked(frame: bytes) -> Wrapped:
    return 113, [struct.pack(">HHH8s", 0, 1, 6, frame[6:12]) + _kind(frame) + _datagram(frame)]


def _cooked_2(frame: bytes) -> Wrapped:
    head = _kind(frame) + struct.pack(">HIHBB8s", 0, 2, 1, 0, 6, frame[6:12])
    return 276, [head + _datagram(frame)]


def _cisco_hdlc(frame: bytes) -> Wrapped:
    return 104, [b"\x0f\x00" + _kind(frame) + _datagram(frame)]


def _frame_relay(frame: bytes, *, snap: bool) -> Wrapped:
    """RFC 2427 section 4: NLPID of IP, or SNAP."""
    if snap:
        body = b"\x03\x00\x80" + bytes(3) + _kind(frame)
    else:
        body = b"\x03\x8e" if _is_six(frame) else b"\x03\xcc"
    return 107, [b"\x18\x41" + body + _datagram(frame)]


def _mpls(frame: bytes, labels: int) -> Wrapped:
    stack = _labels(labels)
    return ETHERNET, [frame[:12] + b"\x88\x47" + stack + _datagram(frame)]


def _labels(count: int) -> bytes:
    return b"".join(
        struct.pack(">I", (1_000 + n) << 12 | (n == count - 1) << 8 | 64) for n in range(count)
    )


def _pseudowire(frame: bytes, word: bytes) -> Wrapped:
    """RFC 4448: an Ethernet frame behind the labels, with a control word or without."""
    return ETHERNET, [ADDRESSES + b"\x88\x47" + _labels(2) + word + frame]


def _backbone(frame: bytes) -> Wrapped:
    """IEEE 802.1ah: an Ethernet frame behind B-tag and I-tag."""
    tags = struct.pack(">HHHI", 0x88A8, 5, 0x88E7, 77)
    return ETHERNET, [ADDRESSES + tags + frame]


def _vn_tag(frame: bytes) -> Wrapped:
    return ETHERNET, [frame[:12] + struct.pack(">HI", 0x8926, 0x10002) + frame[12:]]


def _nflog(frame: bytes) -> Wrapped:
    """A family of addresses, then attributes (little-endian length and type), 9 the packet."""
    datagram = _datagram(frame)
    prefix = struct.pack("<HH", 5, 10) + b"\0" + bytes(3)
    payload = struct.pack("<HH", 4 + len(datagram), 9) + datagram
    return 239, [struct.pack(">BBH", 10 if _is_six(frame) else 2, 0, 5) + prefix + payload]


def _snap(frame: bytes) -> bytes:
    return SNAP + _kind(frame) + _datagram(frame)


def _token_ring(frame: bytes) -> Wrapped:
    """With four octets of routing information, which a bit of the source address announces."""
    head = b"\x10\x40" + frame[:6] + bytes([frame[6] | 0x80]) + frame[7:12]
    return 6, [head + b"\x84\x30\x00\x10" + _snap(frame)]


def _fddi(frame: bytes) -> Wrapped:
    return 10, [b"\x50" + frame[:12] + _snap(frame)]


def _fibre_channel(frame: bytes) -> Wrapped:
    return 122, [b"\x10\0" + frame[:6] + b"\x10\0" + frame[6:12] + _snap(frame)]


def _arcnet(frame: bytes) -> Wrapped:
    """RFC 1201 knows IPv4 only."""
    if _is_six(frame):
        frame = _in_ipv4(frame)[1][0]
    return 129, [b"\x01\x02" + bytes(2) + b"\xd4\x00" + bytes(2) + _datagram(frame)]


def _fire_wire(frame: bytes) -> Wrapped:
    return 138, [bytes(16) + _kind(frame) + _datagram(frame)]


def _packet_filter(frame: bytes) -> Wrapped:
    """OpenBSD's header of 61 octets, which is padded to 64."""
    family = 24 if _is_six(frame) else 2
    return 117, [bytes([61, family]) + bytes(62) + _datagram(frame)]


def _enc(frame: bytes) -> Wrapped:
    family = struct.pack("<I", 24 if _is_six(frame) else 2)
    return 109, [family + bytes(8) + _datagram(frame)]


def _switch_tag(frame: bytes, link_type: int, at: int, tag: bytes) -> Wrapped:
    return link_type, [frame[:at] + tag + frame[at:]]


# IEEE 802.11

WLAN_ADDRESSES = bytes.fromhex("020000000003020000000004020000000005")


def _wlan(
    frame: bytes, *, qos: int | None = None, flags: int = 1, high_throughput: bool = False
) -> bytes:
    """A data frame: to the access point, unless `flags` says otherwise."""
    subtype = 0x08 if qos is None else 0x88
    flags |= 0x80 * high_throughput
    head = bytes([subtype, flags, 0, 0]) + WLAN_ADDRESSES + b"\x10\x00"
    if flags & 3 == 3:
        head += ADDRESSES[:6]
    if qos is not None:
        head += struct.pack("<H", qos)
    if high_throughput:
        head += bytes(4)
    return head + SNAP + _kind(frame) + _datagram(frame)


def _wlan_aggregate(frame: bytes) -> bytes:
    """An A-MSDU of which the frame is the second part."""
    head = bytes([0x88, 2, 0, 0]) + WLAN_ADDRESSES + b"\x10\x00" + struct.pack("<H", 0x80)
    parts = [SNAP + b"\x08\x06" + bytes(28), SNAP + _kind(frame) + _datagram(frame)]
    for part in parts:
        head += bytes(-(len(head) - 26) % 4) + ADDRESSES + struct.pack(">H", len(part)) + part
    return head


def _radiotap(frame: bytes, *, padded: bool) -> Wrapped:
    """With a field of flags: frame check sequence present, header padded to four octets."""
    flags = 0x10 | 0x20 * padded
    head = struct.pack("<BBHIB", 0, 0, 9, 2, flags)
    body = _wlan(frame, qos=0)
    if padded:
        body = body[:26] + bytes(2) + body[26:]
    return 127, [head + body + bytes(4)]


def _prism(frame: bytes) -> Wrapped:
    return 119, [struct.pack("<II16s", 0x44, 144, b"wlan0") + bytes(120) + _wlan(frame)]


def _avs(frame: bytes) -> Wrapped:
    return 163, [struct.pack(">II", 0x80211001, 64) + bytes(56) + _wlan(frame)]


def _ppi(frame: bytes, link_type: int, body: bytes) -> Wrapped:
    field = struct.pack("<HH", 2, 20) + bytes(20)
    return 192, [struct.pack("<BBHI", 0, 0, 8 + len(field), link_type) + field + body]


# Tunnels


def _gre(frame: bytes, flags: int = 0, options: bytes = b"") -> Wrapped:
    head = struct.pack(">H", flags) + _kind(frame) + options
    return _over(47, head + _datagram(frame))


def _gre_ethernet(frame: bytes) -> Wrapped:
    return _over(47, b"\x00\x00\x65\x58" + frame)


def _gre_mpls(frame: bytes) -> Wrapped:
    return _over(47, b"\x00\x00\x88\x47" + _labels(2) + _datagram(frame))


def _pptp(frame: bytes) -> Wrapped:
    """RFC 2637: GRE version 1 with sequence and acknowledgment numbers around PPP."""
    body = b"\xff\x03" + _ppp_body(frame)
    return _over(47, struct.pack(">HHHHII", 0x3081, 0x880B, len(body), 9, 1, 2) + body)


def _eoip(frame: bytes) -> Wrapped:
    return _over(47, struct.pack(">HHHH", 0x2001, 0x6400, len(frame), 0x0300) + frame)


def _erspan(frame: bytes, version: int) -> Wrapped:
    if version == 1:
        return _over(47, struct.pack(">HH", 0, 0x88BE) + frame)
    head = struct.pack(">HHI", version - 1 << 12 | 100, 7, 0)
    if version == 2:
        return _over(47, struct.pack(">HHI", 0x1000, 0x88BE, 4) + head + frame)
    head += bytes(4)
    return _over(47, struct.pack(">HHI", 0x1000, 0x22EB, 4) + head + frame)


def _erspan_platform(frame: bytes) -> Wrapped:
    """ERSPAN III with the optional sub-header of eight octets."""
    head = struct.pack(">HHIHH", 0x2064, 7, 0, 0, 1) + bytes(8)
    return _over(47, struct.pack(">HHI", 0x1000, 0x22EB, 4) + head + frame)


def _vxlan(frame: bytes) -> Wrapped:
    return _over_udp(4789, b"\x08" + bytes(3) + b"\x00\x00\x2a\x00" + frame)


def _vxlan_gpe(frame: bytes) -> Wrapped:
    following = 2 if _is_six(frame) else 1
    head = bytes([0x0C, 0, 0, following]) + b"\x00\x00\x2a\x00"
    return _over_udp(4790, head + _datagram(frame))


def _geneve(frame: bytes, options: int, *, ethernet: bool) -> Wrapped:
    kind = b"\x65\x58" if ethernet else _kind(frame)
    head = bytes([options, 0]) + kind + b"\x00\x00\x2a\x00" + bytes(4 * options)
    return _over_udp(6081, head + (frame if ethernet else _datagram(frame)))


def _gtp(frame: bytes, flags: int, options: bytes) -> Wrapped:
    body = options + _datagram(frame)
    return _over_udp(2152, struct.pack(">BBHI", flags, 255, len(body), 1) + body)


def _teredo(frame: bytes) -> Wrapped:
    """RFC 4380, which only knows IPv6."""
    datagram = _datagram(frame)
    return _over_udp(3544, datagram if _is_six(frame) else _ipv6(datagram, 4))


def _in_ipv4(frame: bytes) -> Wrapped:
    return _over(41 if _is_six(frame) else 4, _datagram(frame))


def _in_ipv6(frame: bytes) -> Wrapped:
    datagram = _datagram(frame)
    return ETHERNET, [_on_ethernet(_ipv6(datagram, 41 if _is_six(frame) else 4))]


def _authenticated(frame: bytes) -> Wrapped:
    """RFC 4302, tunnel mode."""
    head = struct.pack(">BBHII", 41 if _is_six(frame) else 4, 4, 0, 1, 1) + bytes(12)
    return _over(51, head + _datagram(frame))


def _ether_ip(frame: bytes) -> Wrapped:
    return _over(97, b"\x30\x00" + frame)


def _l2tp(frame: bytes) -> Wrapped:
    return _over_udp(1701, struct.pack(">HHH", 2, 1, 2) + b"\xff\x03" + _ppp_body(frame))


def _l2tp_with_all_fields(frame: bytes) -> Wrapped:
    """Length, Ns and Nr, and an offset of two octets (RFC 2661 section 3.1)."""
    body = b"\xff\x03" + _ppp_body(frame)
    head = struct.pack(">HHHHHHHH", 0x4A02, 16 + len(body), 1, 2, 3, 4, 2, 0)
    return _over_udp(1701, head + body)


def _nested(frame: bytes, *names: str) -> Wrapped:
    """One in the other, the first inside."""
    link_type, packets = ETHERNET, [frame]
    for name in names:
        found = [WRAPPINGS[name](packet) for packet in packets]
        link_type, packets = found[0][0], [p for _, several in found for p in several]
    return link_type, packets


def _nsh(frame: bytes) -> Wrapped:
    """RFC 8300 with a fixed-length context, in VXLAN-GPE."""
    head = bytes([0x0C, 0, 0, 4]) + b"\x00\x00\x2a\x00" + struct.pack(">HBBI", 6, 1, 3, 255)
    return _over_udp(4790, head + bytes(16) + frame)


def _macsec(frame: bytes) -> Wrapped:
    """Authenticated, but not encrypted, with the identifier of the channel."""
    tag = struct.pack(">HBBI", 0x88E5, 0x20, 0, 1) + bytes(8)
    return ETHERNET, [frame[:12] + tag + frame[12:] + bytes(16)]


def _tzsp(frame: bytes) -> Wrapped:
    return _over_udp(37_008, b"\x01\x00\x00\x01" + b"\x00" + b"\x0a\x01\x00" + b"\x01" + frame)


def _pktap(frame: bytes, link_type: int, body: bytes) -> Wrapped:
    return 258, [struct.pack("<III", 108, 1, link_type) + bytes(96) + body]


# Fragments


def fragments(frame: bytes, size: int) -> list[bytes]:
    """
    A frame whose datagram is cut into fragments that carry `size` octets each at most.

    Raises:
        ValueError: It is a fragment, or no IP.
    """
    datagram = _datagram(frame)
    if datagram[6] == 44 if _is_six(frame) else datagram[6] & 0x3F or datagram[7]:
        raise ValueError
    head = 40 if _is_six(frame) else 4 * (datagram[0] & 15)
    body = datagram[head:]
    pieces = [(at, body[at : at + size]) for at in range(0, len(body), size)]
    if len(pieces) < 2:
        return [frame]
    return [
        frame[:14] + _fragment(datagram[:head], at, piece, more=at + size < len(body))
        for at, piece in pieces
    ]


def _fragment(head: bytes, at: int, piece: bytes, *, more: bool) -> bytes:
    identification = crc32(head)
    if head[0] >> 4 == 6:
        field = struct.pack(">BBHI", head[6], 0, at | more, identification)
        length = (8 + len(piece)).to_bytes(2, "big")
        return head[:4] + length + b"\x2c" + head[7:] + field + piece
    own = int.from_bytes(head[4:6], "big") or identification & 0xFFFF
    fields = struct.pack(">HHH", len(head) + len(piece), own, more << 13 | at >> 3)
    return _summed(head[:2] + fields + head[8:]) + piece


def _fragments(frame: bytes, size: int) -> Wrapped:
    return ETHERNET, fragments(frame, size)


def _reversed(frame: bytes) -> Wrapped:
    return ETHERNET, fragments(frame, 24)[::-1]


def _twice(frame: bytes) -> Wrapped:
    return ETHERNET, list(_each_twice(fragments(frame, 64)))


def _each_twice(packets: list[bytes]) -> Iterator[bytes]:
    """All but the last of several: behind it the second copy of the last would stand alone."""
    for packet in packets[:-1]:
        yield packet
        yield packet
    yield packets[-1]


def _overlapping(frame: bytes) -> Wrapped:
    """Between fragments others that say the same once more."""
    cut, again = fragments(frame, 48), fragments(frame, 80)
    return ETHERNET, cut[:-1] + again[:-1] + cut[-1:]


WRAPPINGS: dict[str, Wrapping] = {
    "Ethernet": lambda frame: (ETHERNET, [frame]),
    "Ethernet with FCS": lambda frame: (ETHERNET, [frame.ljust(60, b"\0") + b"\x5a" * 4]),
    "VLAN": lambda frame: _vlan(frame, 0x8100),
    "QinQ": lambda frame: _vlan(frame, 0x88A8, 0x8100),
    "LLC/SNAP": _llc_snap,
    "PPPoE": _pppoe,
    "PPP": lambda frame: (PPP, [b"\xff\x03" + _ppp_body(frame)]),
    "PPP, short": lambda frame: (PPP, [_ppp_body(frame)[1:]]),
    "PPP in HDLC": lambda frame: (50, [b"\xff\x03" + _ppp_body(frame)]),
    "PPP with direction": lambda frame: (204, [b"\x01\xff\x03" + _ppp_body(frame)]),
    "Cisco HDLC": _cisco_hdlc,
    "PPP in Cisco HDLC": lambda frame: (50, _cisco_hdlc(frame)[1]),
    "Frame Relay": partial(_frame_relay, snap=False),
    "Frame Relay, SNAP": partial(_frame_relay, snap=True),
    "Multilink Frame Relay": lambda frame: (
        182,
        [b"\xc0\x01" + _frame_relay(frame, snap=False)[1][0]],
    ),
    "Token Ring": _token_ring,
    "FDDI": _fddi,
    "ATM": lambda frame: (100, [_snap(frame)]),
    "Fibre Channel": _fibre_channel,
    "ARCNET": _arcnet,
    "IEEE 1394": _fire_wire,
    "OpenBSD pflog": _packet_filter,
    "OpenBSD enc": _enc,
    "PPPoE, no Ethernet": lambda frame: (51, [_pppoe(frame)[1][0][14:]]),
    "DSA, Broadcom tag": lambda frame: _switch_tag(frame, 281, 12, bytes(4)),
    "DSA, Broadcom prefix": lambda frame: _switch_tag(frame, 282, 0, bytes(4)),
    "DSA, Marvell tag": lambda frame: _switch_tag(frame, 284, 12, b"\xc0\x08\x00\x01"),
    "DSA, Marvell EtherType": lambda frame: _switch_tag(
        frame, 285, 12, b"\xda\xda\0\0\xc0\x08\x00\x01"
    ),
    "NULL": partial(_null, order="<", link_type=0),
    "NULL, big-endian": partial(_null, order=">", link_type=0),
    "LOOP": partial(_null, order=">", link_type=108),
    "SLIP": _slip,
    "Raw IP": lambda frame: (RAW, [_datagram(frame)]),
    "Linux cooked": _cooked,
    "Linux cooked v2": _cooked_2,
    "NFLOG": _nflog,
    "MPLS": partial(_mpls, labels=1),
    "MPLS, three labels": partial(_mpls, labels=3),
    "Ethernet in MPLS": partial(_pseudowire, word=b""),
    "Ethernet in MPLS, control word": partial(_pseudowire, word=bytes(4)),
    "IEEE 802.1ah": _backbone,
    "VN-tag": _vn_tag,
    "IEEE 802.11": lambda frame: (105, [_wlan(frame)]),
    "IEEE 802.11, QoS": lambda frame: (105, [_wlan(frame, qos=5, flags=2)]),
    "IEEE 802.11, HT": lambda frame: (105, [_wlan(frame, qos=5, high_throughput=True)]),
    "IEEE 802.11, four addresses": lambda frame: (105, [_wlan(frame, qos=0, flags=3)]),
    "IEEE 802.11, A-MSDU": lambda frame: (105, [_wlan_aggregate(frame)]),
    "radiotap": partial(_radiotap, padded=False),
    "radiotap, padded": partial(_radiotap, padded=True),
    "Prism": _prism,
    "AVS": _avs,
    "PPI, 802.11": lambda frame: _ppi(frame, 105, _wlan(frame)),
    "PPI, Ethernet": lambda frame: _ppi(frame, 1, frame),
    "PKTAP": lambda frame: _pktap(frame, 1, frame),
    "PKTAP, loopback": lambda frame: _pktap(frame, 0, _null(frame, "<", 0)[1][0]),
    "GRE": _gre,
    "GRE, key": lambda frame: _gre(frame, 0x2000, bytes(4)),
    "GRE, all fields": lambda frame: _gre(frame, 0xB000, bytes(12)),
    "GRE, Ethernet": _gre_ethernet,
    "GRE, MPLS": _gre_mpls,
    "PPTP": _pptp,
    "EoIP": _eoip,
    "ERSPAN I": partial(_erspan, version=1),
    "ERSPAN II": partial(_erspan, version=2),
    "ERSPAN III": partial(_erspan, version=3),
    "ERSPAN III, sub-header": _erspan_platform,
    "VXLAN": _vxlan,
    "VXLAN-GPE": _vxlan_gpe,
    "Geneve": partial(_geneve, options=0, ethernet=True),
    "Geneve, options": partial(_geneve, options=3, ethernet=True),
    "Geneve, IP": partial(_geneve, options=1, ethernet=False),
    "GTP-U": partial(_gtp, flags=0x30, options=b""),
    "GTP-U, extension": partial(
        _gtp, flags=0x34, options=b"\x00\x00\x00\x85" + b"\x01\x10\x01\x00"
    ),
    "Teredo": _teredo,
    "IP in IPv4": _in_ipv4,
    "IP in IPv6": _in_ipv6,
    "AH": _authenticated,
    "EtherIP": _ether_ip,
    "L2TP": _l2tp,
    "L2TP, all fields": _l2tp_with_all_fields,
    "MPLS in UDP": lambda frame: _over_udp(6635, _labels(1) + _datagram(frame)),
    "NSH": _nsh,
    "MACsec, clear": _macsec,
    "TZSP": _tzsp,
    "LISP": lambda frame: _over_udp(4341, bytes(8) + _datagram(frame)),
    "MPLS in IP": lambda frame: _over(137, _labels(1) + _datagram(frame)),
    "fragments of 8": partial(_fragments, size=8),
    "fragments of 256": partial(_fragments, size=256),
    "fragments of 1480": partial(_fragments, size=1_480),
    "fragments, reversed": _reversed,
    "fragments, twice": _twice,
    "fragments, overlapping": _overlapping,
    "VXLAN in fragments": lambda frame: _nested(frame, "VXLAN", "fragments of 256"),
    "fragments in VXLAN": lambda frame: _nested(frame, "fragments of 256", "VXLAN"),
    "VLAN in VXLAN in GRE in QinQ": lambda frame: _nested(
        frame, "VLAN", "VXLAN", "GRE, Ethernet", "QinQ"
    ),
    "IP in IP in IP": lambda frame: _nested(frame, "IP in IPv6", "IP in IPv4", "IP in IPv6"),
    "ERSPAN II of Geneve": lambda frame: _nested(frame, "Geneve, options", "ERSPAN II"),
}
"""All of them, by name."""
