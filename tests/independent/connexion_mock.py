"""Connexion's own mock: routing, validation and security as they come, and answers of the spec.

Our double shares Connexion's routing and nothing else with it; here Connexion validates, over `jsonschema`.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

with warnings.catch_warnings():
    # Connexion imports Starlette's test client and old names of jsonschema: both warn on import.
    warnings.simplefilter("ignore")
    from connexion import AsyncApp
    from connexion.mock import MockResolver

# Connexion looks for the functions that know credentials by these names, unless the spec names them.
SECURITY = {
    "BEARERINFO_FUNC": f"{__name__}.bearer",
    "BASICINFO_FUNC": f"{__name__}.basic",
    "APIKEYINFO_FUNC": f"{__name__}.api_key",
}
SECRET = "independent-of-duble"


def bearer(token: str) -> dict[str, Any] | None:
    """Who presents this token, None for nobody."""
    return {"sub": "tester"} if token == SECRET else None


def basic(username: str, password: str, required_scopes: Any = None) -> dict[str, Any] | None:
    """Who has this name and password."""
    return {"sub": username} if password == SECRET else None


def api_key(key: str, required_scopes: Any = None) -> dict[str, Any] | None:
    """Who presents this key."""
    return {"sub": "tester"} if key == SECRET else None


def connexion_mock(spec: Path) -> ASGIApp:
    """An application that answers every operation with an example, and refuses what breaks the spec.

    `SECURITY` must be in the environment when it is made.
    """
    # It would tell that Swagger UI is not installed, which nobody asks for here.
    logging.getLogger("connexion").setLevel(logging.ERROR)
    app = AsyncApp(__name__)
    app.add_api(spec, resolver=MockResolver(mock_all=True), strict_validation=True)
    found: ASGIApp = app
    return found
