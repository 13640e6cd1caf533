"""The API for people: one static page made here, so that it needs neither a CDN nor scripts."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

_METHODS = ("get", "put", "post", "patch", "delete")
_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid var(--line); padding: .5rem 0; }
h3 code { font-size: 1rem; } h3 b { text-transform: uppercase; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .25rem; font-size: .85rem; }
table { border-collapse: collapse; } td { padding: .1rem .75rem .1rem 0; vertical-align: top; }
"""


class ReferencePage(OpenAPIRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - Litestar calls it so
        return "".join(_page(openapi_schema)).encode()


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{_prose(info['description'])}</p>"
    yield '<p>For programs: <a href="/docs/openapi.json">openapi.json</a>, '
    yield '<a href="/docs/openapi.yaml">openapi.yaml</a></p>'
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield from _operation(method, path, item[method])


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<section id="{escape(operation["operationId"])}"><h3><b>{method}</b> <code>{escape(path)}</code></h3>'
    yield f"<p><strong>{escape(operation['summary'])}.</strong> {_prose(operation.get('description', ''))}</p>"
    yield f"<p>Needs: {escape(_needs(operation))}</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield f"<table>{''.join(_parameter(parameter) for parameter in parameters)}</table>"
    if "requestBody" in operation:
        yield from _content("Request", operation["requestBody"]["content"])
    for status, answer in sorted(operation["responses"].items()):
        yield f"<h4>{status} {_prose(answer['description'])}</h4>"
        if int(status) < 400:  # noqa: PLR2004 - successes show their bodies, problems look all the same
            yield from _content("", answer.get("content", {}))
    yield "</section>"


def _needs(operation: Mapping[str, Any]) -> str:
    schemes = [name for requirement in operation.get("security", []) for name in requirement]
    return ", ".join(schemes) or "nothing"


def _parameter(parameter: Mapping[str, Any]) -> str:
    required = "required" if parameter.get("required") else ""
    about = _prose(parameter.get("description", ""))
    return f"<tr><td><code>{escape(parameter['name'])}</code><td>{parameter['in']}<td>{required}<td>{about}</tr>"


def _content(title: str, content: Mapping[str, Any]) -> Iterator[str]:
    for media_type, body in content.items():
        for example in _examples(body):
            text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
            yield f"<p>{title} <code>{escape(media_type)}</code></p><pre>{escape(text)}</pre>"


def _examples(body: Mapping[str, Any]) -> list[Any]:
    """Those of an answer stand beside its schema, those of a request within."""
    return [example["value"] for example in body.get("examples", {}).values()] or body["schema"].get("examples", [])


def _prose(text: str) -> str:
    """Markdown as far as our descriptions use it: paragraphs and code."""
    parts = escape(text).replace("\n\n", "<p>").split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
