"""Bodies as they were before their content codings."""

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import XML_OCTETS
from analyzer.protocol.content_coding import decoded

BODY = b"<body>" + b"abc" * 100 + b"</body>"


def raw(octets: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(octets) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "octets"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("x-gzip", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw(BODY)),
        ("zstd", zstandard.ZstdCompressor().compress(BODY)),
        ("identity", BODY),
        ("gzip, identity", gzip.compress(BODY, mtime=0)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY), mtime=0)),
        ("gzip", BODY),
        ("br", b"  " + BODY),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_codings_are_undone(coding: str, octets: bytes) -> None:
    found = decoded(octets, (("Content-Encoding", coding),))
    assert found is not None
    assert found.strip() == BODY


def test_a_cut_body_gives_its_beginning() -> None:
    found = decoded(gzip.compress(BODY, mtime=0)[:-12], (("Content-Encoding", "gzip"),))
    assert found is not None
    assert BODY.startswith(found)


@pytest.mark.parametrize("coding", ["br", "gzip", "deflate", "zstd"])
def test_what_cannot_be_undone(coding: str) -> None:
    assert decoded(b"\xff\xfe\xfd\xfc", (("Content-Encoding", coding),)) is None


def test_nothing_is_nothing() -> None:
    assert decoded(b"", (("Content-Encoding", "gzip"),)) == b""
    assert decoded(b"abc", ()) == b"abc"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_what_comes_out_is_bounded(coding: str) -> None:
    large = bytes(XML_OCTETS * 3)
    octets = {
        "gzip": gzip.compress(large, mtime=0),
        "deflate": zlib.compress(large),
        "zstd": zstandard.ZstdCompressor().compress(large),
    }[coding]
    found = decoded(octets, (("Content-Encoding", coding),))
    assert found is not None
    assert len(found) == XML_OCTETS + 1


@given(st.binary(), st.lists(st.sampled_from(["gzip", "deflate", "zstd", "br"]), max_size=3))
def test_it_never_raises(octets: bytes, codings: list[str]) -> None:
    decoded(octets, (("Content-Encoding", ",".join(codings)),))
