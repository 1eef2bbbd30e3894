"""
Every sentence and label of the reports that is not a rule's own, in one place.

Protocol words (step names in `code`, stanza names, conditions, file names) are not among them: they
come in as values and stay what they are in every language.
"""

from ..model.errors import UsageError

Words = dict[str, str]
"""Key → sentence, with {placeholders}."""

_ENGLISH: Words = {
    # verdict
    "healthy": "Healthy",
    "degraded": "Degraded",
    "broken": "Broken",
    "inconclusive": "Inconclusive",
    "headline.healthy": "Nothing is wrong with this session",
    "headline.healthy.many": "Nothing is wrong with these {count} sessions",
    "headline.degraded": "The session works, with a fault",
    "headline.broken": "The session failed",
    "headline.broken.step": "The login failed at the step {step}",
    "headline.inconclusive": "This recording cannot tell how the session went",
    "lead.healthy": "The login of {agent} went through every step that was recorded, and nothing "
    "went wrong afterwards.",
    "lead.healthy.many": "Every login went through all steps that were recorded, and nothing went "
    "wrong afterwards.",
    "lead.degraded": "{agent} is logged in, but the step {step} did not go as it should.",
    "lead.degraded.nostep": "{agent} is logged in, but something did not go as it should.",
    "lead.broken": "The login of {agent} stopped at the step {step}.",
    "lead.broken.live": "{agent} was logged in; the session broke afterwards.",
    "lead.broken.nostep": "The session of {agent} failed.",
    "lead.inconclusive": "Record the session again as described below.",
    "lead.inconclusive.noroot": "It holds no session that can be read to its end.",
    "nobody": "the client",
    "summary": "{outcome}: {headline}.",
    "summary.step": "{outcome} at {step}: {headline}.",
    # parts of a report
    "report": "Session report",
    "at": "at step {step}",
    "at.live": "after the login",
    "as.text": "As text, for the case",
    "notification": "The notification in it:",
    "column.values": "Values",
    "why": "Why",
    "proof": "Proof",
    "remedy": "What to do",
    "reference": "Reference",
    "confidence": "Confidence",
    "steps": "Steps of the login",
    "session": "Session",
    "sessions": "Sessions",
    "session.one": "session {number}",
    "session.some": "sessions {numbers}",
    "session.more": "sessions {numbers} and {count} more",
    "steps.of": "Steps of the login, session {number}",
    "findings": "Other findings",
    "findings.none": "Nothing else was found.",
    "findings.more": "{count} more findings are in the JSON report.",
    "consequence": "follows from {rule}",
    "consequences": "Follows from it",
    "conversation": "Conversation",
    "ladder": "Who said what",
    "ladder.text": "Arrows between client and server in the order of time; the table below says "
    "the same in words.",
    "ladder.hidden": "{count} not drawn",
    "stanzas": "Every message",
    "stanzas.shown": "{shown} of {count} stanzas are shown: the login, the end and those around "
    "the findings.",
    "connection": "Connection",
    "quality": "The recording",
    "skipped": "Rules that could not look",
    "skipped.none": "Every rule could look.",
    "skipped.note": "Not checked, because the recording does not show what these rules need.",
    "anomalies": "Oddities",
    "sessions.more": "{count} more sessions are in the JSON report.",
    "redacted": "Taken out before this report was written: {counts}.",
    "redacted.none": "Nothing had to be taken out of this report.",
    "redacted.note": "The recording itself still holds its secrets.",
    "secrets.shown": "This report holds passwords and tokens. Do not pass it on.",
    "made.by": "Stanzascope {version}, profile {profile}, {count} rules",
    "utc": "All times are UTC.",
    # columns
    "column.number": "No.",
    "column.time": "Time",
    "column.direction": "From",
    "column.what": "What",
    "column.place": "Where",
    "column.octets": "Octets",
    "column.session": "Session",
    "column.agent": "Agent",
    "column.server": "Server",
    "column.started": "Began",
    "column.stanzas": "Stanzas",
    "column.outcome": "Login",
    "column.rule": "Rule",
    "column.needs": "Needs",
    "client": "client",
    "server": "server",
    "later": "{duration} later",
    "headers": "Headers of the upgrade",
    "look.up": "Find it with",
    "skip.link": "Skip to the verdict",
    "filter": "Filter",
    "filter.hint": "text, stanza or packet",
    "copy": "Copy for the case",
    "copied": "Copied",
    "theme": "Light or dark",
    "severity.error": "Error",
    "severity.warning": "Warning",
    "severity.info": "Note",
    "confidence.high": "certain",
    "confidence.medium": "likely",
    "confidence.low": "possible",
    # steps
    "step.connect": "TCP connection",
    "step.tls": "TLS",
    "step.upgrade": "WebSocket upgrade",
    "step.open": "Stream opened",
    "step.auth": "Authentication",
    "step.bind": "Resource bound",
    "step.session": "Session",
    "step.presence": "Presence",
    "step.pubsub": "Subscriptions",
    "step.live": "Live",
    "status.not reached": "not reached",
    "status.done": "done",
    "status.late": "late",
    "status.failed": "failed",
    "status.missing": "missing",
    "status.not captured": "not recorded",
    # facts of a connection
    "fact.url": "Address",
    "fact.jid": "Bound JID",
    "fact.close": "End",
    "fact.started": "Began",
    "fact.lasted": "Lasted",
    "fact.encrypted": "Encrypted",
    "fact.pings": "Pings",
    "fact.subprotocol": "Subprotocol",
    "fact.extensions": "Extensions",
    "fact.server": "Server software",
    "fact.user_agent": "Browser",
    "fact.gaps": "Holes",
    "fact.client": "Client",
    "fact.server_address": "Server",
    "fact.stream": "Wireshark",
    "fact.connect": "TCP handshake",
    "fact.tcp_end": "TCP end",
    "fact.to_server": "Client to server",
    "fact.to_client": "Server to client",
    # facts of a recording
    "fact.format": "Format",
    "fact.sha256": "SHA-256",
    "fact.producer": "Written by",
    "fact.browser": "Browser",
    "fact.entries": "Entries",
    "fact.sockets": "Sockets",
    "fact.sanitized": "Sanitized",
    "fact.covers": "Covers",
    "fact.packets": "Packets",
    "fact.link_types": "Link types",
    "fact.undecoded": "Not decoded",
    "fact.tcp": "TCP",
    "fact.tls": "TLS connections",
    "fact.one_way": "One direction only",
    "fact.cut": "Cut short",
    "fact.dropped": "Dropped by capture",
    "fact.secrets": "Secrets in it",
    "fact.anomalies": "Oddities",
}

_CATALOGUES: dict[str, Words] = {"en": _ENGLISH}


def words(language: str) -> Words:
    """
    The catalogue of a language, by its BCP 47 tag.

    Raises:
        UsageError: There is none.
    """
    if language not in _CATALOGUES:
        raise UsageError(f"no language {language}; there are {', '.join(_CATALOGUES)}")
    return _CATALOGUES[language]
