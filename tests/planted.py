"""A HAR in which secrets of all kinds stand wherever a HAR can hold one, and a search for them."""

import base64
import html
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

STARTED = "2026-11-20T20:44:38.796Z"
TIME = 1_795_207_479.5

Har = dict[str, Any]

SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def xml(text: str) -> str:
    return html.escape(text)


def jwt(text: str) -> str:
    """A token whose claims hold the text."""
    parts = [{"alg": "RS256"}, {"sub": "x", "exp": 1_795_300_000, "jti": text}]
    coded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join([*coded, f"sig{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"])


def http(url: str = "https://desk.example.test/x", **more: Any) -> Har:
    """An entry as Chrome writes it, with changes to its request, its response, and itself."""
    request = {
        "method": "POST",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": 0,
        **more.pop("request", {}),
    }
    response = {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "text/plain"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        **more.pop("response", {}),
    }
    return {
        "startedDateTime": STARTED,
        "time": 12.5,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0.5, "wait": 2, "receive": 10},
        **more,
    }


def header(name: str, value: str, side: str = "request") -> Har:
    message: Har = {"headers": [{"name": name, "value": value}]}
    return http(request=message) if side == "request" else http(response=message)


def sent(kind: str, text: str, **more: Any) -> Har:
    return http(request={"postData": {"mimeType": kind, "text": text, **more}})


def got(kind: str, text: str, **more: Any) -> Har:
    return http(response={"content": {"size": len(text), "mimeType": kind, "text": text, **more}})


def row(text: str, kind: str = "send", opcode: int = 1) -> Har:
    return {"type": kind, "time": TIME, "opcode": opcode, "data": text}


def socket(*rows: Har) -> Har:
    entry = http("wss://finesse.example.test:8445/ws/", _resourceType="websocket")
    entry["response"]["status"] = 101
    return {**entry, "_webSocketMessages": list(rows)}


def bosh(text: str, side: str = "request") -> Har:
    body = f"<body rid='1' sid='x' xmlns='http://jabber.org/protocol/httpbind'>{text}</body>"
    place = {"request": "postData", "response": "content"}[side]
    held = {"mimeType": "text/xml; charset=utf-8", "text": body, "size": len(body)}
    return http("https://finesse.example.test:7443/http-bind/", **{side: {place: held}})


def auth(mechanism: str, message: str) -> str:
    return f"<auth {SASL} mechanism='{mechanism}'>{b64(message)}</auth>"


def in_parts(text: str) -> list[Har]:
    third = len(text) // 3
    return [row(text[:third]), row(text[third : 2 * third]), row(text[2 * third :])]


def event(text: str) -> str:
    return (
        "<message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        "<items node='/finesse/api/User/1001'><item id='1'><notification>"
        f"{xml(text)}</notification></item></items></event></message>"
    )


def multipart(secret: str) -> str:
    return (
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n' + secret + "\r\n--b--\r\n"
    )


class Place(NamedTuple):
    """Where a secret stands; `hard`: any letters may be in it."""

    name: str
    entry: Callable[[str], Har]
    hard: bool = True


ISSUER = '{"pass":1}'

SECRETS = (
    Place("Basic", lambda s: header("Authorization", f"Basic {b64('agent1001:' + s)}")),
    Place("Bearer", lambda s: header("authorization", f"Bearer {s}"), hard=False),
    Place("proxy", lambda s: header("Proxy-Authorization", f"Basic {b64('p:' + s)}")),
    Place(
        "Digest", lambda s: header("Authorization", f'Digest username="a", response="{s}"'), False
    ),
    Place("Cookie", lambda s: header("Cookie", f"theme=dark; JSESSIONID={s}"), hard=False),
    Place("Set-Cookie", lambda s: header("Set-Cookie", f"sso={s}; Path=/", "response"), hard=False),
    Place("API key", lambda s: header("X-Api-Key", s), hard=False),
    Place("CSRF token", lambda s: header("X-CSRF-Token", s), hard=False),
    Place("subprotocol", lambda s: header("Sec-WebSocket-Protocol", f"xmpp, {s}"), hard=False),
    Place("Referer", lambda s: header("Referer", f"https://a.test/?access_token={quote(s)}")),
    Place("Location", lambda s: header("Location", f"/?code={quote(s)}&state=1", "response")),
    Place("pair", lambda s: http(request={"headers": [["Authorization", f"Bearer {s}"]]}), False),
    Place("cookies", lambda s: http(request={"cookies": [{"name": "a", "value": s}]})),
    Place("cookies set", lambda s: http(response={"cookies": [{"name": "a", "value": s}]})),
    Place("query", lambda s: http(f"https://a.test/?x=1&authToken={quote(s)}")),
    Place("form in query", lambda s: http(f"https://a.test/?password={quote_plus(s)}#top")),
    Place("fragment", lambda s: http(f"https://a.test/#access_token={quote(s)}&x=1")),
    Place("userinfo", lambda s: http(f"https://agent:{quote(s)}@a.test/")),
    Place("path", lambda s: http(f"https://a.test/desktop;jsessionid={s}?x=1"), hard=False),
    Place(
        "queryString",
        lambda s: http(request={"queryString": [{"name": "access_token", "value": s}]}),
    ),
    Place(
        "params",
        lambda s: sent(
            "application/x-www-form-urlencoded", "", params=[{"name": "pwd", "value": s}]
        ),
    ),
    Place(
        "form",
        lambda s: sent("application/x-www-form-urlencoded", f"u=1&j_password={quote_plus(s)}"),
    ),
    Place(
        "SAML", lambda s: sent("application/x-www-form-urlencoded", f"SAMLResponse={quote(b64(s))}")
    ),
    Place("JSON", lambda s: sent("application/json", json.dumps({"u": 1, "password": s}))),
    Place(
        "JSON below", lambda s: sent("application/json", json.dumps({"credentials": {"x": [s]}}))
    ),
    Place("XML", lambda s: sent("text/xml", f"<l><password>{xml(s)}</password></l>")),
    Place("multipart", lambda s: sent("multipart/form-data; boundary=b", multipart(s)), hard=False),
    Place("SOAP", lambda s: sent("application/soap+xml", f"<a:Password>{xml(s)}</a:Password>")),
    Place("untyped", lambda s: sent("", json.dumps({"refresh_token": s}))),
    Place("answer", lambda s: got("application/json", json.dumps({"access_token": s}, indent=2))),
    Place(
        "answer in base64",
        lambda s: got("application/json", b64(json.dumps({"token": s})), encoding="base64"),
    ),
    Place("answer XML", lambda s: got("application/xml", f"<t><token>{xml(s)}</token></t>")),
    Place("page", lambda s: got("text/html", f"<input name='x' value='{xml(s)}'>")),
    Place("script", lambda s: got("text/javascript", f"var x = {json.dumps(s)}")),
    Place("image", lambda s: got("image/png", b64(s), encoding="base64")),
    Place("redirect", lambda s: http(response={"redirectURL": f"/?ticket={quote(s)}"})),
    Place("error", lambda s: http(response={"_error": f"failed: /a?token={quote(s)}"})),
    Place("BOSH PLAIN", lambda s: bosh(auth("PLAIN", f"\0agent1001\0{s}"))),
    Place("BOSH response", lambda s: bosh(f"<response {SASL}>{b64('c=biws,r=' + s)}</response>")),
    Place(
        "BOSH challenge",
        lambda s: bosh(f"<challenge {SASL}>{b64('r=' + s)}</challenge>", "response"),
    ),
    Place("BOSH answer", lambda s: bosh(event(f"<password>{xml(s)}</password>"), "response")),
    Place("WS PLAIN", lambda s: socket(row(auth("PLAIN", f"\0agent1001\0{s}")))),
    Place("WS PLAIN misplaced", lambda s: socket(row(auth("PLAIN", f"\0{s}")))),
    Place(
        "WS OAUTHBEARER",
        lambda s: socket(row(auth("OAUTHBEARER", f"n,a=u,\1auth=Bearer {s}\1\1"))),
        False,
    ),
    Place("WS JWT", lambda s: socket(row(auth("OAUTHBEARER", f"n,,\1auth=Bearer {jwt(s)}\1\1")))),
    Place("WS SCRAM", lambda s: socket(row(auth("SCRAM-SHA-1", f"n,,n=u,r={s}")))),
    Place(
        "WS proof", lambda s: socket(row(f"<response {SASL}>{b64('c=biws,r=1,p=' + s)}</response>"))
    ),
    Place("WS in parts", lambda s: socket(*in_parts(auth("PLAIN", f"\0agent1001\0{s}")))),
    Place("WS binary", lambda s: socket(row(b64(auth("PLAIN", f"\0u\0{s}")), opcode=2))),
    Place(
        "WS iq:auth",
        lambda s: socket(
            row(f"<iq><query xmlns='jabber:iq:auth'><password>{xml(s)}</password></query></iq>")
        ),
    ),
    Place("WS escaped", lambda s: socket(row(event(f"<password>{xml(s)}</password>"), "receive"))),
    Place("WS JSON", lambda s: socket(row(event(json.dumps({"apiKey": s})), "receive"))),
    Place("WS JWT told", lambda s: socket(row(event(f"<data>{jwt(s)}</data>"), "receive"))),
    Place("WS chat", lambda s: socket(row(json.dumps({"op": "hello", "sessionToken": s})))),
    Place("WS error", lambda s: socket(row(f"failed /?token={quote(s)}", "error", -1))),
    Place(
        "SSE",
        lambda s: http(
            _eventSourceMessages=[
                {"time": 1.5, "eventName": "m", "eventId": "1", "data": json.dumps({"token": s})}
            ]
        ),
    ),
    Place(
        "stack",
        lambda s: http(
            _initiator={
                "type": "script",
                "stack": {
                    "callFrames": [
                        {"url": f"https://a.test/a.js?token={quote(s)}", "lineNumber": 1}
                    ]
                },
            }
        ),
    ),
    Place("unknown", lambda s: http(_mine={"authToken": s})),
    Place("unknown below", lambda s: http(_mine={"deep": [{"clientSecret": s}]})),
    Place("comment", lambda s: http(comment=f"login with password={quote(s)}")),
    Place("key log", lambda s: http(comment=f"CLIENT_RANDOM {'ab' * 32} {s.encode().hex():0>32}")),
    Place(
        "private key",
        lambda s: http(comment=f"-----BEGIN PRIVATE KEY-----\n{b64(s)}\n-----END PRIVATE KEY-----"),
    ),
    # Told by nothing but that the same stands elsewhere, further on.
    Place("early", lambda s: http(comment=f"see {s} there", response={"statusText": s})),
    Place("early, coded", lambda s: http(_a=[s.encode().hex(), b64(s), quote(s), {s: 1}])),
)
"""Passwords, tokens, cookies, keys: what `--redact secrets` takes out."""

LATE = Place("late", lambda s: sent("application/json", json.dumps({"password": s})))

PEOPLE = (
    Place("JID", lambda s: socket(row(f"<iq to='{s}@finesse.example.test/desktop'/>")), hard=False),
    Place("PLAIN", lambda s: socket(row(auth("PLAIN", f"\0{s}\0pw")))),
    Place("BOSH PLAIN", lambda s: bosh(auth("PLAIN", f"\0{s}\0pw"))),
    Place("REST", lambda s: http(f"https://a.test/finesse/api/User/{s}/Dialogs"), hard=False),
    Place("name", lambda s: socket(row(event(f"<firstName>{xml(s)}</firstName>"), "receive"))),
    Place(
        "call", lambda s: socket(row(event(f"<callVariable1>{xml(s)}</callVariable1>"), "receive"))
    ),
    Place("JSON", lambda s: got("application/json", json.dumps({"lastName": s}))),
    Place("page", lambda s: got("text/html", f"<p>{xml(s)}</p>")),
    Place("chat", lambda s: socket(row(f"<message><body>{xml(s)}</body></message>"))),
    Place("form", lambda s: sent("application/x-www-form-urlencoded", f"userId={quote_plus(s)}")),
    Place("mail", lambda s: http(comment=f"mailto:{s}@example.test"), hard=False),
)
"""What `--redact all` takes out besides."""

NUMBERS = (
    Place("from", lambda s: socket(row(event(f"<fromAddress>{s}</fromAddress>"), "receive"))),
    Place("dialed", lambda s: bosh(event(f"<dialedNumber>{s}</dialedNumber>"), "response")),
    Place("tel", lambda s: http(comment=f"tel:{s}")),
    Place("E.164", lambda s: http(comment=f"call +{s} back")),
)


def har_of(entries: list[Har]) -> Har:
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "WebInspector", "version": "537.36"},
            "pages": [],
            "entries": entries,
        }
    }


def planted(places: tuple[Place, ...], rounds: int) -> tuple[Har, dict[str, str]]:
    """A HAR with a secret of its own at each place, `rounds` times, and secret → place."""
    entries, secrets = [], {}
    late = []
    for turn in range(rounds):
        for number, place in enumerate(places):
            hard = HARD[turn % len(HARD)] if place.hard else ""
            secret = f"Kan{turn:02}x{number:02}{hard}Vogel"
            secrets[secret] = place.name
            entries.append(place.entry(secret))
            if place.name.startswith("early"):
                late.append(LATE.entry(secret))
    return har_of(entries + late), secrets


HARD = ("", '"&<', "/+=%", "é Ω", "\\'>", "🦜;")
"""Letters that every encoding writes in its own way."""


def leaks(text: str, secrets: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Place and form of every secret that is in a text in any of the forms it may take."""
    for secret, place in secrets.items():
        for form, written in _forms(secret):
            if written in text:
                yield place, form


def _forms(secret: str) -> Iterator[tuple[str, str]]:
    octets = secret.encode()
    yield from (("raw", secret), ("hex", octets.hex()), ("URL", quote(secret, safe="")))
    yield from (("form", quote_plus(secret)), ("JSON", json.dumps(secret)[1:-1]))
    yield ("JSON, UTF-8", json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (("XML", html.escape(secret)), ("XML twice", html.escape(html.escape(secret))))
    yield ("JSON of XML", json.dumps(html.escape(secret), ensure_ascii=False)[1:-1])
    for before in range(3):
        # Whatever stands before and behind: only whole groups of three octets.
        coded = base64.b64encode(b"\0" * before + octets).decode()
        core = coded[4 if before else 0 : -4]
        if len(core) < 8:
            continue  # so few letters stand anywhere
        yield from (("base64", core), ("base64url", core.translate(str.maketrans("+/", "-_"))))
