"""What a batch consists of and what has become of it, as tables."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrypoints.cli.downloads import ORIGINAL, archive_of, items_of, rendition_urls
from entrypoints.cli.plain_tables import plain_table, shown_moment
from entrypoints.cli.sizes import shown_duration, shown_size
from entrypoints.http.listing_media.responses import (
    AssetStatusBody,
    BatchStatusBody,
    BatchSummaryBody,
    DownloadItemBody,
    DownloadsBody,
    StepBody,
)

_NARROW = 80
_COLOURS = {"READY": "green", "PROCESSED": "green", "DONE": "green", "FAILED": "red", "PROCESSING": "yellow"}


def print_assets(
    console: Console,
    status: BatchStatusBody,
    downloads: DownloadsBody | None,
    sizes: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """One line a file. In a narrow terminal what matters least goes. `sizes` are by URL, where they are known."""
    offered = {} if downloads is None else {item.asset_id: item for _, item in items_of(downloads)}
    wide = console.width >= _NARROW
    table = _table("name", *(["type", "size"] if wide else []), "status", *(["renditions"] if wide else []), "code")
    for asset in status.assets:
        item = offered.get(asset.asset_id)
        table.add_row(
            escape(asset.title or asset.filename),
            *([asset.media_type, shown_size(asset.bytes)] if wide else []),
            coloured(asset.status),
            *([_renditions(item, sizes)] if wide else []),
            asset.error.code if asset.error else "",
        )
    console.print(table)
    for asset in status.assets:
        if asset.error and asset.error.detail:
            console.print(f"  {escape(asset.filename)}: {escape(asset.error.detail)}", soft_wrap=True)
    console.print(_ending(status, downloads), soft_wrap=True)


def print_steps(console: Console, steps: Sequence[StepBody]) -> None:
    table = _table("step", "status", "done")
    for step in steps:
        table.add_row(step.name, coloured(step.status), f"{step.done:g}/{step.total}")
    console.print(table)


def print_batches(console: Console, batches: Sequence[BatchSummaryBody]) -> None:
    """Newest first, as they come."""
    wide = console.width >= _NARROW
    table = _table("batch", "reference", "status", *(["files", "size", "created"] if wide else []), "code")
    for batch in batches:
        facts = [str(batch.file_count), shown_size(batch.total_bytes), shown_moment(batch.created_at)] if wide else []
        table.add_row(
            str(batch.batch_id),
            escape(batch.batch_reference),
            coloured(batch.status),
            *facts,
            batch.failure_code or "",
        )
    console.print(table)


def coloured(status: str) -> str:
    colour = _COLOURS.get(status)
    return f"[{colour}]{status}[/{colour}]" if colour else status


def failures(assets: Sequence[AssetStatusBody]) -> int:
    return sum(asset.error is not None for asset in assets)


def _renditions(item: DownloadItemBody | None, sizes: Mapping[str, int]) -> str:
    if item is None:
        return ""
    made = {name: url for name, url in rendition_urls(item).items() if name != ORIGINAL}
    shown = [f"{name} {shown_size(sizes[url])}" if url in sizes else name for name, url in made.items()]
    return ", ".join([*shown, *(["hls"] if item.hls else [])])


def _ending(status: BatchStatusBody, downloads: DownloadsBody | None) -> str:
    batch = status.batch
    words = [f"Batch {batch.batch_id} is {coloured(batch.status)}"]
    if batch.received_at and batch.settled_at:
        words.append(f"processed in {shown_duration((batch.settled_at - batch.received_at).total_seconds())}")
    archive = None if downloads is None else archive_of(downloads)
    if archive is not None:
        words.append(f"ZIP of {shown_size(archive.bytes or 0)}")
    return ", ".join(words) + "."


def _table(*headers: str) -> Table:
    fixed = {"type", "size", "status", "batch", "created", "files"}
    return plain_table(*headers, fixed=fixed, right={"size", "files"})
