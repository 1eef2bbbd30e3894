"""What the names of cipher suites say."""

import subprocess

import pytest

from analyzer.protocol.tls.suite_names import NAMES
from analyzer.protocol.tls.suites import is_offer, name_of, suite_of


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0x1301, ("", "AES", "GCM", 16, 16, "", "sha256", 0)),
        (0x1302, ("", "AES", "GCM", 32, 16, "", "sha384", 0)),
        (0x1305, ("", "AES", "CCM_8", 16, 16, "", "sha256", 0)),
        (0xCCA8, ("ECDHE_RSA", "CHACHA20", "POLY1305", 32, 0, "", "sha256", 0)),
        (0xC0A1, ("RSA", "AES", "CCM_8", 32, 16, "", "sha256", 0)),
        (0xC024, ("ECDHE_ECDSA", "AES", "CBC", 32, 16, "sha384", "sha384", 0)),
        (0x000A, ("RSA", "3DES", "CBC", 24, 8, "sha1", "sha256", 0)),
        (0x0005, ("RSA", "RC4", "", 16, 0, "sha1", "sha256", 0)),
        (0x0003, ("RSA_EXPORT", "RC4", "", 16, 0, "md5", "sha256", 5)),
        (0x0062, ("RSA_EXPORT1024", "DES", "CBC", 8, 8, "sha1", "sha256", 8)),
        (0x0009, ("RSA", "DES", "CBC", 8, 8, "sha1", "sha256", 0)),
        (0x0000, ("NULL", "NULL", "", 0, 0, "", "sha256", 0)),
        (0xC03B, ("ECDHE_PSK", "NULL", "", 0, 0, "sha384", "sha384", 0)),
    ],
)
def test_suites(code: int, told: tuple[object, ...]) -> None:
    suite = suite_of(code)
    assert suite is not None
    assert suite[1:] == told
    assert suite.name == NAMES[code] == name_of(code)


@pytest.mark.parametrize("code", [0x00FF, 0x5600, 0xC0B4, 0xC100, 0x00C6, 0xFEFE])
def test_no_suite(code: int) -> None:
    assert suite_of(code) is None


def test_an_unknown_one_is_named_by_its_number() -> None:
    assert name_of(0xFEFE) == "0xFEFE"


def test_offers() -> None:
    codes = (0x1301, 0x0A0A, 0xFAFA, 0x00FF, 0x5600, 0x0A1A)
    assert [code for code in codes if is_offer(code)] == [0x1301]


def test_names_are_those_of_tshark(tshark: str) -> None:
    run = subprocess.run([tshark, "-G", "values"], capture_output=True, text=True, check=True)
    theirs = {}
    for line in run.stdout.splitlines():
        columns = line.split("\t")
        if columns[:2] == ["V", "tls.handshake.ciphersuite"]:
            theirs[int(columns[2], 0)] = columns[3]
    assert {code: theirs[code] for code in NAMES} == NAMES
