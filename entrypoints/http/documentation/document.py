"""The OpenAPI 3.1 document and where it is served."""

import asyncio
import threading
from typing import Any

from litestar import Litestar, Request, Router
from litestar._openapi.plugin import OpenAPIPlugin
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Server
from litestar.types import Method

from entrypoints.http.documentation.reference_page import ReferencePage
from entrypoints.http.documentation.security import SECURITY_SCHEMES

DOCS_PATH = "/docs"
_one_at_a_time = threading.Lock()
_ABOUT = """Photographers, owners and sellers upload; Vitrine proves what arrived, processes it and shows it.

Bodies are camelCase JSON; unknown fields are refused, and so are parameters that are unknown or there twice. Ids are
UUIDs, times RFC 3339 in UTC. Errors are `application/problem+json` with a stable `code`; `errors` lists every
violation, each with a JSON pointer."""


def openapi_config(public_url: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Vitrine",
        version="2.0.0",
        description=_ABOUT,
        servers=[Server(url=public_url)],
        components=SECURITY_SCHEMES,
        openapi_router=Router(DOCS_PATH, route_handlers=[], include_in_schema=False, before_request=_prepare_document),
        path=DOCS_PATH,
        render_plugins=[ReferencePage(path="/"), JsonRenderPlugin(), YamlRenderPlugin()],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )


async def _prepare_document(request: Request[Any, Any, Any]) -> None:
    """Some tenths of a second of work, for whoever asks first: other requests go on meanwhile."""
    await asyncio.to_thread(_make_document, request.app)


def _make_document(app: Litestar) -> None:
    with _one_at_a_time:
        app.plugins.get(OpenAPIPlugin).provide_openapi_schema()


def _operation_id(handler: HTTPRouteHandler, _method: Method, _path: object) -> str:
    first, *rest = handler.handler_name.split("_")
    return first + "".join(word.title() for word in rest)
