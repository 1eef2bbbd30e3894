"""What the web refuses, and why: told as RFC 9457 to programs, and in words to people."""

from enum import StrEnum


class ProblemCode(StrEnum):
    """Every refusal there is; pages say what to do about each."""

    NO_FILE = "no-file"
    EMPTY_FILE = "empty-file"
    NOT_A_CAPTURE = "not-a-capture"
    TOO_LARGE = "too-large"
    TOO_MANY_FILES = "too-many-files"
    CUT_OFF = "cut-off"
    """The connection ended before the upload did."""
    BAD_FORM = "bad-form"
    """The body is no form as RFC 7578 has it, or a field of it is wrong."""
    BAD_VALUE = "bad-value"
    QUEUE_FULL = "queue-full"
    DISK_FULL = "disk-full"
    NOT_FOUND = "not-found"
    NOT_READY = "not-ready"
    """There is no result yet."""
    NO_RESULT = "no-result"
    """There will be none: the analysis failed."""
    NOT_KEPT = "not-kept"
    """What is asked for was not kept."""
    CONFLICT = "conflict"
    KEY_REUSED = "key-reused"
    """An idempotency key that was used for something else."""
    SIGN_IN = "sign-in"
    WRONG_TOKEN = "wrong-token"  # noqa: S105 - the name of a refusal
    WRONG_HOST = "wrong-host"
    CROSS_SITE = "cross-site"
    CSRF = "csrf"
    TOO_OFTEN = "too-often"
    RENDERING = "rendering"
    """The report could not be written in this format."""
    METHOD = "method"
    FAULT = "fault"


STATUS = {
    ProblemCode.NO_FILE: 422,
    ProblemCode.EMPTY_FILE: 422,
    ProblemCode.NOT_A_CAPTURE: 415,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.TOO_MANY_FILES: 413,
    ProblemCode.CUT_OFF: 400,
    ProblemCode.BAD_FORM: 400,
    ProblemCode.BAD_VALUE: 422,
    ProblemCode.QUEUE_FULL: 503,
    ProblemCode.DISK_FULL: 507,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.NOT_READY: 409,
    ProblemCode.NO_RESULT: 409,
    ProblemCode.NOT_KEPT: 410,
    ProblemCode.CONFLICT: 409,
    ProblemCode.KEY_REUSED: 422,
    ProblemCode.SIGN_IN: 401,
    ProblemCode.WRONG_TOKEN: 401,
    ProblemCode.WRONG_HOST: 421,
    ProblemCode.CROSS_SITE: 403,
    ProblemCode.CSRF: 403,
    ProblemCode.TOO_OFTEN: 429,
    ProblemCode.RENDERING: 500,
    ProblemCode.METHOD: 405,
    ProblemCode.FAULT: 500,
}
"""Status of the answer (RFC 9110 section 15)."""


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """
    A request that is refused.

    Attributes:
        code: Which refusal.
        detail: What exactly, in English, of our words only; may be empty.
        values: What the sentence of the page is filled with: a name, a limit.
        retry_s: When to try again; None if that would not help.
    """

    def __init__(
        self,
        code: ProblemCode,
        detail: str = "",
        *,
        retry_s: int | None = None,
        **values: str | int,
    ) -> None:
        """As of the attributes."""
        super().__init__(code.value, detail)
        self.code = code
        self.detail = detail
        self.retry_s = retry_s
        self.values = values

    @property
    def status(self) -> int:
        """Of the answer."""
        return STATUS[self.code]
