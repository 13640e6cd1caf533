"""What is in a set, and how its attachments change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.assets.failure import Failure, FailureCode
from domain.attachment_sets.attachment_set import MOST_ATTACHMENTS, AttachmentSet
from domain.attachment_sets.errors import AttachmentBeingFetched, AttachmentSetFull, NotAnAddress
from domain.attachment_sets.set_attachment import MAX_TITLE, AttachmentType, FetchStatus, SetAttachment
from domain.errors import Rejected
from domain.ids import SetAttachmentId
from tests.builders import IDS, NOW, OWNER, build_media, build_set_attachment, empty_set

LATER = NOW + timedelta(minutes=1)
URL = "https://example.org/lamp"


def address(title: str | None = None, url: str = URL) -> SetAttachment:
    return SetAttachment.of_address(
        attachment_id=SetAttachmentId(IDS.new()), user_id=OWNER, title=title, url=url, now=NOW
    )


def set_of(*attachments: SetAttachment) -> AttachmentSet:
    attachment_set = empty_set()
    for attachment in attachments:
        attachment_set.add(attachment, now=NOW)
    return attachment_set


@pytest.mark.parametrize(
    ("mime_type", "type_"),
    [
        ("image/jpeg", AttachmentType.IMAGE),
        ("image/png", AttachmentType.IMAGE),
        ("image/webp", AttachmentType.IMAGE),
        ("image/svg+xml", AttachmentType.IMAGE),
        ("application/pdf", AttachmentType.PDF),
    ],
)
def test_the_bytes_say_what_an_attachment_is(mime_type: str, type_: AttachmentType) -> None:
    media = build_media(mime_type=mime_type)

    made = SetAttachment.of_media(
        attachment_id=SetAttachmentId(IDS.new()), user_id=OWNER, title="Plan", media=media, now=NOW
    )

    assert (made.type, made.media_ids, made.filename) == (type_, [media.id], media.original_name)


@pytest.mark.parametrize("mime_type", ["video/mp4", "image/gif", "image/heic", "text/html", "application/octet-stream"])
def test_anything_else_cannot_be_attached(mime_type: str) -> None:
    with pytest.raises(Rejected) as caught:
        SetAttachment.of_media(
            attachment_id=SetAttachmentId(IDS.new()),
            user_id=OWNER,
            title="Plan",
            media=build_media(mime_type=mime_type),
            now=NOW,
        )
    assert [violation.code for violation in caught.value.violations] == ["MEDIA_TYPE_NOT_ALLOWED"]


@pytest.mark.parametrize("title", ["", "   ", "x" * (MAX_TITLE + 1), "two\nlines", "nul\0"])
def test_a_title_that_nobody_could_read_is_refused(title: str) -> None:
    with pytest.raises(Rejected):
        address(title)
    attachment_set = set_of(build_set_attachment())
    with pytest.raises(Rejected):
        attachment_set.retitle(attachment_set.attachments[0].id, title, now=LATER)


def test_a_title_may_have_255_characters() -> None:
    assert address("x" * MAX_TITLE).title == "x" * MAX_TITLE


def test_attachments_stand_oldest_first_whenever_they_came() -> None:
    young, old = build_set_attachment(created_at=LATER), build_set_attachment(created_at=NOW)

    assert set_of(young, old).attachments == (old, young)


def test_a_full_set_takes_no_more() -> None:
    attachment_set = set_of(*(build_set_attachment() for _ in range(MOST_ATTACHMENTS)))

    with pytest.raises(AttachmentSetFull):
        attachment_set.add(build_set_attachment(), now=LATER)
    assert len(attachment_set.attachments) == MOST_ATTACHMENTS


def test_what_is_not_there_cannot_be_removed() -> None:
    attachment_set = set_of(build_set_attachment())

    assert attachment_set.remove(SetAttachmentId(IDS.new()), now=LATER) is None
    assert (len(attachment_set.attachments), attachment_set.updated_at) == (1, NOW)


def test_an_address_is_called_by_itself_until_its_page_is_known() -> None:
    untitled, titled = address(), address("My lamp")
    attachment_set = set_of(untitled, titled)

    for each in (untitled, titled):
        attachment_set.receive_page(each.id, title="Lamps of the world", preview=None, now=LATER)

    assert [each.title for each in attachment_set.attachments] == ["Lamps of the world", "My lamp"]
    assert all(each.fetch is FetchStatus.FETCHED for each in attachment_set.attachments)


def test_a_page_without_a_title_keeps_the_address() -> None:
    attachment_set = set_of(address())
    attachment_set.receive_page(attachment_set.attachments[0].id, title=None, preview=None, now=LATER)
    assert attachment_set.attachments[0].title == URL


def test_an_address_of_an_image_becomes_the_image_and_the_cover() -> None:
    one, media = address(), build_media(mime_type="image/png")
    attachment_set = set_of(one)
    assert attachment_set.cover is None

    attachment_set.receive_file(one.id, media, now=LATER)

    found = attachment_set.find(one.id)
    assert found is not None
    assert (found.type, found.media_id, found.url) == (AttachmentType.IMAGE, media.id, URL)
    assert found.title == media.original_name
    assert attachment_set.cover == found


def test_an_address_of_a_pdf_becomes_no_cover() -> None:
    one = address()
    attachment_set = set_of(one)
    attachment_set.receive_file(one.id, build_media(mime_type="application/pdf"), now=LATER)
    assert attachment_set.cover is None


def test_what_is_found_is_wanted_once_and_for_that_address_alone() -> None:
    one = address()
    attachment_set = set_of(one)

    assert attachment_set.awaits(one.id, URL)
    assert not attachment_set.awaits(one.id, f"{URL}/other")
    assert not attachment_set.awaits(SetAttachmentId(IDS.new()), URL)

    attachment_set.receive_page(one.id, title=None, preview=None, now=LATER)
    assert not attachment_set.awaits(one.id, URL)


def test_a_failed_address_says_why_and_may_be_tried_again() -> None:
    one, failure = address(), Failure(code=FailureCode.ADDRESS_FORBIDDEN, detail="not public")
    attachment_set = set_of(one)
    attachment_set.fail_fetch(one.id, failure, now=LATER)
    failed = attachment_set.attachments[0]
    assert (failed.fetch, failed.failure) == (FetchStatus.FAILED, failure)

    attachment_set.redirect(one.id, f"{URL}/2", now=LATER)

    again = attachment_set.attachments[0]
    assert (again.fetch, again.failure, again.url, again.title) == (FetchStatus.FETCHING, None, f"{URL}/2", f"{URL}/2")


def test_a_new_address_gives_up_the_old_preview_and_keeps_a_title() -> None:
    one, preview = address("My lamp"), build_media()
    attachment_set = set_of(one)
    attachment_set.receive_page(one.id, title="x", preview=preview.id, now=LATER)

    attachment_set.redirect(one.id, f"{URL}/2", now=LATER)

    assert (attachment_set.attachments[0].media_ids, attachment_set.attachments[0].title) == ([], "My lamp")


def test_an_address_is_not_changed_while_a_worker_is_there() -> None:
    one = address()
    with pytest.raises(AttachmentBeingFetched):
        set_of(one).redirect(one.id, f"{URL}/2", now=LATER)


def test_the_address_that_it_has_is_not_fetched_again() -> None:
    page, image = address(), address()
    attachment_set = set_of(page, image)
    assert not attachment_set.redirect(page.id, URL, now=LATER)
    attachment_set.receive_page(page.id, title="Lamps", preview=None, now=LATER)
    attachment_set.receive_file(image.id, build_media(mime_type="image/png"), now=LATER)
    before = attachment_set.attachments

    assert not attachment_set.redirect(page.id, URL, now=LATER)
    assert not attachment_set.redirect(image.id, URL, now=LATER)

    assert attachment_set.attachments == before


def test_another_address_brings_another_title_unless_a_person_chose_it() -> None:
    found, chosen = address(), address("My lamp")
    attachment_set = set_of(found, chosen)
    for each in (found, chosen):
        attachment_set.receive_page(each.id, title="Lamps", preview=None, now=LATER)
        assert attachment_set.redirect(each.id, f"{URL}/2", now=LATER)

    assert [each.title for each in attachment_set.attachments] == [f"{URL}/2", "My lamp"]


def test_only_addresses_can_be_changed() -> None:
    image = build_set_attachment()
    with pytest.raises(NotAnAddress):
        set_of(image).redirect(image.id, URL, now=LATER)


def test_detaching_its_media_removes_an_image_and_reassigns_the_cover() -> None:
    first, second = build_set_attachment(), build_set_attachment(created_at=LATER)
    attachment_set = set_of(first, second)
    assert first.media_id is not None

    assert attachment_set.detach(first.id, first.media_id, now=LATER)

    assert attachment_set.attachments == (second,)
    assert attachment_set.cover_id == second.id
    assert not attachment_set.detach(first.id, first.media_id, now=LATER), "it is gone already"


def test_detaching_its_preview_leaves_an_address() -> None:
    one, preview = address(), build_media()
    attachment_set = set_of(one)
    attachment_set.receive_page(one.id, title="Lamps", preview=preview.id, now=LATER)

    assert attachment_set.detach(one.id, preview.id, now=LATER)

    assert attachment_set.attachments == (replace(one, title="Lamps", fetch=FetchStatus.FETCHED),)
    assert not attachment_set.detach(one.id, preview.id, now=LATER)
