"""What is printed of a profile loads again as the same profile, whatever it holds."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from analyzer.model.profile import Profile
from analyzer.rules import profiles
from analyzer.rules.profiles import Loaded
from analyzer.rules.profiles.written import as_toml


@pytest.mark.parametrize("name", profiles.names())
def test_what_is_printed_loads_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(as_toml(profiles.read(name)), encoding="utf-8")
    assert profiles.load(str(path)) == profiles.load(name)


NODES = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=1)
PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=100)


@given(
    st.builds(
        Profile,
        name=PRINTABLE,
        title=PRINTABLE,
        ports=st.lists(st.integers(1, 65_535), max_size=3).map(tuple),
        steps=st.just(("open", "auth")),
        retired_ports=st.dictionaries(st.integers(1, 65_535).map(str), st.just("12.5"), max_size=2),
        paths=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3).map(tuple),
        resource=st.text(st.characters(exclude_categories=["Cs"])),
        auto_nodes=st.lists(NODES, max_size=9).map(tuple),
        absent_nodes=st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])), st.tuples(NODES), max_size=3
        ),
        minimum_priority=st.integers(-128, 127),
    )
)
def test_whatever_it_holds(profile: Profile) -> None:
    text = as_toml(Loaded(profile, ("mine\n.toml",), {}))
    assert all(c.isprintable() or c == "\n" for c in text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_text(text, encoding="utf-8", newline="")
        assert profiles.load(str(path)) == profile


def test_each_key_is_told_with_the_file_that_set_it() -> None:
    text = as_toml(profiles.read("finesse-15"))
    for info in fields(Profile):
        assert f"\n{info.name} = " in text or f"\n[{info.name}]\n" in text
    assert "# finesse-15 extends finesse-12.6.\n# finesse-12.6 extends finesse.\n" in text
    assert '# From: finesse-15.\nname = "finesse-15"\n' in text
    assert "# From: finesse-12.6.\nports = [8445, 5223]\n" in text
    assert "Allowed: 1 to 65535.\n" in text
    assert "# From: default.\nresource = " in as_toml(profiles.read("xmpp"))
