"""Service discovery information, as entity capabilities hash it (XEP-0115 section 5.1)."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple

from ..model.disco import VER_OCTETS, DiscoInfo
from .xml import Element, local_name, text_of

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_FORM = "{jabber:x:data}x"


class _Form(NamedTuple):
    kinds: list[str]
    """Values of its FORM_TYPE; none: it is to be passed over."""
    text: str


def disco_of(query: Element) -> DiscoInfo:
    """What a `<query/>` of disco#info says, of a request or of its answer."""
    node = query.get("node")
    if len(query) == 0:
        return DiscoInfo(node=node)
    identities: list[str] = []
    features: list[str] = []
    forms: list[_Form] = []
    for child in query:
        name = local_name(child)
        if name == "identity":
            words = (child.get(key) or "" for key in ("category", "type", _LANGUAGE, "name"))
            identities.append("/".join(words))
        elif name == "feature":
            features.append(child.get("var") or "")
        elif child.tag == _FORM:
            forms.append(_form(child))
    forms = [form for form in forms if form.kinds]
    return DiscoInfo(
        node=node,
        vers=_vers(_joined(identities) + _joined(features) + _texts(forms)),
        problem=_problem(identities, features, forms),
    )


def _problem(identities: list[str], features: list[str], forms: list[_Form]) -> str | None:
    """XEP-0115 section 5.4: what makes the whole answer ill-formed."""
    if any(len(set(form.kinds)) > 1 for form in forms):
        return "two FORM_TYPEs in a form"
    kinds = [form.kinds[0] for form in forms]
    lists = {"identity twice": identities, "feature twice": features, "form twice": kinds}
    return next((name for name, words in lists.items() if len(set(words)) < len(words)), None)


def _form(form: Element) -> _Form:
    kinds: list[str] = []
    fields: list[tuple[str, list[str]]] = []
    for field in form:
        values = [text_of(value) for value in field if local_name(value) == "value"]
        name = field.get("var") or ""
        if name != "FORM_TYPE":
            fields.append((name, values))
        elif field.get("type") == "hidden":
            kinds += values
    fields.sort(key=lambda named: named[0].encode())
    return _Form(kinds, "".join(f"{name}<{_joined(values)}" for name, values in fields))


def _texts(forms: list[_Form]) -> str:
    ordered = sorted(forms, key=lambda form: form.kinds[0].encode())
    return "".join(f"{form.kinds[0]}<{form.text}" for form in ordered)


def _joined(words: Iterable[str]) -> str:
    """In the order of their octets (RFC 4790, i;octet), each with its mark behind it."""
    return "".join(f"{word}<" for word in sorted(words, key=str.encode))


def _vers(text: str) -> dict[str, str]:
    octets = text.encode()
    return {name: b64encode(_hash(name, octets)).decode() for name in VER_OCTETS}


def _hash(name: str, octets: bytes) -> bytes:
    return hashlib.new(name.replace("-", ""), octets, usedforsecurity=False).digest()
