"""What is announced is compared with what is told, as far as a recording holds both."""

import pytest

from analyzer.rules import shelf
from analyzer.rules.capabilities.advertised import LOGIN, advertised
from tests.rules.climb import climb

RULES = [rule for rule in shelf.load() if rule.id.startswith("CA-")]
CAPS = "http://jabber.org/protocol/caps"
INFO = "http://jabber.org/protocol/disco#info"

RIGHT = "QgayPKawpkPSDYmwT/WM94uAlu0="  # XEP-0115 section 5.2
FEATURES = "".join(
    f"<feature var='http://jabber.org/protocol/{name}'/>"
    for name in ("caps", "disco#info", "disco#items", "muc")
)
EXODUS = f"<identity category='client' type='pc' name='Exodus 0.9.1'/>{FEATURES}"


def presence(ver: str, hash_: str = "sha-1") -> str:
    caps = f"<c xmlns='{CAPS}' hash='{hash_}' node='n' ver='{ver}'/>"
    return f"5.0 S> <presence xmlns='jabber:client' from='b@example.test/x'>{caps}</presence>"


def question(node: str, to: str = "b@example.test/x") -> str:
    named = f" node='{node}'" if node else ""
    query = f"<query xmlns='{INFO}'{named}/>"
    return f"5.1 C> <iq xmlns='jabber:client' type='get' id='d' to='{to}'>{query}</iq>"


def answer(children: str) -> str:
    query = f"<query xmlns='{INFO}'>{children}</query>"
    return f"5.2 S> <iq xmlns='jabber:client' type='result' id='d'>{query}</iq>"


def told(*lines: str) -> list[str]:
    seen = climb("\n".join(("@login", *lines)))
    return [one.rule_id for one in shelf.run(seen.subjects, RULES)[0]]


@pytest.mark.parametrize("node", [f"n#{RIGHT}", ""])
def test_features_that_hash_to_what_was_announced(node: str) -> None:
    assert told(presence(RIGHT), question(node), answer(EXODUS)) == []


WRONG = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize("node", [f"n#{WRONG}", ""])
def test_features_that_hash_to_something_else(node: str) -> None:
    assert told(presence(WRONG), question(node), answer(EXODUS)) == ["CA-003"]


def test_ill_formed_features() -> None:
    twice = EXODUS + "<feature var='http://jabber.org/protocol/muc'/>"
    assert told(presence(RIGHT), question(f"n#{RIGHT}"), answer(twice)) == ["CA-003"]


@pytest.mark.parametrize(
    "lines",
    [
        # Nobody asked; somebody asked for something else, or somebody else; no answer.
        (presence(WRONG),),
        (presence(WRONG), question("m#other"), answer(EXODUS)),
        (presence(WRONG), question("", to="c@example.test"), answer(EXODUS)),
        (presence(WRONG), question(f"n#{WRONG}")),
        # A hash that we do not know.
        (presence(WRONG, "md2"), question(f"n#{WRONG}"), answer(EXODUS)),
    ],
)
def test_what_cannot_be_verified_is_not_faulted(lines: tuple[str, ...]) -> None:
    assert told(*lines) == []


def test_the_same_announcement_counts_once() -> None:
    seen = climb("\n".join(("@login", presence(RIGHT), presence(RIGHT), presence(WRONG))))
    vers = [caps.ver for _, caps in advertised(seen.sessions[0])]
    assert vers.count(RIGHT) == 1
    assert vers.count(WRONG) == 1


def test_only_the_login_is_looked_at() -> None:
    lines = [presence(f"v{number}") for number in range(LOGIN)]
    found = list(advertised(climb("\n".join(("@login", *lines))).sessions[0]))
    assert 0 < len(found) < LOGIN
