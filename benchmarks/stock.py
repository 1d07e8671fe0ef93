"""Stock Connexion as its documentation has it: the same spec, a handler that answers the documented 200."""

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from connexion import AsyncApp, FlaskApp
from connexion.apps.abstract import AbstractApp
from connexion.resolver import Resolver
from starlette.types import ASGIApp

from benchmarks.workload import CREDENTIAL, documented_answer

SPEC = Path(__file__).parents[1] / "specs" / "persat.yaml"


def token_info(token: str) -> dict[str, Any] | None:
    """Connexion's hook for bearer tokens: who presents this one, None for nobody."""
    return {"sub": "benchmark"} if token == CREDENTIAL else None


def cancel(wo_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """FlaskApp's handler: no state to change."""
    if not body["cause"]:
        raise ValueError(body)
    return documented_answer(wo_id)


async def cancel_async(wo_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """AsyncApp's handler: the same."""
    return cancel(wo_id, body)


def flask_app(*, validate_responses: bool = False) -> ASGIApp:
    """`connexion.FlaskApp`: WSGI behind Connexion's own ASGI middleware."""
    return _with_spec(FlaskApp(__name__), cancel, validate_responses)


def async_app(*, validate_responses: bool = False) -> ASGIApp:
    """`connexion.AsyncApp`: ASGI throughout."""
    return _with_spec(AsyncApp(__name__), cancel_async, validate_responses)


def _with_spec(app: AbstractApp, handler: Callable[..., Any], validate_responses: bool) -> ASGIApp:
    # It would tell that Swagger UI is not installed, which nobody asks for here.
    logging.getLogger("connexion").setLevel(logging.ERROR)
    os.environ["BEARERINFO_FUNC"] = f"{__name__}.{token_info.__name__}"
    app.add_api(
        SPEC,
        resolver=Resolver(partial(_function_for, handler)),
        resolver_error=501,
        validate_responses=validate_responses,
    )
    return app


def _function_for(handler: Callable[..., Any], operation_id: str) -> Callable[..., Any]:
    if operation_id != "cancel_work_order":
        raise ValueError(f"{operation_id} is not measured")
    return handler
