"""Media of the library on a terminal. Their names are anybody's: none may steer the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrypoints.cli.plain_tables import facts_table, keep_rows_whole, plain_table, shown_moment
from entrypoints.cli.printable import printable
from entrypoints.cli.sizes import shown_duration, shown_size
from entrypoints.cli.tables import coloured
from entrypoints.http.media.responses import DeletionForecastBody, MediaBody, MediaDetailBody, UsageBody

_WIDE = 110


def print_library(console: Console, media: Sequence[MediaBody]) -> None:
    """As they come. In a narrow terminal what matters least goes; into a pipe each media is one line."""
    keep_rows_whole(console)
    wide = console.width >= _WIDE
    table = _table("id", "name", *(["kind", "folder", "type"] if wide else []), "size", "status", "uses")
    for each in media:
        table.add_row(
            str(each.media_id),
            _text(each.original_name),
            *([each.kind, _text(each.folder), each.mime_type] if wide else []),
            shown_size(each.bytes),
            _state(each),
            str(each.usage_count),
        )
    console.print(table)


def print_media(console: Console, media: MediaDetailBody, usages: Sequence[UsageBody]) -> None:
    """URLs are lines of their own, so that they can be copied."""
    facts = {
        "id": str(media.media_id),
        "name": media.original_name,
        "status": _state(media),
        "kind": media.kind,
        "type": media.mime_type,
        "size": f"{shown_size(media.bytes)} ({media.bytes} bytes)",
        "looks": _looks(media),
        "folder": media.folder,
        "alt text": media.alt_text,
        "description": media.description,
        "checksum": media.checksum,
        "uploaded by": str(media.uploaded_by),
        "created": shown_moment(media.created_at),
        "error": media.error and f"{media.error.code}: {media.error.detail}",
        "quarantined": media.quarantined_at and shown_moment(media.quarantined_at),
    }
    console.print(
        facts_table({name: fact if name == "status" else _text(fact) for name, fact in facts.items() if fact})
    )
    if media.variants:
        variants = _table("variant", "type", "size", "picture")
        for each in media.variants:
            picture = f"{each.width} x {each.height}" if each.width and each.height else ""
            variants.add_row(each.name, each.content_type, shown_size(each.bytes), picture)
        console.print()
        console.print(variants)
    if media.url is not None:
        console.print(f"\n{_text(media.url)}", soft_wrap=True)
    console.print()
    print_usages(console, usages)


def print_usages(console: Console, usages: Sequence[UsageBody]) -> None:
    if not usages:
        console.print("Nothing uses it.")
        return
    table = _table("used as", "by", "since", "")
    for usage in usages:
        keeps = "keeps it from being deleted" if usage.protected else ""
        table.add_row(usage.entity_type, str(usage.entity_id), shown_moment(usage.since), keeps)
    console.print(table)


def print_forecast(console: Console, media: MediaBody, forecast: DeletionForecastBody) -> None:
    name = f"{_text(media.original_name)} ({media.media_id})"
    if forecast.allowed:
        ends = f", and out of {len(forecast.detached)} that use it" if forecast.detached else ""
        console.print(f"{name} would go{ends}.", soft_wrap=True)
    else:
        console.print(f"{name} [red]must stay[/red]:", soft_wrap=True)
    for use in forecast.detached if forecast.allowed else forecast.blockers:
        console.print(f"  {use.entity_type} {use.entity_id}, since {shown_moment(use.since)}", soft_wrap=True)


def _state(media: MediaBody) -> str:
    if media.quarantined_at:
        return f"{coloured(media.status)} [red]QUARANTINED[/red]"
    return f"{coloured(media.status)} {escape(media.error.code)}" if media.error else coloured(media.status)


def _looks(media: MediaBody) -> str | None:
    facts = media.metadata
    if facts is None:
        return None
    said = [
        f"{facts.width} x {facts.height}" if facts.width and facts.height else None,
        shown_duration(facts.duration_seconds) if facts.duration_seconds else None,
        facts.codec,
        f"{facts.pages} pages" if facts.pages else None,
        facts.dominant_color,
    ]
    return ", ".join(word for word in said if word)


def _text(text: str) -> str:
    return escape(printable(text))


def _table(*headers: str) -> Table:
    return plain_table(*headers, fixed={*headers} - {"name", "folder"}, right={"size", "uses"})
