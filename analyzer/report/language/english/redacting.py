"""What `stanzascope redact` says, and writes into the HAR that it makes."""

from typing import Final

WORDS: Final = {
    # within the HAR
    "redacting.body": "body removed",
    "redacting.entry": "this entry could not be read; it stands here so that the others keep their "
    "numbers",
    "redacting.comment": "Redacted by stanzascope {version}: {taken}. Equal values have equal "
    "marks. Addresses of machines are left as they were.",
    "redacting.comment_all": "Redacted by stanzascope {version}, people and numbers too: {taken}. "
    "Equal values have equal marks. Addresses of machines are left as they were.",
    "redacting.comment_session": "Made by stanzascope {version} from a packet capture, and "
    "redacted: {taken}. A HAR holds no packets, no control frames and no TLS; _packet is the "
    "number that Wireshark shows.",
    "redacting.comment_shown": "Made by stanzascope {version} from a packet capture, with all its "
    "secrets, as it was told to: hand it to nobody.",
    "redacting.nothing": "nothing had to be taken out",
    "redacting.bodies": "{count:body|bodies} that no diagnosis needs",
    "redacting.counted": "{kind} ({count})",
    # on the terminal, of a HAR
    "redacting.written": "{path}: {entries:entry|entries} written",
    "redacting.taken": "Taken out",
    "redacting.count": "How often",
    "redacting.emptied": "Bodies no diagnosis needs",
    "redacting.level_secrets": "Names, phone numbers and call data are still in it; --redact all "
    "takes them out, too.",
    "redacting.damaged": "{name} is damaged: {skipped:entry|entries} could not be read, of "
    "{damaged:entry|entries} only a part",
    # on the terminal, of a capture
    "redacting.capture": "{name} is a packet capture, and nothing was written: a capture cannot "
    "be made safe. Its secrets stand in octets that are encrypted, compressed or checked; "
    "whoever changes them destroys the evidence.",
    "redacting.holds": "It holds: {secrets}.",
    "redacting.holds_nothing": "No secret was found in what could be read of it. What could not be "
    "decrypted may hold some.",
    "redacting.key_file": "{name} opens it: {secrets:TLS secret|TLS secrets}, "
    "{private_keys:private key|private keys}. Whoever has both reads every password.",
    "redacting.do_export": "Hand on the session instead of the packets: stanzascope redact {name} "
    "-o har=FILE.har writes it as a HAR without secrets.",
    "redacting.do_packets": "If the capture itself must go to the case: leave key logs and private "
    "keys out of it, take those within it out with editcap --discard-all-secrets, and have the "
    "passwords changed that it shows.",
    "secret.sasl password": "{count:password in a login|passwords in logins}",
    "secret.sasl exchange": "{count:login exchange|login exchanges}",
    "secret.authorization header": "{count:Authorization header|Authorization headers}",
    "secret.cookie": "{count:cookie|cookies}",
    "secret.token": "{count:token|tokens}",
    "secret.tls keys": "{count:block of TLS keys|blocks of TLS keys}",
    # what the command refuses
    "redacting.show_secrets": "redact takes secrets out: there is no --show-secrets",
    "redacting.no_output": "say where to write it: OUT, or -o har=OUT",
    "redacting.two_outputs": "give OUT or -o har=OUT, not both",
    "redacting.same_file": "{path} is the recording itself: give another name, the original is "
    "evidence",
    "redacting.several": "{name} holds {count:recording|recordings}: give the HAR by itself",
    "redacting.no_har": "{name} is no HAR and no packet capture",
}
