import re
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.errors import UsageError
from analyzer.web.operations.startup import UNREAD_MS, listen, reachable, url_of
from analyzer.web.settings import Settings

LONG = "t" * 32


def told(settings: Settings, token: str | None) -> str:
    with pytest.raises(UsageError) as caught:
        reachable(settings, token=token)
    return str(caught.value)


def settings(**more: Any) -> Settings:
    return Settings(data=Path("nowhere"), **more)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
@pytest.mark.parametrize("token", [None, "", "short", LONG])
def test_this_machine_reaches_it_with_any_token_or_none(host: str, token: str | None) -> None:
    family, (address, port) = reachable(settings(host=host), token=token)
    assert (address.startswith("127.") or address == "::1", port) == (True, 8480)
    assert family in {socket.AF_INET, socket.AF_INET6}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "fe80::1%1"])
def test_others_need_a_long_token_of_their_own_and_a_name(host: str) -> None:
    assert told(settings(host=host), "").startswith("--no-token: others reach ")
    assert "give a token of your own, by --token-file or in STANZASCOPE_TOKEN" in told(
        settings(host=host), None
    )
    assert "needs 32 characters at least" in told(settings(host=host), LONG[1:])
    assert "by --allow-host or --public-url" in told(settings(host=host), LONG)
    assert reachable(settings(host=host, hosts=("ssc",)), token=LONG)
    assert reachable(settings(host=host, public_url="https://ssc.example"), token=LONG)


@pytest.mark.parametrize("host", ["", "256.0.0.1", "no such host", "a" * 64 + ".example", "x\0y"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    assert told(settings(host=host), None).endswith(": no address of this machine")


@pytest.mark.parametrize(
    "url",
    [
        "ssc.example",
        "ftp://ssc.example",
        "https://",
        "https://ssc.example/below",
        "https://ssc.example?below",
        "https://ssc.example#",
        "https://me@ssc.example",
        "https://*.example",
        "https://ssc.example:0",
        "https://[ssc.example",
        "https://0.0.0.0",
    ],
)
def test_a_public_url_is_a_scheme_and_a_name(url: str) -> None:
    assert told(settings(public_url=url), None) == (
        f"--public-url {url}: give it as https://NAME, without a path"
    )


@pytest.mark.parametrize("url", ["http://ssc:8080", "https://192.0.2.1", "https://[fd00::7]:8443"])
def test_a_public_url_may_have_a_port(url: str) -> None:
    assert reachable(settings(public_url=url), token=None)


@pytest.mark.parametrize(
    "host", ["https://ssc.example", "*.example", "", "ssc example", "0.0.0.0", "ssc:0", "[ssc"]
)
def test_a_name_that_would_allow_nobody_is_refused(host: str) -> None:
    assert told(settings(hosts=("ssc", host)), None) == (
        f"--allow-host {host}: give a name or an address"
    )


@pytest.mark.parametrize("host", ["ssc", "SSC.example.", "192.0.2.1", "fd00::7", "[fd00::7]:8480"])
def test_a_name_may_be_an_address_or_have_a_port(host: str) -> None:
    assert reachable(settings(hosts=(host,)), token=None)


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert reachable(settings(trusted_proxies=("10.0.0.0/8", "::1", "192.0.2.1")), token=None)
    assert "a trusted proxy is an IP address or a network" in told(
        settings(trusted_proxies=("proxy.example",)), None
    )


def test_it_listens_and_cuts_off_whoever_takes_nothing() -> None:
    with closing(listen((socket.AF_INET, ("127.0.0.1", 0)))) as listener:
        assert not listener.getblocking()
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNREAD_MS
        with socket.create_connection(listener.getsockname()[:2], timeout=5):
            pass
        url = url_of(listener, ())
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", url)
        taken = socket.AF_INET, ("127.0.0.1", int(url.rpartition(":")[2]))
        with pytest.raises(UsageError, match=r"^cannot listen at 127\.0\.0\.1 port [0-9]+: addr"):
            listen(taken)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(UsageError, match=r"192\.0\.2\.1 port 1: cannot assign requested address$"):
        listen((socket.AF_INET, ("192.0.2.1", 1)))


class Listener:
    def __init__(self, host: str) -> None:
        self.host = host

    def getsockname(self) -> tuple[str, int]:
        return self.host, 8480


@pytest.mark.parametrize(
    ("host", "hosts", "url"),
    [
        ("127.0.0.1", ("ssc",), "http://127.0.0.1:8480"),
        ("::1", (), "http://[::1]:8480"),
        ("0.0.0.0", ("ssc.example", "other"), "http://ssc.example:8480"),
        ("::", (), f"http://{socket.gethostname()}:8480"),
    ],
)
def test_the_url_is_one_that_can_be_opened(host: str, hosts: tuple[str, ...], url: str) -> None:
    listener: Any = Listener(host)
    assert url_of(listener, hosts) == url
