"""What a rule cites exists: sections with the titles they have in the documents themselves."""

import re

import pytest

from analyzer.model.rule import Rule
from analyzer.rules import shelf

RULES = shelf.load()

STREAM_ERRORS = [
    "bad-format",
    "bad-namespace-prefix",
    "conflict",
    "connection-timeout",
    "host-gone",
    "host-unknown",
    "improper-addressing",
    "internal-server-error",
    "invalid-from",
    "invalid-namespace",
    "invalid-xml",
    "not-authorized",
    "not-well-formed",
    "policy-violation",
    "remote-connection-failed",
    "reset",
    "resource-constraint",
    "restricted-xml",
    "see-other-host",
    "system-shutdown",
    "undefined-condition",
    "unsupported-encoding",
    "unsupported-feature",
    "unsupported-stanza-type",
    "unsupported-version",
]

SASL_ERRORS = [
    "aborted",
    "account-disabled",
    "credentials-expired",
    "encryption-required",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "malformed-request",
    "mechanism-too-weak",
    "not-authorized",
    "temporary-auth-failure",
]

SECTIONS = {
    "RFC 1035": {
        "4.1.1": "Header section format",
        "4.2.1": "UDP usage",
        "7.2": "Sending the queries",
    },
    "RFC 1191": {"3": "Host specification"},
    "RFC 1812": {"5.2.7.1": "Destination Unreachable"},
    "RFC 1951": {"3.2": "Compressed block format"},
    "RFC 2923": {"2.1": "Black Hole Detection"},
    "RFC 3921": {"3": "Session Establishment"},
    "RFC 4443": {"3.1": "Destination Unreachable Message"},
    "RFC 4616": {"2": "PLAIN SASL Mechanism", "5": "Security Considerations"},
    "RFC 4648": {"3": "Implementation Discrepancies", "4": "Base 64 Encoding"},
    "RFC 5246": {"7.2.2": "Error Alerts", "8.1.1": "RSA"},
    "RFC 5280": {
        "4.1.2.4": "Issuer",
        "4.1.2.5": "Validity",
        "6": "Certification Path Validation",
    },
    "RFC 6066": {"3": "Server Name Indication"},
    "RFC 6120": {
        "4.2": "Opening a Stream",
        "4.3.2": "Stream Features Format",
        "4.4": "Closing a Stream",
        "4.6": "Handling of Silent Peers",
        "4.6.1": "Dead Connection",
        "4.6.2": "Broken Stream",
        "4.6.3": "Idle Peer",
        "4.6.4": "Use of Checking Methods",
        "4.7.1": "from",
        "4.7.2": "to",
        "4.7.3": "id",
        "4.7.4": "xml:lang",
        "4.7.5": "version",
        "4.8": "XML Namespaces",
        "4.9.1": "Rules",
        "4.9.1.1": "Stream Errors Are Unrecoverable",
        "4.9.3": "Defined Stream Error Conditions",
        **{f"4.9.3.{number}": name for number, name in enumerate(STREAM_ERRORS, 1)},
        "5.2": "Support",
        "5.3.1": "Mandatory-to-Negotiate",
        "5.3.4": "Order of TLS and SASL Negotiations",
        "5.4.2.2": "Failure Case",
        "5.4.3": "TLS Negotiation",
        "6.3.1": "Mandatory-to-Negotiate",
        "6.3.2": "Restart",
        "6.3.3": "Mechanism Preferences",
        "6.3.4": "Mechanism Offers",
        "6.3.8": "Authorization Identity",
        "6.4": "Process",
        "6.4.1": "Exchange of Stream Headers and Stream Features",
        "6.4.2": "Initiation",
        "6.4.3": "Challenge-Response Sequence",
        "6.4.5": "SASL Failure",
        "6.4.6": "SASL Success",
        "6.5": "SASL Errors",
        **{f"6.5.{number}": name for number, name in enumerate(SASL_ERRORS, 1)},
        "7.1": "Fundamentals",
        "7.3.1": "Mandatory-to-Negotiate",
        "7.4": "Advertising Support",
        "7.6": "Server-Generated Resource Identifier",
        "7.6.1": "Success Case",
        "7.6.2.1": "Resource Constraint",
        "7.6.2.2": "Not Allowed",
        "7.7": "Client-Submitted Resource Identifier",
        "7.7.1": "Success Case",
        "7.7.2": "Error Cases",
        "7.7.2.2": "Conflict",
        "8.1.2.1": "Client-to-Server Streams",
        "8.1.3": "id",
        "8.2.3": "IQ Semantics",
        "8.3.2": "Syntax",
        "8.3.3": "Defined Conditions",
        "11.1": "XML Restrictions",
        "11.3": "Well-Formedness",
        "11.6": "Character Encoding",
        "13.4": "Confidentiality and Integrity",
        "13.9.4": "Use of SASL",
    },
    "RFC 6121": {
        "4.2": "Initial Presence",
        "4.2.1": "Client Generation of Initial Presence",
        "4.5.1": "Client Generation of Unavailable Presence",
        "4.5.2": "Server Processing of Outbound Unavailable Presence",
        "4.6": "Directed Presence",
        "4.7.1": "Type Attribute",
        "4.7.2.3": "Priority Element",
        "8.5.2.1.1": "Message",
        "E": "Differences From RFC 3921",
    },
    "RFC 5382": {"5": "NAT Session Refresh"},
    "RFC 5905": {"8": "On-Wire Protocol"},
    "RFC 6298": {"5": "Managing the RTO Timer"},
    "RFC 6455": {
        "1.3": "Opening Handshake",
        "4.1": "Client Requirements",
        "4.2.1": "Reading the Client's Opening Handshake",
        "4.2.2": "Sending the Server's Opening Handshake",
        "4.4": "Supporting Multiple Versions of WebSocket Protocol",
        "5.1": "Overview",
        "5.2": "Base Framing Protocol",
        "5.3": "Client-to-Server Masking",
        "5.4": "Fragmentation",
        "5.5": "Control Frames",
        "5.5.1": "Close",
        "5.5.2": "Ping",
        "5.5.3": "Pong",
        "5.6": "Data Frames",
        "7.1.1": "Close the WebSocket Connection",
        "7.1.5": "The WebSocket Connection Close Code",
        "7.1.7": "Fail the WebSocket Connection",
        "7.2.1": "Client-Initiated Closure",
        "7.2.3": "Recovering from Abnormal Closure",
        "7.4.1": "Defined Status Codes",
        "7.4.2": "Reserved Status Code Ranges",
        "8.1": "Handling Errors in UTF-8-Encoded Data",
        "9.1": "Negotiating Extensions",
        "10.3": "Attacks On Infrastructure (Masking)",
        "10.4": "Implementation-Specific Limits",
        "11.8": "WebSocket Opcode Registry",
    },
    "RFC 6585": {"4": "429 Too Many Requests"},
    "RFC 6750": {"5.2": "Threat Mitigation"},
    "RFC 6864": {"4": "Updates to the IPv4 ID Specification"},
    "RFC 7395": {
        "3.1": "Handshake",
        "3.2": "WebSocket Messages",
        "3.3": "XMPP Framing",
        "3.3.2": "Framed Stream Namespace",
        "3.3.3": "Stream Frames",
        "3.4": "Stream Initiation",
        "3.5": "Stream Errors",
        "3.6": "Closing the Connection",
        "3.6.1": "see-other-uri",
        "3.7": "Stream Restarts",
        "3.8": "Pings and Keepalives",
        "3.9": "Use of TLS",
        "6": "Security Considerations",
    },
    "RFC 7519": {"4.1.4": '"exp" (Expiration Time) Claim'},
    "RFC 7568": {"3": "Do Not Use SSL Version 3.0"},
    "RFC 7622": {"3.4": "Resourcepart"},
    "RFC 7692": {
        "5.1": "General Negotiation Flow",
        "6": "Framing",
        "6.1": "Compression",
        "7.1": "Extension Parameters",
        "7.1.1": "Context Takeover Control",
        "7.2.1": "Compression",
        "7.2.2": "Decompression",
    },
    "RFC 8201": {"4": "Protocol Requirements"},
    "RFC 8305": {"5": "Connection Attempts"},
    "RFC 8441": {
        "3": "The SETTINGS_ENABLE_CONNECT_PROTOCOL SETTINGS Parameter",
        "4": "The Extended CONNECT Method",
        "5": "Using Extended CONNECT to Bootstrap the WebSocket Protocol",
    },
    "RFC 8446": {
        "4.1": "Key Exchange Messages",
        "4.1.2": "Client Hello",
        "4.3.2": "Certificate Request",
        "4.4.2.4": "Receiving a Certificate Message",
        "5.1": "Record Layer",
        "5.2": "Record Payload Protection",
        "6.2": "Error Alerts",
        "E.3": "Traffic Analysis",
    },
    "RFC 8499": {"3": "DNS Response Codes"},
    "RFC 8996": {"4": "Do Not Use TLS 1.0", "5": "Do Not Use TLS 1.1"},
    "RFC 9110": {
        "6.6.1": "Date",
        "7.6.1": "Connection",
        "7.8": "Upgrade",
        "9.3.6": "CONNECT",
        "15": "Status Codes",
        "15.4": "Redirection 3xx",
        "15.5.2": "401 Unauthorized",
        "15.5.4": "403 Forbidden",
        "15.5.5": "404 Not Found",
        "15.5.13": "412 Precondition Failed",
        "15.5.19": "418 (Unused)",
        "15.5.22": "426 Upgrade Required",
        "15.6.3": "502 Bad Gateway",
        "15.6.5": "504 Gateway Timeout",
    },
    "RFC 9113": {"5.4.2": "Stream Error Handling", "6.4": "RST_STREAM", "7": "Error Codes"},
    "RFC 9293": {
        "3.5": "Establishing a Connection",
        "3.5.2": "Reset Generation",
        "3.6": "Closing a Connection",
        "3.8.1": "Retransmission Timeout",
        "3.8.3": "TCP Connection Failures",
        "3.8.6.1": "Zero-Window Probing",
        "3.10.7": "SEGMENT ARRIVES",
        "3.10.7.4": "Other States",
    },
    "RFC 9525": {"6": "Verifying Service Identity", "6.3": "Matching the DNS Domain Name Portion"},
    "XEP-0060": {
        "4.2": "Subscription States",
        "5.6": "Retrieve Subscriptions",
        "6.1": "Subscribe to a Node",
        "6.1.1": "Request",
        "6.1.2": "Success Case",
        "6.1.3": "Error Cases",
        "6.1.3.1": "JIDs Do Not Match",
        "6.1.4": "Approval Required",
        "6.1.5": "Configuration Required",
        "6.1.6": "Multiple Subscriptions",
        "6.2": "Unsubscribe from a Node",
        "6.2.1": "Request",
        "6.2.2": "Success Case",
        "6.2.3": "Error Cases",
        "7.1.2": "Success Case",
        "7.1.2.1": "Notification With Payload",
        "7.1.2.4": "Inclusion of Subscription ID",
    },
    "XEP-0115": {
        "4": "Protocol",
        "5.1": "Generation Method",
        "5.4": "Processing Method",
        "13": "Legacy Format",
    },
    "XEP-0124": {
        "4": "The BOSH Technique",
        "7.1": "Session Creation Request",
        "7.2": "Session Creation Response",
        "8": "Sending and Receiving XML Payloads",
        "10": "Inactivity",
        "11": "Overactivity",
        "12": "Polling Sessions",
        "14.1": "Generation",
        "14.2": "In-Order Message Forwarding",
        "14.3": "Broken Connections",
        "17.1": "HTTP Conditions",
        "17.2": "Terminal Binding Conditions",
        "17.3": "Recoverable Binding Conditions",
        "19.1": "Connection Between Client and BOSH Service",
        "19.3": "Unpredictable SID and RID",
    },
    "XEP-0198": {"3": "Enabling Stream Management", "5": "Resumption"},
    "XEP-0199": {"4.1": "Server-To-Client Pings", "4.2": "Client-To-Server Pings"},
    "XEP-0206": {
        "5": "Authentication, Resource Binding, and IM Session Establishment",
        "6": "remote-stream-error",
    },
    "draft-ietf-tls-keylogfile": {"2": "The SSLKEYLOGFILE Format"},
}
"""Document → the sections we cite, with their titles."""

_CITED = re.compile(r"(RFC \d+|XEP-\d{4}|draft-[a-z-]+) (.+)")
_SECTION = re.compile(r"(?:§|[Aa]ppendix )([A-Z](?:\.\d+)*|\d+(?:\.\d+)*)")


def cited(rule: Rule) -> list[tuple[str, str]]:
    """Documents with sections, as the rule cites them."""
    found = []
    for part in rule.reference.split("; "):
        match = _CITED.fullmatch(part)
        if match:
            sections = _SECTION.findall(match[2])
            rest = _SECTION.sub("", match[2]).replace(" to ", "").replace(",", "").strip()
            assert sections
            assert not rest, rest
            found += [(match[1], section) for section in sections]
        else:
            # Other sources have no numbers, but a name that one can look for.
            assert "§" not in part
            assert len(part.split()) > 1, part
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_sections_exist(rule: Rule) -> None:
    unknown = [place for place in cited(rule) if place[1] not in SECTIONS.get(place[0], {})]
    assert unknown == []


def test_a_condition_is_cited_by_the_section_that_defines_it() -> None:
    """Rules on conditions: those named in their texts are those of the sections."""
    titles = SECTIONS["RFC 6120"]
    for rule_id in ("SA-011", "SA-013", "ST-010", "ST-014", "ST-015", "ST-019"):
        (rule,) = (rule for rule in RULES if rule.id == rule_id)
        text = f"{rule.title} {rule.cause}"
        conditions = {
            titles[section]
            for document, section in cited(rule)
            if document == "RFC 6120" and titles[section] in STREAM_ERRORS + SASL_ERRORS
        }
        assert conditions
        assert all(condition in text for condition in conditions), rule_id
