"""Where downloads go: below the chosen folder, whatever the files are called."""

from collections.abc import Collection
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from domain.batches.object_keys import safe_name
from entrypoints.cli.downloads import ORIGINAL, archive_of, items_of, rendition_urls
from entrypoints.cli.fetching import Wanted
from entrypoints.http.listing_media.responses import DownloadItemBody, DownloadsBody

_LONGEST_STEM = 60


def wanted_files(downloads: DownloadsBody, folder: Path, renditions: Collection[str] = ()) -> list[Wanted]:
    """`<folder>/photo-vertical/001-kitchen.jpg`, and `001-kitchen.medium.jpg` beside it. No `renditions` means all."""
    return [
        Wanted(url=url, path=_path(folder, media_type, item, rendition, url))
        for media_type, item in items_of(downloads)
        for rendition, url in rendition_urls(item).items()
        if not renditions or rendition in renditions
    ]


def archive_file(downloads: DownloadsBody, path: Path) -> Wanted | None:
    """The ZIP, where there is one."""
    archive = archive_of(downloads)
    return None if archive is None or archive.url is None else Wanted(url=archive.url, path=path)


def _path(folder: Path, media_type: str, item: DownloadItemBody, rendition: str, url: str) -> Path:
    """The sequence makes it unique within its media type."""
    kind = safe_name(media_type.lower().replace("_", "-"))
    stem = PurePosixPath(safe_name(item.label)).stem[:_LONGEST_STEM]
    middle = "" if rendition == ORIGINAL else f".{safe_name(rendition)}"
    suffix = PurePosixPath(safe_name(urlsplit(url).path)).suffix
    return folder / kind / f"{item.sequence:03}-{stem}{middle}{suffix}"
