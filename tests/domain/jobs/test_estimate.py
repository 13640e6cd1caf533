"""The estimate is rough, but it goes in the right direction."""

from hypothesis import given
from hypothesis import strategies as st

from domain.assets.asset import Asset
from domain.batches.media_type import MediaType
from domain.jobs.estimate import Capacity, estimate_seconds
from tests.builders import build_asset

assets = st.lists(
    st.builds(
        lambda media_type, size: build_asset(media_type=media_type, size=size),
        st.sampled_from(MediaType),
        st.integers(1, 10 * 2**30),
    ),
    max_size=20,
)


@given(assets)
def test_it_is_whole_seconds_and_at_least_one(files: list[Asset]) -> None:
    seconds = estimate_seconds(files, Capacity())
    assert isinstance(seconds, int)
    assert seconds >= 1


@given(assets, assets)
def test_more_files_never_take_less(files: list[Asset], more: list[Asset]) -> None:
    assert estimate_seconds(files, Capacity()) <= estimate_seconds([*files, *more], Capacity())


@given(assets)
def test_more_workers_never_take_longer(files: list[Asset]) -> None:
    assert estimate_seconds(files, Capacity(images=8, videos=4)) <= estimate_seconds(files, Capacity())


def test_a_video_takes_longer_than_a_photo_of_its_size() -> None:
    size = 50_000_000
    photo, video = build_asset(size=size), build_asset(media_type=MediaType.VIDEO_VERTICAL, size=size)
    assert estimate_seconds([photo], Capacity()) < estimate_seconds([video], Capacity())
