"""What the pages say of a job under way, of one that failed, and of a request that was refused."""

from typing import Final

WORDS: Final = {
    # a job under way
    "web.job.queued": "Waiting; it is the next one.",
    "web.job.waiting": "Waiting for its turn",
    "web.job.queued.behind": "Waiting; {count:analysis comes|analyses come} first.",
    "web.job.running": "The analysis starts",
    "web.job.reading": "Reading {name}",
    "web.job.reading.far": "Reading {name}: {count:entry or connection|entries or connections} "
    "so far",
    "web.job.redacting": "Taking passwords and tokens out of what is kept",
    "web.job.writing": "Writing the report",
    "web.job.done": "Done.",
    "web.job.failed": "No result.",
    "web.job.elapsed": "{what} ({elapsed})",
    "web.job.wait": "The report opens by itself. You may close this page; the analysis goes on.",
    # a job that failed: title, what to do
    "web.failed.input": "This file could not be read",
    "web.failed.input.do": "Export the recording again as HAR, pcap or pcapng, and add it to this "
    "case. A HAR comes from DevTools, a capture from Wireshark.",
    "web.failed.time": "The analysis took too long",
    "web.failed.time.do": "Upload a shorter recording: cut the capture to the minutes around the "
    "fault with editcap -A and -B, or export a HAR of the login alone.",
    "web.failed.memory": "The recording needs more memory than one analysis gets",
    "web.failed.memory.do": "Upload a shorter recording, or have the limit raised with "
    "--memory where stanzascope serve is started.",
    "web.failed.crash": "The analysis broke off, twice",
    "web.failed.crash.do": "This is a fault of Stanzascope. Try once more; if it stays, report it, "
    "and say what recorded the file.",
    "web.failed.interrupted": "The server was stopped again and again while it worked",
    "web.failed.interrupted.do": "Try again, or add the files again if they were not kept.",
    "web.failed.storage": "The server could not read or write its files",
    "web.failed.storage.do": "Tell who runs this server: its disk may be full or broken. Then try "
    "again.",
    "web.failed.fault": "Stanzascope has a fault",
    "web.failed.fault.do": "Report it with what the analysis said. Other recordings are not "
    "affected.",
    "web.failed.said": "The analysis said: {detail}",
    # a refusal: title, what to do
    "web.problem.no-file": "No file came",
    "web.problem.no-file.do": "Choose a HAR or a capture, then send the form.",
    "web.problem.empty-file": "A file is empty",
    "web.problem.empty-file.do": "Export the recording again; the export may have been cut off.",
    "web.problem.not-a-capture": "This is no recording",
    "web.problem.not-a-capture.do": "Upload a HAR from DevTools, or a capture (pcap, pcapng) from "
    "Wireshark or the server; a zip of them is fine. A key log needs its capture beside it.",
    "web.problem.too-large": "This is too large",
    "web.problem.too-large.do": "Record a shorter time, cut a capture with editcap, or zip a HAR: "
    "it shrinks to a tenth.",
    "web.problem.too-many-files": "These are too many files",
    "web.problem.too-many-files.do": "Leave some out, or put them into one zip.",
    "web.problem.cut-off": "The upload broke off",
    "web.problem.cut-off.do": "Nothing was kept. Check the network, then try again.",
    "web.problem.bad-form": "The server did not understand the form",
    "web.problem.bad-form.do": "Load the page anew, and send it again.",
    "web.problem.bad-value": "A value does not fit",
    "web.problem.bad-value.do": "Go back and correct it. Numbers of cases have at most 100 "
    "characters, notes at most 20,000.",
    "web.problem.same-file": "Choose two different recordings",
    "web.problem.same-file.do": "Go back, and choose another one for one of the two sides.",
    "web.problem.queue-full": "Too many analyses wait",
    "web.problem.queue-full.do": "Nothing was kept. Try again in a minute.",
    "web.problem.disk-full": "The server has no room left",
    "web.problem.disk-full.do": "Nothing was kept. Delete cases that nobody needs, or tell who "
    "runs this server.",
    "web.problem.not-found": "This is not here",
    "web.problem.not-found.do": "The case may have been deleted, or its time has passed. Look for "
    "it in the list.",
    "web.problem.not-ready": "The analysis is not done yet",
    "web.problem.not-ready.do": "Wait for it on the page of the case.",
    "web.problem.no-result": "The analysis gave no result",
    "web.problem.no-result.do": "The page of the case says why, and what to do.",
    "web.problem.not-kept": "This was not kept",
    "web.problem.not-kept.do": "The server deletes recordings once they are analysed. Ask whoever "
    "sent the file, and add it to the case again.",
    "web.problem.conflict": "The same is under way already",
    "web.problem.conflict.do": "Wait a moment, then look at the case again.",
    "web.problem.key-reused": "The idempotency key belongs to another request",
    "web.problem.key-reused.do": "Use a new key for each new request.",
    "web.problem.sign-in": "You are not signed in",
    "web.problem.sign-in.do": "Sign in with the token of this server.",
    "web.problem.wrong-token": "This token is wrong",
    "web.problem.wrong-token.do": "Copy it anew from the terminal where stanzascope serve was "
    "started; it changes when the server is given another one.",
    "web.problem.wrong-host": "This server does not go by that name",
    "web.problem.wrong-host.do": "Use the address that was given to you. Who runs the server can "
    "allow a name with --allow-host.",
    "web.problem.cross-site": "The request came from another site",
    "web.problem.cross-site.do": "Open the page here, and do it again.",
    "web.problem.csrf": "This page was too old",
    "web.problem.csrf.do": "Load it anew, and send the form again.",
    "web.problem.too-often": "Too many requests",
    "web.problem.too-often.do": "Wait a moment, then try again.",
    "web.problem.rendering": "The report could not be written in this form",
    "web.problem.rendering.do": "Choose another form, HTML for one. If it stays, report it.",
    "web.problem.method": "The server does not do that here",
    "web.problem.method.do": "Follow the links of the pages.",
    "web.problem.fault": "Stanzascope has a fault",
    "web.problem.fault.do": "Try again. If it stays, tell who runs this server; its log says more.",
    # what exactly, where it is known
    "web.limit.file": "The limit for one file is {size}.",
    "web.limit.case": "The limit for all files of a case is {size}.",
    "web.limit.files": "The limit is {count:file|files} for a case.",
    "web.about file": "It is about {name}.",
}
"""Key → sentence."""
