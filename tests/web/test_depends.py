"""Endpoints find the server's parts."""

from fastapi import FastAPI, Request

from analyzer.web.depends import casebook_of, services_of
from analyzer.web.services import Services
from analyzer.web.stores import Stores


def test_an_endpoint_finds_what_the_server_is_made_of(stores: Stores) -> None:
    app = FastAPI()
    app.state.services = Services(stores)
    request = Request({"type": "http", "app": app})
    assert services_of(request) is app.state.services
    assert casebook_of(request) is app.state.services.casebook
