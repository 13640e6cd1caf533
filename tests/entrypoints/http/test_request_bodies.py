"""Types of bodies and of query strings are taken apart when the first request comes: that they can be is seen here."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import msgspec
import pytest
from litestar.routes import HTTPRoute

from entrypoints import http
from entrypoints.reading.json_body import read_plain
from tests.entrypoints.http.api import CALLBACKS, shared_app


def bodies() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """What the handlers of all routes take as `data`, unless they read the request themselves."""
    for route in shared_app().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if handler.parsed_data_field is not None:
                yield f"{sorted(handler.http_methods)} {route.path}", handler.parsed_data_field.annotation


def parameters() -> list[type[msgspec.Struct]]:
    """What query strings are read as: `AdsParameters` and its like."""
    modules = [import_module(found.name) for found in pkgutil.walk_packages(http.__path__, f"{http.__name__}.")]
    types = {member for module in modules for name, member in vars(module).items() if name.endswith("Parameters")}
    return sorted(types, key=lambda each: (each.__module__, each.__name__))


def test_every_body_can_be_decoded() -> None:
    routes = dict(bodies())

    assert len(routes) > 15
    for route, annotation in routes.items():
        assert issubclass(annotation, msgspec.Struct), route
        try:
            msgspec.json.Decoder(annotation)
        except TypeError as error:
            error.add_note(route)
            raise


def test_no_body_takes_fields_that_it_does_not_know() -> None:
    lenient = {route for route, annotation in bodies() if not annotation.__struct_config__.forbid_unknown_fields}

    # Pipelines may say more of their reports than we read.
    assert {route.partition(" ")[2] for route in lenient} <= {CALLBACKS}


@pytest.mark.parametrize("expected", parameters(), ids=lambda each: each.__name__)
def test_every_query_string_can_be_read(expected: type[msgspec.Struct]) -> None:
    values: dict[str, Any] = dict.fromkeys(field.encode_name for field in msgspec.structs.fields(expected))
    required = any(field.required for field in msgspec.structs.fields(expected))

    if required:
        with pytest.raises(Exception, match="breaks rules"):
            read_plain(values, expected)
    else:
        assert isinstance(read_plain(values, expected), expected)
