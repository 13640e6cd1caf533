"""What a marketplace, a photographer and an owner do with Vitrine, each with a token of their own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from domain.ids import UserId
from domain.listings.booking import BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from domain.principal import Principal, Role
from entrypoints.cli.client import open_client
from entrypoints.cli.contact_sheet import Exhibit, draw_contact_sheet
from entrypoints.cli.download import save
from entrypoints.cli.downloads import items_of, rendition_urls
from entrypoints.cli.folder import default_reference
from entrypoints.cli.identity import DEMO_STORE, signed_token
from entrypoints.cli.local_names import archive_file, wanted_files
from entrypoints.cli.sample_media import make_photos, make_project
from entrypoints.cli.tables import print_assets
from entrypoints.cli.upload import select, send_and_follow
from entrypoints.http.listing_media.requests import UpsertListingBody
from entrypoints.http.listing_media.responses import DownloadsBody
from entrypoints.reading.bookings import BookingBody
from entrypoints.settings import Settings

_SHOWN = "medium"
_SHEET = "contact-sheet.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One delivery: who brings which folder to what kind of listing. `name` is that of its results."""

    name: str
    title: str
    kind: ListingKind
    role: Role
    folder: Path


class Journey:
    def __init__(self, console: Console, settings: Settings, address: str, *, samples: Path, out: Path) -> None:
        self._console = console
        self._settings = settings
        self._address = address
        self._samples = samples
        self._out = out
        self._users = {role: UserId(uuid4()) for role in Role}
        self._exhibits: list[Exhibit] = []

    async def travel(self, photos: Path | None) -> bool:
        """True when every file was processed. Raises what the commands raise."""
        chapters = await asyncio.to_thread(self._prepare, photos)
        ready = [await self._deliver(chapter) for chapter in chapters]
        sheet = self._out / _SHEET
        subtitle = f"{len(self._exhibits)} files, as Vitrine shows them"
        await asyncio.to_thread(draw_contact_sheet, "Vitrine", subtitle, self._exhibits, sheet)
        self._console.print(f"\nSaved in {escape(str(self._out))}; have a look at {escape(str(sheet))}", soft_wrap=True)
        return all(ready)

    def _prepare(self, photos: Path | None) -> Sequence[Chapter]:
        if photos is None:
            self._console.print("Making sample photos, a video and plans ...")
            photos = self._samples / "house"
            photos.mkdir(parents=True)
            make_photos(photos)
        project = self._samples / "project"
        project.mkdir(parents=True)
        make_project(project)
        return [
            Chapter(
                name="property",
                title="Photos and videos of a property, by its photographer",
                kind=ListingKind.PROPERTY,
                role=Role.PHOTOGRAPHER,
                folder=photos,
            ),
            Chapter(
                name="development",
                title="Plans and a render of a development, by its owner",
                kind=ListingKind.DEVELOPMENT,
                role=Role.OWNER,
                folder=project,
            ),
        ]

    async def _deliver(self, chapter: Chapter) -> bool:
        self._console.print(f"\n[bold]{chapter.title}[/bold]", soft_wrap=True)
        listing_id = uuid4()
        async with open_client(self._address, self._token(Role.SERVICE)) as marketplace:
            await marketplace.put_listing(listing_id, self._listing(chapter.kind))
        project = chapter.kind is ListingKind.DEVELOPMENT
        async with open_client(self._address, self._token(chapter.role)) as client:
            files = await select(chapter.folder, self._console, self._settings.limits, project=project)
            reference = default_reference(chapter.folder)
            status = await send_and_follow(client, self._console, listing_id, reference, files)
            downloads = await client.downloads(listing_id, status.batch.batch_id)
        assert downloads is not None
        sizes = await self._save(chapter, downloads)
        self._console.print()
        print_assets(self._console, status, downloads, sizes)
        return status.batch.status == "READY"

    async def _save(self, chapter: Chapter, downloads: DownloadsBody) -> dict[str, int]:
        """Download everything; the sizes of the files by URL."""
        wanted = wanted_files(downloads, self._out / chapter.name)
        archive = archive_file(downloads, self._out / f"{chapter.name}.zip")
        saved = await save([*wanted, *([archive] if archive else [])], self._console)
        paths = {file.url: file.path for file in wanted}
        for media_type, item in items_of(downloads):
            shown = rendition_urls(item).get(_SHOWN)
            if shown is not None:
                caption = f"{media_type}  {item.width} x {item.height}" if item.width else media_type
                plays = item.mp4 is not None
                self._exhibits.append(Exhibit(picture=paths[shown], label=item.label, caption=caption, plays=plays))
        return {file.wanted.url: file.size for file in saved}

    def _listing(self, kind: ListingKind) -> UpsertListingBody:
        """One whose booking is done awaits its media."""
        booking = BookingBody(
            id=uuid4(),
            photographer_id=self._users[Role.PHOTOGRAPHER],
            status=BookingStatus.DONE,
            scheduled_at=datetime.now(UTC),
        )
        return UpsertListingBody(
            owner_id=self._users[Role.OWNER],
            kind=kind,
            status=ListingStatus.PENDING_PHOTO_PROCESSING,
            bookings=[booking],
        )

    def _token(self, role: Role) -> str:
        return signed_token(
            self._settings,
            Principal(user_id=self._users[role], store_id=DEMO_STORE, roles=frozenset({role})),
        )
