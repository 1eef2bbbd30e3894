"""
Every cap of the tool, in one table.

A cap that is reached becomes an `Anomaly` with code `limit.reached`; nothing is dropped in silence.
"""

WINDOW_OCTETS = 16 << 20
"""Octets of a capture looked at in one go; 32 MiB were no faster, and took 80 MiB more memory."""

WINDOW_PACKETS = 128 << 10
"""Packets of a window: small ones would fill more memory with columns than with octets."""

PACKET_OCTETS = 16 << 20
"""A longer captured packet is damage; Wireshark's own ceiling for unusual link types is 128 MiB."""

PENDING_OCTETS = 4 << 20
"""Octets kept behind a hole of one direction until it is declared a gap (TCP window scale)."""

PENDING_SEGMENTS = 8 << 10
"""Pieces kept behind a hole of one direction: segments of one octet cost far more than an octet."""

ALL_PENDING_OCTETS = 64 << 20
"""Octets kept behind holes over all connections."""

NAMED_OCTETS = 64 << 10
"""Octets delivered of each side of a TLS connection to no known port: its handshake, to name it."""

WAITING_SEGMENTS = 256 << 10
"""Segments kept of connections that sent no payload yet; beyond it the oldest go."""

HISTORY_OCTETS = 16 << 10
"""Delivered octets kept of one direction, to tell a retransmission from a conflict."""

ALL_HISTORY_OCTETS = 16 << 20
"""Delivered octets kept over all connections; many connections keep less of each."""

COMMENTS = 1_000
"""Comments kept of a pcapng; mostly there are none or a few."""

COMMENT_OCTETS = 4 << 10
"""Octets kept of one comment."""

PACKET_OPTIONS = 64
"""Options looked at in one pcapng packet block; writers add two to five."""

KEY_LOG_OCTETS = 64 << 20
"""Octets of TLS key logs handed on from a pcapng; a session's keys take about 1 KiB."""

SILENCE_NS = 15_000_000_000
"""Shorter stretches without a packet are not noted."""

SILENCES = 2_000
"""Stretches without a packet noted of one direction: eight hours of one every 15 s."""

PAUSES = 2_000
"""Pauses of one session: 33 hours of a page that may speak once a minute."""

CONNECTIONS = 50_000
"""Connections followed at once; beyond it the longest idle ones are let go."""

KNOWN_CONNECTIONS = 1 << 20
"""Connections whose number is known; beyond it those that are not followed are forgotten."""

TLS_WAITING_OCTETS = 1 << 20
"""Records of one direction that wait for a handshake message of the other."""

ALL_TLS_WAITING_OCTETS = 64 << 20
"""The same over all connections; of a capture of one direction every connection waits."""

TLS_HANDSHAKE_OCTETS = 256 << 10
"""One handshake message; a long certificate chain takes 20 KiB."""

TLS_TIMES = 10_000
"""Times of encrypted records kept of each direction, for their cadence."""

LOCKED_HELD = 1_000
"""Encrypted connections held until the whole recording tells whether they are sessions."""

TLS_SECRETS = 1 << 20
"""Lines of key logs kept over all inputs; one connection takes four or five."""

TLS_ALERTS = 100
"""Alerts kept of one connection; mostly there are two."""

TLS_ATTEMPTS = 2_000_000
"""Attempts over all inputs to open records whose handshake was not captured: 3 s."""

TLS_SESSIONS = 64 << 10
"""Sessions that may be resumed, kept with their master secret; beyond it the oldest go."""

H2_STREAMS = 10_000
"""Streams of one HTTP/2 connection open at once; Chrome and nginx allow 128."""

H2_HEADER_OCTETS = 256 << 10
"""One header block, decoded (RFC 9113 section 10.5.1)."""

H2_TABLE_OCTETS = 64 << 10
"""Dynamic table of HPACK, each direction; 4 KiB by default, Chrome and Firefox allow 64 KiB."""

H2_OPEN_OCTETS = 64 << 20
"""Header and body octets kept of the streams of one HTTP/2 connection that are not over."""

BOSH_TURNS = 20_000
"""Requests of one BOSH session kept with their facts; one every 20 s is 4,320 a day."""

DNS_QUESTIONS = 10_000
"""DNS questions of a capture that are looked at; a PC asks a few thousand a day."""

BOSH_SESSIONS = 10_000
"""BOSH sessions open at once; beyond it those longest idle count as ended."""

RESOLUTIONS = 1_000
"""DNS questions of a capture that are kept."""

UNREACHABLES = 1_000
"""ICMP messages about TCP segments that are kept of a capture."""

ATTEMPTS = 1_000
"""Connections that came to nothing, kept until the session that they precede is known."""

FRAGMENTED_DATAGRAMS = 1_024
"""IP datagrams of which some fragments are missing, kept at once."""

FRAGMENT_OCTETS = 16 << 20
"""Octets kept of such datagrams; one has 64 KiB at most."""

TUNNEL_DEPTH = 8
"""Headers of tunnels passed one in the other."""

HTTP_HEAD_OCTETS = 256 << 10
"""Request or status line with headers; Tomcat 8 KiB, nginx 32 KiB, Chrome 256 KiB."""

HTTP_BODY_OCTETS = 16 << 20
"""Body octets kept of one request or response; the rest is counted."""

MESSAGE_OCTETS = 16 << 20
"""One WebSocket message, inflated. Openfire closes at 1 MiB."""

INFLATE_RATIO = 200
"""Inflated to compressed octets allowed once INFLATE_FREE_OCTETS are out; deflate ends at 1,032."""

INFLATE_FREE_OCTETS = 1 << 20
"""Inflated octets of a message before INFLATE_RATIO is looked at."""

CONNECTION_INFLATED_OCTETS = 512 << 20
"""Inflated octets of one connection."""

XML_OCTETS = 10 << 20
"""One stanza or notification handed to the XML parser (libxml2's own text limit)."""

XML_DEPTH = 256
"""Nested elements (libxml2's own limit)."""

XML_MARKUP = 200_000
"""Tags and attributes of one document: a tree takes some 60 times the octets of its text."""

MESSAGE_ELEMENTS = 1_000
"""Elements decoded of one message; RFC 7395 allows one."""

JSON_DEPTH = 200
"""Nested arrays and objects of a JSON payload."""

LADDER_PACKETS = 200_000
"""Packets, or entries, of one ladder; one is written by hand, or holds an example."""

HAR_ENTRIES = 2_000_000
"""Entries of one HAR; lookyloo reports files with a million."""

FOLDER_FILES = 10_000
"""Files of a folder given as one case."""

FOLDER_DEPTH = 32
"""Folders one in the other."""

KEY_OCTETS = 64 << 20
"""Octets read of one file of keys."""

ARCHIVE_MEMBERS = 10_000
"""Members of a zip or tar, and of all that is packed in it."""

ARCHIVE_OCTETS = 4 << 30
"""Octets that come out of one compressed input, counted as they come."""

ARCHIVE_RATIO = 200
"""Octets out to octets in, once ARCHIVE_FREE_OCTETS are out."""

ARCHIVE_FREE_OCTETS = 64 << 20
"""Octets out before ARCHIVE_RATIO is looked at: a HAR of 64 MiB of one letter is still read."""

ANOMALIES_PER_CODE = 100
"""Anomalies of one code kept per connection; the rest is counted in the last one."""

SESSION_STANZAS = 100_000
"""Stanzas of one session kept with their text."""

SESSION_ROWS = 400_000
"""Stanzas of one session kept at all; the rest is counted."""

OPEN_STANZA_OCTETS = 32 << 20
"""Stanza text kept over all sessions still open; beyond it the text of routine stanzas goes."""

CONTROL_FRAMES = 20_000
"""Ping, pong and Close frames of one session that are kept, and white space in their place."""

GAPS = 10_000
"""Holes of one connection that are kept."""

CONNECTION_SESSIONS = 1_000
"""Sessions of one connection: streams of XMPP one after the other, or WebSockets over HTTP/2."""

EXCHANGES = 10_000
"""REST calls waiting for the session they belong to."""

EXCHANGE_BODY_OCTETS = 64 << 10
"""A longer body of a REST call is not kept beside the session."""

RETAINED_STANZA_OCTETS = 16 << 20
"""Stanzas kept for the report over all sessions that have ended: twice what it can show."""

RETAINED_TURNS = 10_000
"""Requests of BOSH kept for an export over all sessions that have ended: a kilobyte each."""

REPORT_EXCHANGES = 1_000
"""REST calls kept of a session for an export."""

PACKED_STANZAS = 100_000
"""
Stanzas packed away over all sessions that have ended: what the table of a report can hold. As many
again are kept for sessions that went wrong, so that these find room late in a capture.
"""

LONG_SESSION = 500
"""Stanzas from which a session is packed away: a shorter one stands among thousands like it."""

JOIN_STANZA_OCTETS = 192 << 20
"""Stanzas held of sessions that may stand in another recording of the case, too."""

JOIN_SESSIONS = 2_000
"""Sessions held for that; beyond it the oldest are judged alone."""

JOIN_PAIRS = 400_000
"""Pairs of them compared, those that look most alike first; beyond it they are judged alone."""

REPORT_STANZAS = 5_000
"""Stanzas of a report that are not packed: its ladders, proofs and quotes are made of these."""

LADDER_ARROWS = 500
"""Arrows of one drawn ladder (12 KiB compressed)."""

REPORT_STANZA_OCTETS = 16 << 10
"""Octets of text shown of one stanza."""

REPORT_TEXT_OCTETS = 16 << 20
"""Octets of stanza text in one report; a page holds most of it compressed."""

TABLE_OCTETS = 8 << 20
"""Octets of compressed rows in one page; beyond it rows come without their XML."""

REPORT_SESSIONS = 12
"""Sessions shown with ladder and table; the others stand in the overview."""

REPORT_OVERVIEW = 500
"""Sessions in the overview of an HTML report."""

REPORT_FINDINGS = 100
"""Findings in an HTML report beside the cause; all of them stand in the JSON."""

REPORT_ANOMALIES = 200
"""Oddities listed in an HTML report; all of them stand in the JSON."""

TOWER_DEPTH = 6
"""Connections one in the other: a tunnel of a proxy, TLS, a stream of HTTP/2, and to spare."""

POLLED_URLS = 1_000
"""URLs of a recording that are watched for polling, and real-time transports that are named."""

PROFILE_OCTETS = 65_536
"""Of the TOML file of a profile; one with every key takes some 5,000."""

PROFILE_DEPTH = 5
"""Profiles that extend each other; two are usual."""

COMPARED_UNITS = 1_000
"""Things said that two sessions are compared by, between those they begin and end alike with."""

COMPARED_CHANGES = 100
"""Stanzas in which two sessions differ that are listed; the rest is counted."""

SYSTEM_INFO_POLLS = 20_000
"""Questions for SystemInfo of a recording that are kept; one agent in recovery asks 180 an hour."""

REPORT_STORIES = 12
"""Agents whose story an HTML report tells; all of them stand in the JSON."""

STORY_CHAPTERS = 60
"""Chapters of one of them that are shown, half of them from its beginning."""

SAVED_OCTETS = 128 << 20
"""Octets of a report that its JSON holds to be rendered again, unpacked."""

SAVED_DOCUMENT_OCTETS = 256 << 20
"""Octets of such a JSON."""
