"""What can be changed of a story, and what each change leaves as it was."""

import base64
import re

import pytest

from .story import AGENT, Call, End, Said, Story, posts, story
from .words import event, presence, refused, service, stream_error, system_info, update, user


def texts(told: Story) -> list[str]:
    return [one.text for one in told.said]


def test_a_story_is_what_was_recorded() -> None:
    told = story()
    assert told.said[0].text.startswith("<open ")
    assert told.said[0].way == "C>"
    assert [call.method for call in told.calls] == ["GET", "PUT"]
    assert told.end is not None
    assert told.end.at_s > told.said[-1].at_s > 1


def test_words_that_nobody_said() -> None:
    with pytest.raises(ValueError, match="nobody said what"):
        story().place("what")
    with pytest.raises(ValueError, match="nobody said what"):
        story().without("what")


def test_without_and_until() -> None:
    told = story()
    less = told.without("<event", ":ping")
    assert len(less.said) == len(told.said) - 5
    assert not [text for text in texts(less) if ":ping" in text]
    short = told.until("<success", End(2.0))
    assert "<success" in short.said[-1].text
    assert short.end == End(2.0)
    assert told.until("<success").end is None


def test_other_words() -> None:
    told = story()
    place = told.place("<success")
    other = told.answering("<success", "<failure/>")
    assert other.said[place].text == "<failure/>"
    assert other.said[place].at_s == told.said[place].at_s
    assert (
        other.said[:place] + other.said[place + 1 :] == told.said[:place] + told.said[place + 1 :]
    )
    swapped = told.swapped("/finesse/api/Team/5000/Users", "/finesse/api/Team/404/Users")
    assert "Team/5000" not in "".join(texts(swapped))
    assert "".join(texts(swapped)).count("Team/404") == "".join(texts(told)).count("Team/5000")


def test_more_words_stand_at_their_time() -> None:
    told = story().saying(Said(0.5, "S>", "<late/>"), Said(0.4, "S>", "<early/>"))
    assert [one.at_s for one in told.said] == sorted(one.at_s for one in told.said)
    assert told.at("<early/>") < told.at("<late/>")


def test_what_comes_later() -> None:
    told, place = story(), story().place("<success")
    late = told.later(5.0, "<success")
    assert late.said[:place] == told.said[:place]
    assert late.said[place].at_s == told.said[place].at_s + 5
    assert late.end is not None
    assert told.end is not None
    assert late.end.at_s == told.end.at_s + 5
    assert told.open_end().later(5.0, "<success").end is None


def test_pings_go_on() -> None:
    told = story().open_end()
    more = told.pinging(60, every_s=20)
    ids = re.findall(r'<iq id="(\d+):ping"', "".join(texts(more)))
    assert len(ids) == len(set(ids)) == 3
    asked = [one.at_s for one in more.said if '<iq id="' in one.text and ":ping" in one.text]
    assert asked[2] - asked[1] == pytest.approx(20)
    assert len(told.pinging(60, every_s=20, answered=False).said) == len(more.said) - 2


def test_another_agent() -> None:
    told = story().of("agent2002")
    assert AGENT not in "".join(texts(told))
    assert told.calls[1].path == "/finesse/api/User/agent2002"
    auth = re.search(r"<auth[^>]*>([^<]+)<", "".join(texts(told)))
    assert auth is not None
    assert base64.b64decode(auth[1]).split(b"\0")[1] == b"agent2002"


def test_calls_stand_at_their_time() -> None:
    told = story().calling(Call(0.1, "GET", "/finesse/api/User", 200))
    assert [call.at_s for call in told.calls] == sorted(call.at_s for call in told.calls)


def test_posts_of_bosh() -> None:
    found = posts()
    assert len(found) == 11
    assert found[0].at_s == 0
    assert all(call.body.startswith("<body ") and call.answer for call in found)


def test_words() -> None:
    changed = user(3.0, "READY", "r-1", "255")
    assert changed.way == "S>"
    assert "&lt;reasonCodeId&gt;255&lt;" in changed.text
    assert "&lt;requestId&gt;r-1&lt;" in changed.text
    assert "reasonCodeId" not in user(3.0, "READY").text
    assert "OUT_OF_SERVICE" in service(1.0, "OUT_OF_SERVICE").text
    assert "<item id='x'>" in event(1.0, "/n", update("<a/>", "/n"), "x").text
    assert "type=" not in presence(1.0).text
    assert "type='unavailable'" in presence(1.0, "unavailable").text
    assert "<closed-node " in refused("1", "cancel", "not-allowed", "closed-node", by="p.test")
    assert "from=" not in refused("1", "cancel", "conflict")
    error, close = stream_error(1.0, "system-shutdown", "bye")
    assert "<system-shutdown " in error.text
    assert ">bye</text>" in error.text
    assert close.at_s > error.at_s
    assert "<status>IN_SERVICE</status>" in system_info("IN_SERVICE")
