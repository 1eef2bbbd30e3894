"""What an entity says that it can do (XEP-0030, XEP-0115)."""

from msgspec import Struct

VER_OCTETS = {"md5": 16, "sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Hash function, as `hash` of capabilities names it → octets of its hash (IANA registry)."""


class DiscoInfo(Struct, frozen=True, kw_only=True, gc=False):
    """
    A question for what an entity can do, or its answer (XEP-0030 section 3).

    Attributes:
        node: As sent.
        vers: Hash function → `ver` of capabilities that say the same (XEP-0115 section 5.1); empty
            for a question.
        problem: What makes it ill-formed (XEP-0115 section 5.4): "feature twice", …; None if
            nothing does.
    """

    node: str | None = None
    vers: dict[str, str] = {}
    problem: str | None = None
