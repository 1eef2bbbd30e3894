import pytest

import analyzer
from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.version import __version__


def test_the_package_offers_what_it_names() -> None:
    assert analyzer.analyze is analyze
    assert analyzer.Report is Report
    assert analyzer.__version__ == __version__
    assert sorted(analyzer.__all__) == ["Report", "__version__", "analyze"]


def test_and_nothing_else() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        analyzer.nonsense  # noqa: B018
