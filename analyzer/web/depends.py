"""What endpoints ask for, by FastAPI's `Depends`."""

from typing import Annotated

from fastapi import Depends, Request

from .casebook import Casebook
from .services import Services


def services_of(request: Request) -> Services:
    """What the server is made of."""
    services: Services = request.app.state.services
    return services


def casebook_of(request: Request) -> Casebook:
    """What one can do with cases."""
    return services_of(request).casebook


ServicesDep = Annotated[Services, Depends(services_of)]
CasebookDep = Annotated[Casebook, Depends(casebook_of)]
