"""A file through any sequence of calls; what an earlier run made stays until a later one has finished."""

from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.assets.asset import ASSET_LIFECYCLE, Asset, AssetStatus, MultipartUpload
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import MediaFacts, RenditionName
from domain.batches.manifest import FileSpec
from domain.batches.media_type import MediaType
from domain.batches.object_keys import ObjectKind
from domain.errors import InvalidState
from tests.builders import NOW, build_asset, checksum_of, image_renditions


class AssetMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.asset = build_asset(multipart=MultipartUpload(upload_id="upload", part_size=10))
        self.now = NOW
        self.run = 0
        self.served_run = 0

    def attempt(self, target: AssetStatus, call: str, **arguments: object) -> bool:
        """Make the call; it succeeds exactly when the table has the transition, and changes nothing otherwise."""
        self.now += timedelta(seconds=1)
        if ASSET_LIFECYCLE.allows(self.asset.status, target):
            getattr(self.asset, call)(**arguments, now=self.now)
            assert (self.asset.status, self.asset.updated_at) == (target, self.now)
            return True
        before = deepcopy(self.asset)
        with pytest.raises(InvalidState):
            getattr(self.asset, call)(**arguments, now=self.now)
        assert self.asset == before
        return False

    @rule()
    def arrive(self) -> None:
        self.now += timedelta(seconds=1)
        before = deepcopy(self.asset)
        if self.asset.arrive(at=self.now, now=self.now):
            assert before.status is AssetStatus.PENDING_UPLOAD
            assert (before.arrived_at, self.asset.arrived_at) == (None, self.now)
        else:
            assert self.asset == before

    @rule()
    def vanish(self) -> None:
        self.now += timedelta(seconds=1)
        before = deepcopy(self.asset)
        if self.asset.vanish(now=self.now):
            assert before.status is AssetStatus.PENDING_UPLOAD
            assert before.arrived_at is not None
            assert self.asset.arrived_at is None
        else:
            assert self.asset == before

    @rule()
    def receive(self) -> None:
        if self.attempt(AssetStatus.RECEIVED, "receive", etag="etag"):
            assert (self.asset.etag, self.asset.multipart) == ("etag", None)

    @rule()
    def start_processing(self) -> None:
        if self.asset.status is AssetStatus.PROCESSING:
            before = deepcopy(self.asset)
            self.asset.start_processing(now=self.now)
            assert self.asset == before
        elif self.attempt(AssetStatus.PROCESSING, "start_processing"):
            self.run += 1

    @rule(crc32=st.none() | st.integers(0, 2**32 - 1))
    def finish(self, crc32: int | None) -> None:
        known = self.asset.crc32
        renditions = image_renditions(self.asset, fence=f"{self.run}-1")
        if self.attempt(
            AssetStatus.PROCESSED, "finish", facts=MediaFacts(width=self.run), renditions=renditions, crc32=crc32
        ):
            self.served_run = self.run
            assert self.asset.crc32 == (known if crc32 is None else crc32)

    @rule(code=st.sampled_from(FailureCode))
    def fail(self, code: FailureCode) -> None:
        failure = Failure(code=code, detail="it is broken")
        if self.attempt(AssetStatus.FAILED, "fail", failure=failure):
            assert self.asset.failure == failure

    @rule()
    def expire(self) -> None:
        if self.asset.status is AssetStatus.PENDING_UPLOAD:
            self.attempt(AssetStatus.FAILED, "expire")
            assert self.asset.failure is not None
            assert self.asset.failure.code is FailureCode.UPLOAD_EXPIRED
            return
        before = deepcopy(self.asset)
        with pytest.raises(InvalidState):
            self.asset.expire(now=self.now)
        assert self.asset == before

    @invariant()
    def a_failure_is_named_exactly_while_failed(self) -> None:
        assert (self.asset.failure is not None) == (self.asset.status is AssetStatus.FAILED)

    @invariant()
    def what_is_needed_is_what_was_received_and_what_is_served(self) -> None:
        received = self.asset.etag is not None
        assert self.asset.needs(self.asset.key) is (ObjectKind.ORIGINAL if received else None)
        for run in range(1, self.run + 1):
            for rendition in image_renditions(self.asset, fence=f"{run}-1"):
                served = ObjectKind.RENDITION if run == self.served_run else None
                assert self.asset.needs(rendition.key) is served

    @invariant()
    def the_renditions_are_those_of_the_last_run_that_finished(self) -> None:
        if self.served_run == 0:
            assert self.asset.renditions == ()
        else:
            assert self.asset.renditions == image_renditions(self.asset, fence=f"{self.served_run}-1")
            assert self.asset.facts == MediaFacts(width=self.served_run)


TestAssetLifecycle = AssetMachine.TestCase


def test_an_upload_does_not_arrive_after_it_was_told_of() -> None:
    asset = build_asset()
    assert asset.arrive(at=NOW + timedelta(days=1), now=NOW)
    assert asset.arrived_at == NOW


@given(total=st.integers(1, 10**11), part_size=st.integers(10**6, 10**9))
def test_parts_make_up_the_whole(total: int, part_size: int) -> None:
    sizes = MultipartUpload(upload_id="upload", part_size=part_size).part_sizes(total)
    assert sum(sizes) == total
    assert all(size == part_size for size in sizes[:-1])
    assert 0 < sizes[-1] <= part_size


@pytest.mark.parametrize(("title", "label"), [("Kitchen", "Kitchen"), (None, "IMG_1.jpg"), ("", "IMG_1.jpg")])
def test_people_call_it_by_its_title_or_else_its_file_name(title: str | None, label: str) -> None:
    assert build_asset(title=title, filename="IMG_1.jpg").label == label


def test_an_announced_file_has_all_that_was_announced_and_a_key_of_our_making() -> None:
    model = build_asset(media_type=MediaType.PHOTO_HORIZONTAL, title="Garden", sequence=7)
    spec = FileSpec(
        client_id=model.client_id,
        media_type=model.media_type,
        filename=model.filename,
        content_type=model.content_type,
        size=model.size,
        checksum=checksum_of(str(model.id)),
        sequence=7,
        title="Garden",
    )
    asset = Asset.announce(asset_id=model.id, batch_id=model.batch_id, listing_id=model.listing_id, spec=spec, now=NOW)
    assert asset == model


def test_a_rendition_is_found_by_name() -> None:
    asset = build_asset()
    asset.renditions = image_renditions(asset)
    found = asset.rendition(RenditionName.MEDIUM)
    assert found is not None
    assert found.name is RenditionName.MEDIUM
    assert asset.rendition(RenditionName.HLS) is None


def test_a_failure_may_pass_only_when_it_was_not_the_file_that_was_judged() -> None:
    assert {code for code in FailureCode if code.may_pass} == {
        FailureCode.DECODER_CRASHED,
        FailureCode.TRANSCODE_FAILED,
        FailureCode.TIMEOUT,
        FailureCode.ZIP_FAILED,
        FailureCode.SITE_UNREACHABLE,
        FailureCode.INTERNAL_ERROR,
    }
