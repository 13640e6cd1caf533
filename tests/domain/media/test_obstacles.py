"""Why a media cannot be used."""

import pytest

from domain.media.media import ATTACHABLE, MediaStatus
from domain.media.obstacle import Obstacle
from tests.builders import NOW, build_media

OBSTACLES = {
    MediaStatus.PENDING: Obstacle.PENDING,
    MediaStatus.FAILED: Obstacle.FAILED,
    MediaStatus.DELETE_REQUESTED: Obstacle.NOT_FOUND,
    MediaStatus.DELETE_FAILED: Obstacle.NOT_FOUND,
    MediaStatus.DELETED: Obstacle.NOT_FOUND,
}


@pytest.mark.parametrize("status", MediaStatus)
def test_every_status_but_two_is_one(status: MediaStatus) -> None:
    media = build_media(status=status)

    assert media.obstacle == OBSTACLES.get(status)
    assert media.is_attachable == (status in ATTACHABLE)


@pytest.mark.parametrize("status", sorted(ATTACHABLE))
def test_a_quarantine_is_one(status: MediaStatus) -> None:
    assert build_media(status=status, quarantined_at=NOW).obstacle is Obstacle.QUARANTINED


def test_on_its_way_out_nothing_else_is_told() -> None:
    assert build_media(status=MediaStatus.DELETE_REQUESTED, quarantined_at=NOW).obstacle is Obstacle.NOT_FOUND


@pytest.mark.parametrize("obstacle", Obstacle)
def test_each_names_the_media(obstacle: Obstacle) -> None:
    media = build_media()

    assert str(media.id) in obstacle.of(media.id)
