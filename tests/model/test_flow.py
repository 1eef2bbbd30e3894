"""An endpoint is written as a URL would."""

from analyzer.model.flow import Endpoint


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert str(Endpoint("10.0.0.1", 8445)) == "10.0.0.1:8445"
    assert str(Endpoint("::1", 8445)) == "[::1]:8445"
