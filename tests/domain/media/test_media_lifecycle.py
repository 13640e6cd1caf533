"""A media through any sequence of calls: it moves as the contract says, or raises and stays as it was."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import MediaFacts
from domain.errors import InvalidState
from domain.media.blob import Blob
from domain.media.content_class import ContentClass
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.errors import MediaNotArrived, MediaNotPending
from domain.media.events import (
    MediaDeleted,
    MediaDeleteFailed,
    MediaDeleteRequested,
    MediaFailed,
    MediaQuarantined,
    MediaReady,
    MediaUpdated,
    MediaUploaded,
    PhotoDeleted,
    PhotoUploaded,
)
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import staging_key
from tests.builders import NOW, PHOTO_FACTS, build_blob, build_media, image_renditions, processed_asset, ready_media

FAILURES = st.sampled_from(FailureCode).map(lambda code: Failure(code=code, detail="it went wrong"))
DELETION_FAILURES = st.sampled_from(DeletionFailureCode).map(lambda code: DeletionFailure(code=code, detail="stuck"))
TYPES = ["image/jpeg", "image/svg+xml", "video/mp4", "application/pdf", "text/plain"]
WORDS = st.sampled_from([None, "a bottle", "a cellar"])
RENDITIONS = image_renditions(processed_asset())
URL = "https://vitrine.example/api/v2/media/1"
GOING = {MediaStatus.DELETE_REQUESTED, MediaStatus.DELETE_FAILED}


class MediaMachine(RuleBasedStateMachine):
    """`neighbours` are other media with the same bytes."""

    @initialize(kind=st.sampled_from(MediaKind), mime_type=st.sampled_from(TYPES), neighbours=st.integers(0, 2))
    def announce(self, kind: MediaKind, mime_type: str, neighbours: int) -> None:
        self.now = NOW
        self.blob = build_blob(holders=neighbours)
        self.neighbours = neighbours
        self.media = build_media(kind=kind, mime_type=mime_type)
        self.calls = 0
        assert self.media.storage_key == staging_key(self.media.store_id, self.media.id)

    @property
    def status(self) -> MediaStatus:
        return self.media.status

    @property
    def held(self) -> Blob | None:
        return self.blob if self.media.blob_id else None

    @property
    def is_image(self) -> bool:
        return self.media.content_class is ContentClass.IMAGE

    def refuses(self, error: type[Exception], call: str, *arguments: Any, **named: Any) -> None:
        before = deepcopy((self.media, self.blob))
        with pytest.raises(error):
            getattr(self.media, call)(*arguments, **named)
        assert (self.media, self.blob) == before
        assert self.media.pull_events() == []

    def told(self, *expected: type) -> None:
        events = self.media.pull_events()
        assert [type(event) for event in events] == list(expected)
        assert {event.key for event in events} <= {self.media.id}
        assert {event.occurred_at for event in events} <= {self.now}

    @rule(minutes=st.integers(1, 900))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def hold(self) -> None:
        if self.status is not MediaStatus.PENDING:
            self.refuses(MediaNotPending, "hold", self.blob, now=self.now)
            return
        self.media.hold(self.blob, now=self.now)
        assert (self.media.checksum, self.media.size) == (self.blob.checksum, self.blob.size)
        self.told()

    @precondition(lambda self: self.status is MediaStatus.PENDING)
    @rule()
    def let_go(self) -> None:
        self.media.let_go(self.held, now=self.now)
        self.told()

    @precondition(lambda self: self.held or self.status is not MediaStatus.PENDING)
    @rule(facts=st.sampled_from([None, PHOTO_FACTS]))
    def arrive(self, facts: MediaFacts | None) -> None:
        named = {"mime_type": self.media.mime_type, "facts": facts, "url": URL, "now": self.now}
        if self.status is not MediaStatus.PENDING:
            self.refuses(MediaNotPending, "arrive", self.blob, **named)
            return
        self.media.arrive(self.blob, **named)
        assert (self.status, self.media.storage_key) == (MediaStatus.UPLOADED, self.blob.key)
        self.told(*([MediaUploaded, PhotoUploaded] if self.is_image else [MediaUploaded]))

    @rule(facts=st.sampled_from([None, MediaFacts(pages=3)]))
    def ready(self, facts: MediaFacts | None) -> None:
        known = self.media.facts
        if self.status is not MediaStatus.UPLOADED:
            self.refuses(InvalidState, "ready", facts=facts, renditions=RENDITIONS, now=self.now)
            return
        self.media.ready(facts=facts, renditions=RENDITIONS, now=self.now)
        assert (self.status, self.media.renditions) == (MediaStatus.READY, RENDITIONS)
        assert self.media.facts == (facts or known)
        self.told(MediaReady)

    @rule(failure=FAILURES)
    def fail(self, failure: Failure) -> None:
        if self.status is not MediaStatus.UPLOADED:
            self.refuses(InvalidState, "fail", failure, now=self.now)
            return
        self.media.fail(failure, now=self.now)
        assert (self.status, self.media.failure) == (MediaStatus.FAILED, failure)
        assert self.held
        self.told(MediaFailed)

    @rule()
    def retry(self) -> None:
        if self.status is not MediaStatus.FAILED:
            self.refuses(InvalidState, "retry", now=self.now)
            return
        if not self.held:
            self.refuses(MediaNotArrived, "retry", now=self.now)
            return
        self.media.retry(now=self.now)
        assert self.status is MediaStatus.UPLOADED
        self.told()

    @rule(failure=FAILURES)
    def give_up(self, failure: Failure) -> None:
        if self.status is not MediaStatus.PENDING:
            self.refuses(MediaNotPending, "give_up", self.held, failure, now=self.now)
            return
        self.media.give_up(self.held, failure, now=self.now)
        assert (self.status, self.media.failure, self.held) == (MediaStatus.FAILED, failure, None)
        self.told(MediaFailed)

    @rule()
    def expire(self) -> None:
        if self.status is not MediaStatus.PENDING:
            self.refuses(MediaNotPending, "expire", self.held, now=self.now)
            return
        self.media.expire(self.held, now=self.now)
        assert (self.status, self.held) == (MediaStatus.FAILED, None)
        assert self.media.failure
        assert self.media.failure.code is FailureCode.UPLOAD_EXPIRED
        self.told(MediaFailed)

    @rule(alt_text=WORDS, description=WORDS, folder=st.sampled_from(["general", "autumn"]))
    def update(self, alt_text: str | None, description: str | None, folder: str) -> None:
        said = (self.media.alt_text, self.media.description, self.media.folder)
        before = self.media.updated_at
        self.media.update(
            alt_text=alt_text, description=description, folder=folder, original_name="bottle.jpg", now=self.now
        )
        assert (self.media.alt_text, self.media.description, self.media.folder) == (alt_text, description, folder)
        if said == (alt_text, description, folder):
            assert self.media.updated_at == before
            self.told()
        else:
            assert self.media.updated_at == self.now
            self.told(MediaUpdated)

    @rule()
    def request_deletion(self) -> None:
        if self.status in {MediaStatus.DELETE_REQUESTED, MediaStatus.DELETED}:
            self.refuses(InvalidState, "request_deletion", now=self.now)
            return
        self.media.request_deletion(now=self.now)
        self.calls += 1
        assert self.status is MediaStatus.DELETE_REQUESTED
        self.told(MediaDeleteRequested)

    @rule()
    def call_the_worker_again(self) -> None:
        if self.status not in GOING:
            self.refuses(InvalidState, "call_deletion_worker", now=self.now)
            return
        self.media.call_deletion_worker(now=self.now)
        self.calls += 1
        assert self.status is MediaStatus.DELETE_REQUESTED
        (event,) = self.media.pull_events()
        assert isinstance(event, MediaDeleteRequested)
        assert event.attempt == self.calls

    @rule(failure=DELETION_FAILURES)
    def fail_to_delete(self, failure: DeletionFailure) -> None:
        if self.status is not MediaStatus.DELETE_REQUESTED:
            self.refuses(InvalidState, "fail_deletion", failure, now=self.now)
            return
        self.media.fail_deletion(failure, now=self.now)
        assert (self.status, self.media.deletion_failure) == (MediaStatus.DELETE_FAILED, failure)
        self.told(MediaDeleteFailed)

    @rule()
    def resume_deletion(self) -> None:
        if self.status not in GOING:
            self.refuses(InvalidState, "resume_deletion", now=self.now)
            return
        self.media.resume_deletion(now=self.now)
        assert self.status is MediaStatus.DELETE_REQUESTED
        self.told()

    @rule()
    def bury(self) -> None:
        if self.status is not MediaStatus.DELETE_REQUESTED:
            self.refuses(InvalidState, "bury", self.held, now=self.now)
            return
        was_seen = self.is_image and self.held is not None
        self.media.bury(self.held, now=self.now)
        assert (self.status, self.held, self.media.renditions) == (MediaStatus.DELETED, None, ())
        assert self.media.deleted_at == self.now
        self.told(*([MediaDeleted, PhotoDeleted] if was_seen else [MediaDeleted]))

    @rule()
    def quarantine(self) -> None:
        known = self.media.quarantined_at is not None
        assert self.media.quarantine(now=self.now) is not known
        self.told(*([] if known else [MediaQuarantined]))

    @rule()
    def release_from_quarantine(self) -> None:
        self.media.release_from_quarantine(now=self.now)
        assert self.media.quarantined_at is None
        self.told()

    @invariant()
    def it_can_be_used_while_it_has_arrived_and_may_stay(self) -> None:
        arrived = self.status in {MediaStatus.UPLOADED, MediaStatus.READY}
        assert self.media.is_attachable == (arrived and self.media.quarantined_at is None)

    @invariant()
    def it_is_seen_until_somebody_wants_it_gone(self) -> None:
        assert self.media.is_visible == (self.status not in GOING | {MediaStatus.DELETED})

    @invariant()
    def its_hold_on_the_bytes_is_counted_once(self) -> None:
        assert self.blob.holders == self.neighbours + bool(self.held)
        assert (self.blob.condemned_at is None) == (self.blob.holders > 0)

    @invariant()
    def it_holds_its_bytes_while_it_can_be_used_and_not_in_the_grave(self) -> None:
        if self.status in {MediaStatus.UPLOADED, MediaStatus.READY}:
            assert self.media.storage_key == self.blob.key
            assert self.held
        if self.status is MediaStatus.DELETED:
            assert not self.held

    @invariant()
    def a_failure_is_named_exactly_while_it_has_failed(self) -> None:
        assert (self.media.failure is not None) == (self.status is MediaStatus.FAILED)
        assert (self.media.deletion_failure is not None) == (self.status is MediaStatus.DELETE_FAILED)

    @invariant()
    def every_call_of_the_deletion_worker_is_counted(self) -> None:
        assert self.media.deletions == self.calls
        assert (self.media.deleted_at is not None) == (self.status is MediaStatus.DELETED)


TestMediaLifecycle = MediaMachine.TestCase


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        *((kind, None) for kind in (MediaKind.LICENSE_DOC, MediaKind.COA, MediaKind.MANIFEST)),
        *((kind, URL) for kind in (MediaKind.PRODUCT, MediaKind.USER, MediaKind.STORE, MediaKind.OTHER)),
    ],
)
def test_the_address_of_a_confidential_picture_is_told_to_nobody(kind: MediaKind, url: str | None) -> None:
    blob, media = build_blob(), build_media(kind=kind)
    media.hold(blob, now=NOW)

    media.arrive(blob, mime_type="image/png", facts=None, url=URL, now=NOW)

    uploaded, photo = media.pull_events()
    assert isinstance(uploaded, MediaUploaded)
    assert (uploaded.mime_type, uploaded.size, uploaded.checksum) == ("image/png", blob.size, str(blob.checksum))
    assert isinstance(photo, PhotoUploaded)
    assert (photo.url, photo.user_id, photo.store_id) == (url, media.user_id, media.store_id)


def test_a_hold_is_of_one_blob_of_its_own_store() -> None:
    media, blob = build_media(), build_blob()
    with pytest.raises(AssertionError):
        media.hold(build_blob(store_id=media.id), now=NOW)
    media.hold(blob, now=NOW)
    for other in (build_blob(), build_blob(holders=1)):
        with pytest.raises(AssertionError):
            media.hold(other, now=NOW)
        with pytest.raises(AssertionError):
            media.let_go(other, now=NOW)

    media.let_go(blob, now=NOW)

    assert (media.blob_id, blob.holders) == (None, 0)


def test_what_it_held_is_not_forgotten_in_the_grave() -> None:
    blob = build_blob()
    media: Media = ready_media(blob, status=MediaStatus.DELETE_REQUESTED)
    with pytest.raises(AssertionError):
        media.bury(None, now=NOW)
