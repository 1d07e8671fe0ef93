"""Connexion, reduced to what a double needs of it: its routing, and its hook for acting per operation."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.core.contract import Contract
from mockserver.core.paths import PathTable

with warnings.catch_warnings():
    # Connexion imports Starlette's test client and old names of jsonschema: both warn on import.
    warnings.simplefilter("ignore")
    from connexion.frameworks import starlette as starlette_paths
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import ROUTING_CONTEXT, RoutedAPI, RoutedMiddleware
    from connexion.middleware.routing import RoutingAPI, RoutingMiddleware
    from connexion.operations import AbstractOperation
    from connexion.resolver import Resolver

Operations = Mapping[str, ASGIApp]


class _OperationsAPI(RoutedAPI[Any]):
    """Hands Connexion our compiled operation for each of the spec's."""

    def __init__(self, specification: Any, *, next_app: ASGIApp, served: Operations, **kwargs: Any) -> None:
        super().__init__(specification, next_app=next_app, **kwargs)
        self._served = served
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        """The compiled operation with this id."""
        return self._served[operation.operation_id]


class _OperationsMiddleware(RoutedMiddleware[_OperationsAPI]):
    """Connexion's documented way to act per operation."""

    api_cls = _OperationsAPI


class _TextRoutingAPI(RoutingAPI):
    """Routing in which every path parameter is text.

    Connexion's own turns `type: integer` into a part of the route, so that `/labels/abc` would be an
    unknown path, where the vendor answers that the id is no number.
    """

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        plain = starlette_paths.starlettify_path(path)
        return plain, plain


class _TextRoutingMiddleware(RoutingMiddleware):
    """Connexion's routing with a table in front: Starlette tries one pattern after the other."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._known = PathTable("", ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a request to its operation; what the table does not know, Starlette refuses."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        found = self._known.find(scope["path"], scope["method"])
        if found is None:
            await super().__call__(scope, receive, send)
            return
        operation_id, scope["path_params"] = found
        routing = {"api_base_path": self._known.base_path, "operation_id": operation_id}
        scope["extensions"] = {**scope.get("extensions", {}), ROUTING_CONTEXT: routing}
        await self.app(scope, receive, send)

    def add_api(
        self, specification: Any, base_path: Any = None, arguments: Any = None, **kwargs: Any
    ) -> None:
        api = _TextRoutingAPI(
            specification, base_path=base_path, arguments=arguments, next_app=self.app, **kwargs
        )
        # A missing slash is the vendor's 404, not a redirect that Starlette makes up.
        api.router.redirect_slashes = self.router.redirect_slashes = False
        self.router.mount(api.base_path, app=api.router)
        self._known = PathTable(api.base_path, specification["paths"].items())


def routed(contract: Contract, handlers: Mapping[str, Any], served: Operations, unknown: ASGIApp) -> ASGIApp:
    """An ASGI application that leads each request to its operation, and the rest to `unknown`."""
    layers: list[Any] = [_TextRoutingMiddleware, _OperationsMiddleware]
    connexion = ConnexionMiddleware(unknown, middlewares=layers)
    resolver = Resolver(lambda name: handlers[name])
    document = {
        **contract.document,
        "paths": {path: contract.document["paths"][path] for path in contract.paths},
    }
    connexion.add_api(document, base_path=contract.base_path, resolver=resolver, served=served)
    # Connexion builds its stack on the first request; a broken spec must stop the start instead.
    connexion.app, connexion.middleware_stack = connexion._build_middleware_stack()  # noqa: SLF001
    return connexion
