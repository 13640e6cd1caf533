"""What can be fetched of an attachment, and by whom."""

from pathlib import Path
from typing import Any

import pytest

from application.attachment_sets.attachment_links import ShownAttachment
from domain.attachment_sets.set_attachment import AttachmentType
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.principal import Role
from tests.application.world import OWNER_PRINCIPAL, World, principal
from tests.builders import PHOTOGRAPHER, build_blob, build_set_attachment, populated_media, ready_media

THUMBNAIL = populated_media().renditions
STRANGER = principal(PHOTOGRAPHER, Role.PHOTOGRAPHER)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def stored(**changes: Any) -> Media:
    return ready_media(build_blob(), **changes)


def shown(world: World, media: Media, type_: AttachmentType = AttachmentType.IMAGE) -> ShownAttachment:
    attachment = build_set_attachment(media, type=type_)
    return world.attachment_links.shown(attachment, media, OWNER_PRINCIPAL)


def test_the_preview_is_the_thumbnail(world: World) -> None:
    found = shown(world, stored(renditions=THUMBNAIL))

    assert found.preview_url is not None
    assert "thumbnail" in found.preview_url
    assert found.attachment_url != found.preview_url


def test_before_there_is_a_thumbnail_an_image_is_its_own_preview(world: World) -> None:
    found = shown(world, stored(status=MediaStatus.UPLOADED))
    assert found.preview_url == found.attachment_url is not None


def test_a_broken_image_has_no_preview(world: World) -> None:
    assert shown(world, stored(status=MediaStatus.FAILED)).preview_url is None


def test_an_svg_is_a_download_without_a_preview(world: World) -> None:
    found = shown(world, stored(mime_type="image/svg+xml", original_name="logo.svg"))

    assert found.preview_url is None
    assert found.attachment_url is not None
    assert "download_as=logo.svg" in found.attachment_url


def test_a_pdf_is_previewed_by_its_first_page_alone(world: World) -> None:
    pdf = stored(mime_type="application/pdf")
    assert shown(world, pdf, AttachmentType.PDF).preview_url is None
    pdf.renditions = THUMBNAIL
    assert shown(world, pdf, AttachmentType.PDF).preview_url is not None


def test_an_address_has_a_preview_and_no_bytes(world: World) -> None:
    found = shown(world, stored(renditions=THUMBNAIL), AttachmentType.URL)
    assert (found.attachment_url is None, found.preview_url is None) == (True, False)


def test_nothing_is_signed_for_whom_a_confidential_media_is_not_for(world: World) -> None:
    media = stored(kind=MediaKind.LICENSE_DOC, renditions=THUMBNAIL)
    attachment = build_set_attachment(media)

    found = world.attachment_links.shown(attachment, media, STRANGER)

    assert (found.attachment_url, found.preview_url) == (None, None)
    assert world.attachment_links.cover_url(media, STRANGER) is None
    assert world.attachment_links.cover_url(media, OWNER_PRINCIPAL) is not None
