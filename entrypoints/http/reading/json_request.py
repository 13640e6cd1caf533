"""A request whose body is read strictly: the annotation of a handler's `data` says what it must be."""

import asyncio
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.exceptions import ClientException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from domain.errors import Violation
from domain.principal import Principal
from entrypoints.reading.json_body import MalformedJson, read_json

LOG_FACTS = "log_facts"
"""Where the request log looks for what a request was about."""

_LOGGED = ("listing_id", "batch_id", "job_id")


class UnsupportedMediaType(ClientException):
    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "UNSUPPORTED_MEDIA_TYPE"


class BodyTimeout(ClientException):
    status_code = HTTPStatus.REQUEST_TIMEOUT
    code = "BODY_TIMEOUT"


class BodyIncomplete(ClientException):
    code = "BODY_INCOMPLETE"


class BodyTooLarge(ClientException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "REQUEST_ENTITY_TOO_LARGE"


class JsonRequest(Request[Principal, None, State]):
    """Litestar calls `json` for `data`, and leaves the Struct that it gets as it is."""

    @property
    def media_type(self) -> str:
        """Of its body, without parameters; who says nothing sends JSON."""
        return self.headers.get("content-type", MediaType.JSON.value).partition(";")[0].strip().lower()

    async def raw_body(self) -> bytes:
        """The bytes as they came; may be called again. Raises BodyTimeout, BodyIncomplete, BodyTooLarge."""
        try:
            async with asyncio.timeout(self.app.state.body_timeout):
                return await super().body()
        except TimeoutError as error:
            raise BodyTimeout(detail="the body did not arrive in time") from error
        except RequestEntityTooLarge as error:
            limit = self.route_handler.resolve_request_max_body_size()
            raise BodyTooLarge(detail=f"a body may have {limit} bytes at most") from error
        except InternalServerException as error:
            raise BodyIncomplete(detail="the request ended before its body did") from error

    async def body(self) -> bytes:
        body = await self.raw_body()
        if not body and self.route_handler.parsed_data_field is not None:
            # Litestar would hold an empty body for an argument that the caller forgot.
            raise MalformedJson("the body is empty")
        return body

    async def json(self) -> Any:
        field = self.route_handler.parsed_data_field
        assert field is not None
        if self.media_type != MediaType.JSON:
            raise UnsupportedMediaType(detail="this takes application/json")
        body = read_json(await self.body(), field.annotation, self.further_violations)
        self.scope["state"][LOG_FACTS] = {name: getattr(body, name) for name in _LOGGED if getattr(body, name, None)}
        return body

    def further_violations(self, _body: Any, _found: Sequence[Violation]) -> Iterator[Violation]:
        """For a subclass to name broken rules beside a broken structure."""
        return iter(())
