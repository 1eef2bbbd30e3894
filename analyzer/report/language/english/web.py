"""What the pages of `stanzascope serve` say; forms of a job's and a refusal's are in `web_told`."""

from typing import Final

WORDS: Final = {
    # every page
    "web.title": "{page} · Stanzascope",
    "web.skip": "Skip to the content",
    "web.cases": "Cases",
    "web.new": "New case",
    "web.language": "Language",
    "web.language.set": "Change",
    "web.sign out": "Sign out",
    "web.footer": "Stanzascope {version}. What you upload stays on this server.",
    "web.optional": "optional",
    # sizes, times
    "web.size.bytes": "{count:byte|bytes}",
    "web.size.kb": "{number} KB",
    "web.size.mb": "{number} MB",
    "web.size.gb": "{number} GB",
    "web.seconds": "{count} s",
    "web.minutes": "{minutes} min {seconds} s",
    "web.time": "{time} UTC",
    # the form of a new case
    "web.drop": "Drop the recording of a session here",
    "web.drop.choose": "or choose files",
    "web.drop.what": "HAR, packet capture (pcap, pcapng), TLS key log, or a zip of them. Several "
    "files make one case.",
    "web.drop.limit": "Up to {file} for each file, {case} and {count:file|files} for a case.",
    "web.drop.again": "Drop more files here, or choose them",
    "web.number": "Case number",
    "web.notes": "Notes",
    "web.profile": "What was recorded",
    "web.send": "Analyse",
    "web.cancel": "Cancel",
    "web.remove": "Remove {name}",
    "web.leave out": "Leave it out and analyse the rest",
    "web.kept.capture": "Recordings are kept as they came, with the passwords in them. Reports "
    "show none.",
    "web.kept.redacted": "Passwords and tokens are taken out of what is kept; the original files "
    "are deleted once they are analysed.",
    "web.kept.none": "Recordings are deleted once they are analysed; only the report is kept.",
    "web.full": "Many analyses are waiting: uploads are refused at the moment. Try again in a "
    "minute.",
    # while an upload is under way; scripts fill these in
    "web.sending": "Sent {sent} of {total}, {percent} %",
    "web.sending.left": "Sent {sent} of {total}, {percent} %, {left} left",
    "web.sending.check": "All is sent; the server checks the files.",
    "web.sending.done": "Received. The case opens.",
    "web.sending.cancelled": "Cancelled. Nothing was kept.",
    "web.sending.lost": "The connection broke, and nothing was kept. Check the network, then try "
    "again.",
    "web.retry": "Try again",
    "web.too large": "{name} is {size}; a file may be {limit} at most. Record a shorter time, or "
    "cut a capture with editcap, or zip a HAR.",
    "web.too large.case": "These files are {size} together; a case may be {limit} at most. Leave "
    "some out.",
    "web.too many": "These are {count} files; a case may have {limit} at most. Leave some out, or "
    "zip them.",
    "web.empty file": "{name} is empty. Export the recording again.",
    "web.folder": "{name} is a folder. Drop the files in it, or a zip of them.",
    "web.none chosen": "Choose a file first.",
    # how to record
    "web.record": "How to record a HAR",
    "web.record.open": "In Chrome or Edge, press F12 before the agent logs in, choose Network, and "
    "tick Preserve log.",
    "web.record.fail": "Log in, and wait until it fails.",
    "web.record.export": "Click the arrow “Export HAR” in the bar of the Network panel, and drop "
    "the file here.",
    "web.record.firefox": "Firefox leaves out what WebSockets carry. Use Chrome or Edge.",
    # the list
    "web.search": "Search",
    "web.search.hint": "Number, notes, agent, server, file name",
    "web.outcome": "Verdict",
    "web.outcome.any": "All",
    "web.outcome.working": "Under way",
    "web.outcome.failed": "No result",
    "web.agent": "Agent",
    "web.server": "Server",
    "web.since": "Uploaded from",
    "web.before": "Uploaded before",
    "web.more filters": "More filters",
    "web.filter": "Show",
    "web.filter.clear": "Show all",
    "web.case": "Case",
    "web.created": "Uploaded",
    "web.recorded": "Recorded",
    "web.more": "Older cases",
    "web.newest": "Newest cases",
    "web.list.none": "No case fits. Use fewer words, or show all.",
    "web.list.empty": "There are no cases yet",
    "web.list.empty.what": "Drop a recording above. In a few seconds you see what went wrong, "
    "with its proof and what to do.",
    "web.unnumbered": "Without a number",
    "web.and more": "{name} and {count} more",
    # a case
    "web.report": "Report",
    "web.report.alone": "Open by itself",
    "web.download": "Download",
    "web.download.html": "Report (HTML)",
    "web.download.zip": "Report with tables (zip)",
    "web.download.md": "Text for the ticket (Markdown)",
    "web.download.json": "Result (JSON)",
    "web.download.har": "Session as HAR, redacted",
    "web.copy": "Copy for the ticket",
    "web.copy.busy": "Copying…",
    "web.copy.done": "Copied. Paste it into the ticket.",
    "web.copy.failed": "The browser did not let it be copied. Download the text instead.",
    "web.manage": "Notes, files, delete",
    "web.edit": "Number and notes",
    "web.save": "Save",
    "web.saved": "Saved.",
    "web.changed": "Meanwhile somebody else saved: “{text}”. Save once more to put yours in its "
    "place.",
    "web.changed.empty": "Meanwhile somebody else emptied this. Save once more to put yours in "
    "its place.",
    "web.keep": "Keep this case",
    "web.keep.same": "As it is: until {time}",
    "web.keep.same.ever": "As it is: until somebody deletes it",
    "web.keep.days": "{count:day|days} from today",
    "web.keep.ever": "Until somebody deletes it",
    "web.files": "Files",
    "web.kind.har": "HAR",
    "web.kind.packets": "Packet capture",
    "web.kind.keys": "TLS key log",
    "web.kind.archive": "Archive",
    "web.kind.packed": "Compressed file",
    "web.kind.other": "Other",
    "web.left.present": "Kept as it came.",
    "web.left.redacted": "A copy without secrets is kept.",
    "web.left.gone": "Nothing of it is kept.",
    "web.left.derived": "Made from the packet capture, without secrets.",
    "web.left.derived.archive": "Made from the archive, without secrets.",
    "web.add": "Add files",
    "web.add.what": "A key log opens a capture; a capture and a HAR of the same session are laid "
    "side by side. All of it is analysed anew.",
    "web.add.send": "Add and analyse",
    "web.add.gone": "The packet capture was not kept: to open it with a key log, add both. All of "
    "it is analysed anew.",
    "web.again": "Analyse again",
    "web.compare": "Compare two recordings",
    "web.compare.what": "Shows where a bad session leaves the way of a good one.",
    "web.compare.good": "Good",
    "web.compare.bad": "Bad",
    "web.compare.send": "Compare",
    "web.comparisons": "Comparisons",
    "web.comparison": "Comparison",
    "web.comparison.of": "{good} with {bad}",
    "web.comparison.back": "Back to the case",
    "web.delete": "Delete this case",
    "web.delete.what": "Its files, reports, notes and number are deleted from this server, at "
    "once and for good. Nobody can bring them back.",
    "web.deleted": "Deleted.",
    "web.delete.sure": "Delete it for good",
    "web.inconclusive": "This recording cannot tell. The report says why, and what to record "
    "instead.",
    # signing in
    "web.sign in": "Sign in",
    "web.sign in.what": "This server asks for its token. It stands in the terminal where "
    "stanzascope serve was started, and in the file token of its data folder.",
    "web.token": "Token",
    # what can go wrong
    "web.problems": "What can go wrong",
    "web.problems.refused": "When a request is refused",
    "web.problems.failed": "When an analysis gives no result",
    "web.problem.home": "To the cases",
    "web.problem.back": "Go back",
    "web.problem.wait": "Try again in {count:second|seconds}.",
}
"""Key → sentence."""
