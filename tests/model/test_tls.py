"""What encrypted records make of a connection."""

from analyzer.model.tls import Cadence


def test_a_stream_of_stanzas_shows_by_its_rhythm() -> None:
    assert not Cadence().is_live
    assert not Cadence(messages=3).is_live
    assert Cadence(messages=4).is_live
    assert Cadence(pings=1).is_live
    assert Cadence(unasked=1).is_live
