"""
The failures met in the field, each with recordings that show it and the verdict they must get.

The list is that of 56 failures that support engineers know of a Finesse agent's session, numbered
as they are there. `test_01_to_09` and its neighbours hold the cases: number, name, how the
recording is made, and what the verdict has to say: outcome, step, rule and party, and words that
the engineer needs to read. Where HAR and packets both show a failure, there is a case of both.
What cannot be shown stands in the docstring of its module, with the reason.

A recording is one of `fixtures/`, or one of them that was changed:

- `packet_changes` changes packets: drops them, ends connections, answers a SYN with RST or not at
  all, moves them in time and to other addresses, and changes octets; `tls_changes` does so with
  records of TLS.
- `story` takes a session apart into what was said; `har_changes` and `socket_packets` tell a
  changed story as a HAR and as packets. `words` and `sessions` hold what stories often need.
- `refused` changes recordings of sockets that did not come about.

Each of these has tests of its own: what is not changed stays as it was recorded, and tshark reads
the rest.
"""
