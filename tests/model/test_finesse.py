"""Calls of the Finesse REST interface are known by their path."""

from analyzer.model.finesse import asks_for_info


def test_system_info_is_asked_for_in_any_case_and_behind_any_proxy() -> None:
    assert asks_for_info("https://h:8445/finesse/api/SystemInfo")
    assert asks_for_info("https://h/outside/finesse/api/systeminfo/?nocache=1")
    assert not asks_for_info("https://h/finesse/api/User/SystemInfo2")
    assert not asks_for_info("https://h/other/systeminfo")
    assert not asks_for_info("https://[::1/finesse/api/systeminfo")
