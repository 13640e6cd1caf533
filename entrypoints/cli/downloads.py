"""Finds one's way in what a batch has to offer."""

from collections.abc import Iterator

from entrypoints.http.listing_media.responses import DownloadBody, DownloadItemBody, DownloadsBody

ORIGINAL = "original"
_ZIP = "ZIP_FULL"


def archive_of(downloads: DownloadsBody) -> DownloadBody | None:
    """The ZIP of the originals, where there is one."""
    return next((download for download in downloads.downloads if download.type == _ZIP), None)


def items_of(downloads: DownloadsBody) -> Iterator[tuple[str, DownloadItemBody]]:
    """Every item with its media type."""
    for download in downloads.downloads:
        for item in download.items or ():
            yield download.type, item


def rendition_urls(item: DownloadItemBody) -> dict[str, str]:
    """Every file of an item by name; its playlist is no file."""
    videos = {f"mp4-{height}": url for height, url in (item.mp4 or {}).items()}
    return {**(item.renditions or {}), **videos}
