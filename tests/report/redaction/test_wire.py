"""Secrets where the protocols say that they are."""

import base64

import pytest

from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.vault import Vault
from analyzer.report.redaction.wire import (
    credentials,
    field_value,
    header_value,
    sasl_secrets,
    url_without_secrets,
)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (b64("\0agent1001\0pw1001"), {"pw1001"}),
        (b64("zid\0agent1001\0pw\0extra"), {"pw", "extra"}),
        (b64("agent1001\0pw1001"), {"pw1001"}),
        (b64("c=biws,r=nonce123,p=cHJvb2Y="), {"nonce123", "cHJvb2Y="}),
        (b64("n,,n=user,r=nonce123"), {"nonce123"}),
        (b64("r=nonce,s=c2FsdA==,i=4096"), {"nonce", "c2FsdA=="}),
        (b64("n,a=u,\x01host=h\x01auth=Bearer t0k3n\x01\x01"), {"t0k3n"}),
        (b64("just a word"), {"just a word"}),
        (b64("agent1001 0123456789abcdef"), {"agent1001 0123456789abcdef", "0123456789abcdef"}),
        (b64('username="a",nonce="n0nce",response=f00d'), {"n0nce", "f00d"}),
        ("!!!", set()),
        ("A", set()),
    ],
)
def test_what_is_secret_in_a_sasl_message(text: str, secrets: set[str]) -> None:
    found = list(sasl_secrets(text))
    assert found[0] == text
    assert {secret for secret in found[1:] if secret} == secrets


def test_a_sasl_message_may_be_wrapped_and_commented() -> None:
    text = b64("\0agent1001\0pw1001")
    wrapped = f"\n  {text[:8]}\n<!-- x -->{text[8:]} "
    assert list(sasl_secrets(wrapped)) == [text, "pw1001"]
    unescaped = f"<![CDATA[{text[:8]}]]>&#{ord(text[8])};<!-- <x> --><![CDATA[{text[9:]}"
    assert list(sasl_secrets(unescaped)) == [text, "pw1001"]


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        (
            "Authorization",
            f"Basic {b64('agent1001:hunter2-x')}",
            "Basic [redacted: authorization 1]",
        ),
        ("authorization", "Basic A", "Basic [redacted: authorization 1]"),
        ("Authorization", "t0k3n", "[redacted: authorization 1]"),
        ("Proxy-Authorization", "Bearer abc", "Bearer [redacted: authorization 1]"),
        (
            "Cookie",
            "JSESSIONID=abcdef; b=c",
            "JSESSIONID=[redacted: cookie 1]; b=[redacted: cookie 2]",
        ),
        ("Cookie", "loner", "[redacted: cookie 1]"),
        (
            "Set-Cookie",
            "a=bcdef; Path=/; HttpOnly; SameSite=None",
            "a=[redacted: cookie 1]; Path=/; HttpOnly; SameSite=None",
        ),
        (
            "Set-Cookie",
            "a=bcdef; Path=/, c=defgh; Expires=Wed, 21 Oct 2026 07:28:00 GMT\n e=fghij",
            "a=%s 1]; Path=/, c=%s 2]; Expires=Wed, 21 Oct 2026 07:28:00 GMT\n e=%s 3]"
            % (("[redacted: cookie",) * 3),
        ),
        ("Sec-WebSocket-Protocol", "xmpp", "xmpp"),
        ("Sec-WebSocket-Protocol", "xmpp,t0k3n-value", "xmpp, [redacted: token 1]"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13", "13"),
        ("Sec-WebSocket-Token", "abcdef", "[redacted: token 1]"),
        ("Sec-WebSocket-Other", "abcdef", "[redacted: token 1]"),
        (
            "Sec-WebSocket-Extensions",
            "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
            "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
        ),
        (
            "Sec-WebSocket-Extensions",
            'permessage-deflate;max_window_bits="15"; client_max_window_bits=abcdef',
            'permessage-deflate;max_window_bits="15"; client_max_window_bits=[redacted: token 1]',
        ),
        (
            "Sec-WebSocket-Extensions",
            "permessage-deflate; sso=abcdef; ghijkl",
            "permessage-deflate; sso=[redacted: token 1]; [redacted: token 2]",
        ),
        ("X-Auth", "abcdef", "[redacted: authorization 1]"),
        ("Authentication", "Bearer abcdef", "Bearer [redacted: authorization 1]"),
        ("X-User-Pw", "abcdef", "[redacted: password 1]"),
        ("X-Ticket", "abcdef", "[redacted: token 1]"),
        ("X-Login-Ticket", "abcdef", "[redacted: token 1]"),
        ("X-Shopping", "abcdef", "abcdef"),
        ("Access-Control-Allow-Headers", "X-Auth", "X-Auth"),
        ("Location", "/ws?token=abc", "/ws?token=[redacted: token 1]"),
        ("X-Auth-Token", "abcdef", "[redacted: token 1]"),
        ("X-Api-Key", "abcdef", "[redacted: token 1]"),
        ("X-Password", "abcdef", "[redacted: password 1]"),
        ("Authorization", "Basic\tQWxhZGRpbg==", "[redacted: authorization 1]"),
        ("Server", "nginx/1.22", "nginx/1.22"),
        ("WWW-Authenticate", "Negotiate", "Negotiate"),
        ("WWW-Authenticate", "Negotiate YIIJ+/8AAA=", "Negotiate [redacted: authorization 1]"),
        (
            "Proxy-Authenticate",
            'Digest realm="lab", nonce="dcd98b7102dd", Basic realm="lab"',
            'Digest realm="lab", nonce="[redacted: authorization 1]", Basic realm="lab"',
        ),
        ("WWW-Authenticate", 'Bearer realm="a", error="x"', 'Bearer realm="a", error="x"'),
        ("Authentication-Info", 'rspauth="6629fae49393"', "[redacted: authorization 1]"),
        ("Authorization", 'Digest response="66"', "Digest [redacted: authorization 1]"),
    ],
)
def test_header_values(name: str, value: str, left: str) -> None:
    assert header_value(name, value, Vault()) == left


@pytest.mark.parametrize(
    ("kind", "value", "left", "elsewhere"),
    [
        (SecretKind.AUTHORIZATION, "Bearer abcdefgh", "Bearer [redacted: authorization 1]", ""),
        (SecretKind.AUTHORIZATION, "a=1, nonce=&quot;dcd98b7102&quot;", "", "dcd98b7102"),
        (SecretKind.COOKIE, "JSESSIONID=abcdefgh; b=c", "", "abcdefgh"),
        (SecretKind.KEY, "\\nMIIEabcd\\r\\nefghijkl\\n", "", "efghijkl"),
        (SecretKind.JWT, "eyJhbGci.eyJzdWIi.c2lnbmF0dXJl", "", "c2lnbmF0dXJl"),
        (SecretKind.TOKEN, "abcdefgh", "", "abcdefgh"),
    ],
)
def test_credentials_in_other_text(kind: SecretKind, value: str, left: str, elsewhere: str) -> None:
    vault = Vault()
    assert credentials(kind, value, vault) == (left or f"[redacted: {kind.value} 1]")
    assert elsewhere == "" or elsewhere not in vault.sweep(f"and {elsewhere} too")
    assert vault.sweep("a=b, c d") == "a=b, c d"


def test_basic_credentials_give_the_password_away_elsewhere_too() -> None:
    vault = Vault()
    header_value("Authorization", f"Basic {b64('agent1001:hunter2-x')}", vault)
    assert vault.sweep("hunter2-x agent1001") == "[redacted: password 1] agent1001"


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("ws://h/ws/", "ws://h/ws/"),
        (
            "wss://h/ws?access_token=abc&locale=en",
            "wss://h/ws?access_token=[redacted: token 1]&locale=en",
        ),
        (
            "https://h/cb?code=abc&state=xyz",
            "https://h/cb?code=[redacted: token 1]&state=[redacted: token 2]",
        ),
        ("https://h/#id_token=abc", "https://h/#id_token=[redacted: token 1]"),
        ("https://h/?q=4f9c2d7e8a1b3c5d6e7f8a9b0c1d2e3f", "https://h/?q=[redacted: token 1]"),
        ("https://h/?nocache=1697040000000", "https://h/?nocache=1697040000000"),
        ("https://h/?flag", "https://h/?flag"),
        (
            "https://h/?password=a;pwd=b",
            "https://h/?password=[redacted: password 1];pwd=[redacted: password 2]",
        ),
    ],
)
def test_urls_keep_names_and_what_is_no_secret(url: str, left: str) -> None:
    assert url_without_secrets(url, Vault()) == left
    assert SecretKind.TOKEN.value == "token"


def test_a_field_of_a_form() -> None:
    vault = Vault()
    assert field_value("x", "1", vault) == "1"
    assert field_value("j_password", "hunter22", vault) == "[redacted: password 1]"
    assert field_value("code", "abc", vault) == "[redacted: token 1]"
    assert url_without_secrets("https://a.test/?token&x=1", vault) == "https://a.test/?token&x=1"


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("Set-Cookie", 'sso="abcdef-1"; Path=/', "abcdef-1"),
        ("Cookie", 'a=b; sso="abcdef-1"', "abcdef-1"),
        ("Authorization", 'Token token="abcdef-1"', "abcdef-1"),
        ("Authorization", f"Basic\t{b64('agent1001:abcdef-1')}", "abcdef-1"),
        (
            "Authorization",
            "Basic " + base64.b64encode("agent1001:p\xe9n\xe9-1".encode("latin-1")).decode(),
            "p\xe9n\xe9-1",
        ),
    ],
)
def test_what_a_header_told_is_found_elsewhere(name: str, value: str, secret: str) -> None:
    vault = Vault()
    header_value(name, value, vault)
    assert secret not in vault.sweep(f"/x/{secret}/y")
