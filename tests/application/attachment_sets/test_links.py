"""Addresses that were attached: what a worker makes of what lies there, and what becomes of it when it cannot."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.memory.web import MemoryPage, MemoryRedirect
from application.attachment_sets.attach_link import AttachLinkCommand
from application.attachment_sets.change_attachment import ChangeAttachmentCommand
from application.attachment_sets.create_owner import CreateOwnerCommand
from application.attachment_sets.delete_attachment import DeleteAttachmentCommand
from application.attachment_sets.delete_owner import DeleteOwnerCommand
from application.attachment_sets.get_set import SetQuery, ShownSet
from domain.assets.failure import FailureCode, MediaRejected
from domain.attachment_sets.set_attachment import AttachmentType, FetchStatus, SetAttachment
from domain.ids import MediaId
from domain.jobs.task import TaskStatus
from domain.media.media import Media, MediaStatus
from domain.parts.part import Part
from domain.web.web_address import UrlRefused
from tests import media
from tests.application.world import OWNER_PRINCIPAL, World

URL = "https://lamps.example/oil"
PICTURE = "https://pictures.example/oil.png"
MIB = 1024 * 1024


class Shop(World):
    """One part, whose attachments come from the web."""

    part: Part

    async def open(self) -> "Shop":
        self.part = await self.create_part(CreateOwnerCommand(principal=OWNER_PRINCIPAL, name="Lamp"))
        return self

    async def attach(self, url: str = URL, *, title: str | None = None) -> SetAttachment:
        shown = await self.attach_link(
            AttachLinkCommand(principal=OWNER_PRINCIPAL, set_id=self.part.attachment_set_id, title=title, url=url)
        )
        return shown.attachment

    async def shown(self) -> ShownSet:
        return await self.get_set(SetQuery(principal=OWNER_PRINCIPAL, set_id=self.part.attachment_set_id))

    async def only(self) -> SetAttachment:
        (one,) = (await self.shown()).attachments
        return one.attachment

    async def failure(self) -> FailureCode:
        """Why the only one could not be fetched, and that it says so."""
        one = await self.only()
        assert one.failure is not None
        assert (one.type, one.fetch) == (AttachmentType.URL, FetchStatus.FAILED)
        return one.failure.code

    async def library(self) -> list[Media]:
        async with self.begin() as tx:
            return list(await tx.media.page(after=None, limit=100))

    async def uses(self, media_id: MediaId | None) -> list[str]:
        assert media_id is not None
        async with self.begin() as tx:
            return list(await tx.attachments.entity_types_of(media_id))


@pytest.fixture
async def shop(tmp_path: Path) -> Shop:
    return await Shop(tmp_path).open()


def page(head: str) -> MemoryPage:
    return MemoryPage(body=f"<!doctype html><html><head>{head}</head><body>x</body></html>".encode())


async def test_nobody_goes_there_while_the_client_waits(shop: Shop) -> None:
    attached = await shop.attach()

    assert (attached.type, attached.title, attached.fetch) == (AttachmentType.URL, URL, FetchStatus.FETCHING)
    assert await shop.only() == attached


async def test_a_page_gives_its_title(shop: Shop) -> None:
    shop.web.answers[URL] = page("<title>  Lamps of\n the world </title>")
    await shop.attach()
    await shop.work()

    one = await shop.only()
    assert (one.title, one.type, one.fetch, one.media_id) == (
        "Lamps of the world",
        AttachmentType.URL,
        FetchStatus.FETCHED,
        None,
    )


async def test_a_title_of_ones_own_stays(shop: Shop) -> None:
    shop.web.answers[URL] = page("<title>Lamps</title>")
    await shop.attach(title="My lamp")
    await shop.work()
    assert (await shop.only()).title == "My lamp"


async def test_a_page_gives_a_preview_which_is_a_media_in_use(shop: Shop) -> None:
    shop.web.answers[URL] = page(f'<title>Lamps</title><meta property="og:image" content="{PICTURE}">')
    shop.web.answers[PICTURE] = MemoryPage(body=media.png(), content_type="image/png")
    await shop.attach()
    await shop.work()

    (shown,) = (await shop.shown()).attachments
    assert (shown.attachment.type, shown.attachment.title) == (AttachmentType.URL, "Lamps")
    assert shown.preview_url is not None
    assert shown.attachment_url is None
    assert await shop.uses(shown.attachment.media_id) == ["attachment"]
    assert (await shop.shown()).attachment_set.cover_id is None, "a preview is no image of the part"


@pytest.mark.parametrize(
    "found",
    [
        FailureCode.SITE_UNREACHABLE,
        FailureCode.ADDRESS_FORBIDDEN,
        MemoryPage(body=b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"),
        MemoryPage(body=media.text(), content_type="image/png"),
        MemoryPage(body=b"", content_type="image/png"),
        MemoryPage(body=media.png() + bytes(11 * MIB), content_type="image/png"),
        MemoryRedirect("http://169.254.169.254/latest/meta-data"),
    ],
    ids=["away", "forbidden", "svg", "text", "empty", "large", "inside"],
)
async def test_a_page_whose_picture_is_none_is_a_page(
    shop: Shop, found: FailureCode | MemoryPage | MemoryRedirect
) -> None:
    shop.web.answers[URL] = page(f'<title>Lamps</title><meta property="og:image" content="{PICTURE}">')
    shop.web.answers[PICTURE] = found
    await shop.attach()
    await shop.work()

    one = await shop.only()
    assert (one.title, one.fetch, one.media_id) == ("Lamps", FetchStatus.FETCHED, None)
    assert await shop.library() == []


async def test_the_next_picture_is_taken_where_the_first_is_none(shop: Shop) -> None:
    shop.web.answers[URL] = page(f'<meta property="og:image" content="/gone.png"><link rel="icon" href="{PICTURE}">')
    shop.web.answers[PICTURE] = MemoryPage(body=media.png(), content_type="image/png")
    await shop.attach()
    await shop.work()

    (shown,) = (await shop.shown()).attachments
    assert shown.preview_url is not None


async def test_an_image_becomes_an_image_and_the_cover(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryRedirect(PICTURE)
    shop.web.answers[PICTURE] = MemoryPage(body=media.png(), content_type="text/plain")
    attached = await shop.attach()
    await shop.work()

    (shown,) = (await shop.shown()).attachments
    one = shown.attachment
    assert (one.id, one.type, one.url, one.filename) == (attached.id, AttachmentType.IMAGE, URL, "oil.png")
    assert (one.content_type, one.size) == ("image/png", len(media.png()))
    assert shown.attachment_url is not None
    assert (await shop.shown()).attachment_set.cover_id == one.id
    assert await shop.uses(one.media_id) == ["attachment"]
    assert shop.telemetry.of("cover_changed") == ["automatic"]


async def test_a_pdf_becomes_a_pdf(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.pdf(), content_type="text/html")
    await shop.attach(title="Manual")
    await shop.work()

    one = await shop.only()
    assert (one.type, one.title, one.content_type) == (AttachmentType.PDF, "Manual", "application/pdf")
    assert (await shop.shown()).attachment_set.cover_id is None


@pytest.mark.parametrize(
    "found",
    [
        MemoryPage(body=b"plain words", content_type="text/plain"),
        MemoryPage(body=b"", content_type="text/html"),
        MemoryPage(body=b"PK\x03\x04" + bytes(100), content_type="application/zip"),
    ],
    ids=["text", "empty", "zip"],
)
async def test_what_is_neither_stays_an_address(shop: Shop, found: MemoryPage) -> None:
    shop.web.answers[URL] = found
    await shop.attach()
    await shop.work()

    one = await shop.only()
    assert (one.type, one.title, one.fetch) == (AttachmentType.URL, URL, FetchStatus.FETCHED)
    assert await shop.library() == []


async def test_a_page_that_calls_itself_a_picture_is_a_page(shop: Shop) -> None:
    shop.web.answers[URL] = replace(page("<title>Lamps</title>"), content_type="image/png")
    await shop.attach()
    await shop.work()
    assert (await shop.only()).title == "Lamps"


async def test_an_image_that_is_too_large_is_told(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.png() + bytes(11 * MIB), content_type="image/png")
    await shop.attach()
    await shop.work()

    assert await shop.failure() is FailureCode.FILE_TOO_LARGE
    assert await shop.library() == []


async def test_a_broken_image_is_told(shop: Shop) -> None:
    async def broken(start: bytes) -> None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, f"{len(start)} bytes are no picture")

    shop.probe.before = broken
    shop.web.answers[URL] = MemoryPage(body=media.png(), content_type="image/png")
    await shop.attach()
    await shop.work()

    assert await shop.failure() is FailureCode.UNREADABLE_MEDIA
    assert await shop.library() == []


async def test_what_cannot_pass_is_told_at_once(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryRedirect("http://127.0.0.1/admin")
    await shop.attach()
    await shop.work()

    assert await shop.failure() is FailureCode.ADDRESS_FORBIDDEN


async def test_what_may_pass_is_tried_again(shop: Shop) -> None:
    shop.web.answers[URL] = FailureCode.SITE_UNREACHABLE
    await shop.attach()
    await shop.work()
    assert (await shop.only()).fetch is FetchStatus.FETCHING

    shop.web.answers[URL] = page("<title>Lamps</title>")
    await shop.work_through_retries()
    assert (await shop.only()).title == "Lamps"


async def test_what_does_not_pass_is_told_in_the_end_and_makes_no_dead_letter(shop: Shop) -> None:
    shop.web.answers[URL] = FailureCode.TIMEOUT
    await shop.attach()
    await shop.work_through_retries()

    assert await shop.failure() is FailureCode.TIMEOUT
    async with shop.begin() as tx:
        assert await tx.dead_letter_history.count_open() == 0


async def test_what_cannot_be_looked_at_in_time_is_tried_again_and_then_told(shop: Shop) -> None:
    async def never(start: bytes) -> None:
        raise MediaRejected(FailureCode.TIMEOUT, f"{len(start)} bytes took too long")

    shop.probe.before = never
    shop.web.answers[URL] = MemoryPage(body=media.png(), content_type="image/png")
    await shop.attach()
    await shop.work_through_retries()

    assert await shop.failure() is FailureCode.TIMEOUT
    assert shop.telemetry.of("dead_lettered") == []
    assert await shop.library() == []


async def test_a_failed_address_may_be_tried_again_by_hand(shop: Shop) -> None:
    attached = await shop.attach()
    await shop.work()
    assert (await shop.only()).fetch is FetchStatus.FAILED

    shop.web.answers[URL] = page("<title>Lamps</title>")
    await shop.change_attachment(
        ChangeAttachmentCommand(
            principal=OWNER_PRINCIPAL,
            set_id=shop.part.attachment_set_id,
            attachment_id=attached.id,
            title=None,
            url=URL,
        )
    )
    await shop.work()
    one = await shop.only()
    assert (one.title, one.fetch, one.failure) == ("Lamps", FetchStatus.FETCHED, None)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "http://[::1]/", "http://2130706433/"])
async def test_a_forbidden_address_is_refused_at_once(shop: Shop, url: str) -> None:
    with pytest.raises(UrlRefused):
        await shop.attach(url)
    assert (await shop.shown()).attachments == []


async def test_an_attachment_that_has_gone_is_left_alone(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.png())
    attached = await shop.attach()
    await shop.delete_attachment(
        DeleteAttachmentCommand(
            principal=OWNER_PRINCIPAL, set_id=shop.part.attachment_set_id, attachment_id=attached.id
        )
    )
    await shop.work()
    assert await shop.library() == []


async def test_a_part_that_goes_while_a_worker_is_there_keeps_nothing(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.png())
    await shop.attach()
    (task_id,) = await shop.pointers()
    claimed = await shop.claim_task(task_id, worker="slow")
    assert claimed is not None

    await shop.delete_part(DeleteOwnerCommand(principal=OWNER_PRINCIPAL, owner_id=shop.part.id))
    await shop.work_on_claimed(claimed)

    assert await shop.library() == []
    async with shop.begin() as tx:
        task = await tx.tasks.find(task_id)
    assert task is not None
    assert task.status is TaskStatus.DONE


async def test_an_attempt_that_has_lost_its_task_stores_nothing(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.png())
    await shop.attach()
    (task_id,) = await shop.pointers()
    slow = await shop.claim_task(task_id, worker="slow")
    assert slow is not None
    shop.clock.advance(shop.lease.duration * 2)
    await shop.recover_tasks()
    shop.clock.advance(shop.retry.longest_delay)
    assert await shop.claim_task(task_id, worker="fast") is not None

    await shop.work_on_claimed(slow)

    assert await shop.library() == []
    assert (await shop.only()).fetch is FetchStatus.FETCHING


async def test_two_attempts_at_once_leave_one_file(shop: Shop) -> None:
    shop.web.answers[URL] = MemoryPage(body=media.png())
    await shop.attach()
    (task_id,) = await shop.pointers()
    slow = await shop.claim_task(task_id, worker="slow")
    assert slow is not None
    shop.clock.advance(shop.lease.duration * 2)
    await shop.recover_tasks()
    shop.clock.advance(shop.retry.longest_delay)
    fast = await shop.claim_task(task_id, worker="fast")
    assert fast is not None

    await asyncio.gather(shop.work_on_claimed(fast), shop.work_on_claimed(slow))

    (one,) = await shop.library()
    assert one.status is not MediaStatus.PENDING
    assert (await shop.only()).media_id == one.id
