from analyzer.report.language.words import LANGUAGES
from analyzer.version import __version__
from analyzer.web.api.routes import document

from .conftest import Api


def test_the_server_says_what_it_knows(api: Api) -> None:
    told = api.get("/version").json()
    assert (told["name"], told["version"]) == ("stanzascope", __version__)
    assert told["profiles"][0] == "finesse"
    assert told["languages"] == LANGUAGES
    assert {"html", "md", "zip"} <= set(told["formats"])
    assert told["comparison_formats"] == ["html", "json", "text", "md"]
    assert told["limits"] == {"max_file": 2 << 30, "max_case": 4 << 30, "max_files": 100}


def test_the_server_describes_its_api(api: Api) -> None:
    assert api.get("/openapi.json").json() == document()
