import pytest
from msgspec.structs import replace

from analyzer.model.profile import Profile

ANY = Profile(name="p", title="P", ports=(8445, 7443), steps=("open",))


def test_retired_ports_are_followed_once() -> None:
    old = replace(ANY, retired_ports={"7443": "12.6", "7071": "12.5"})
    assert old.followed_ports == (8445, 7443, 7071)


@pytest.mark.parametrize(
    ("own", "other", "before"),
    [
        ("12.5", "12.6", True),
        ("12.6", "12.6", False),
        ("9.1", "12.6", True),
        ("15.0", "12.6", False),
        ("", "12.6", False),
    ],
)
def test_which_release_is_older(own: str, other: str, *, before: bool) -> None:
    assert replace(ANY, release=own).is_before(other) is before


def test_what_carries_it() -> None:
    assert ANY.accepts("bosh")
    assert replace(ANY, carriers=()).accepts("bosh")
    assert not replace(ANY, carriers=("websocket",)).accepts("bosh")
