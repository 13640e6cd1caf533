"""How long a run will take, roughly: people like to know."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from domain.assets.asset import Asset
from domain.batches.media_type import MediaCategory

_SECONDS_AN_IMAGE = 0.4
_VIDEO_BYTES_A_SECOND = 1_500_000
_ZIP_BYTES_A_SECOND = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many files the workers take at once."""

    images: int = 2
    videos: int = 1


def estimate_seconds(assets: Collection[Asset], capacity: Capacity) -> int:
    """Whole seconds, at least 1: images and videos side by side, then the ZIP."""
    videos = [asset for asset in assets if asset.media_type.category is MediaCategory.VIDEO]
    images = (len(assets) - len(videos)) * _SECONDS_AN_IMAGE / capacity.images
    video = sum(asset.size for asset in videos) / _VIDEO_BYTES_A_SECOND / capacity.videos
    archive = sum(asset.size for asset in assets) / _ZIP_BYTES_A_SECOND
    return max(1, math.ceil(max(images, video) + archive))
