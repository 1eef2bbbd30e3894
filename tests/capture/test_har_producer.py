import pytest

from analyzer.capture.har_producer import Producer, browser, producer


@pytest.mark.parametrize(
    ("name", "version", "messages", "codes"),
    [
        ("WebInspector", "537.36", True, False),
        ("Firefox", "153.7.0", False, False),
        ("WebKit Web Inspector", "1.0", False, False),
        ("Playwright", "1.60.0", False, False),
        ("Playwright", "1.61.0", True, False),
        ("Playwright", "2.0", True, False),
        ("Playwright", "", True, False),
        ("mitmproxy", "10.1.0", True, False),
        ("HTTP Toolkit", "1.0", True, True),
        ("pcap2har", "0.1.2", True, True),
        ("Fiddler", "5.0", False, False),
        ("Charles Proxy", "4.6.3", False, False),
        ("", "", True, False),
    ],
)
def test_what_producers_record(name: str, version: str, messages: bool, codes: bool) -> None:
    found = Producer(name, version)
    assert (found.records_messages, found.records_close_code) == (messages, codes)
    assert found.devtools == (name == "WebInspector")


def test_the_creator_stands_before_or_behind_the_entries() -> None:
    creator = b'"creator": {"name": "mitmproxy", "version": "10.1", "comment": ""}'
    expected = Producer("mitmproxy", "10.1")
    assert producer(b'{"log": {' + creator, b"") == expected
    assert producer(b'{"log": {', b"]," + creator + b"}}") == expected
    assert producer(b'{"log": {', b"]}}") == Producer()
    assert producer(b'"creator": {"name": 5}', b"") == Producer()


def test_names() -> None:
    assert str(Producer("WebInspector", "537.36")) == "WebInspector 537.36"
    assert str(Producer("x", "")) == "x"
    assert str(Producer()) == ""


WEBKIT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (WEBKIT + "Chrome/156.0.0.0 Safari/537.36", "Chrome 156.0.0.0"),
        (WEBKIT + "HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome 156.0.0.0"),
        (WEBKIT + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.3485.54", "Edge 140.0.3485.54"),
        (WEBKIT + "Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", "Opera 120.0.0.0"),
        ("Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox 153.0"),
        ("Mozilla/5.0 (Mac) AppleWebKit/605 Version/18.1 Safari/605.1.15", "Safari 18.1"),
        ("curl/7.86.0", "curl/7.86.0"),
        ("", ""),
    ],
)
def test_browsers(user_agent: str, expected: str) -> None:
    assert browser(user_agent) == expected


def test_our_own_export_is_written_as_chrome_writes() -> None:
    ours = Producer("stanzascope", "0.1.0")
    assert (ours.ours, ours.devtools, ours.records_close_code) == (True, True, True)
    assert not Producer("WebInspector").ours
