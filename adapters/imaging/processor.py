"""Pictures: four sizes, and what they look like."""

from pathlib import Path

import msgspec

from application.ports.decoding import Derivatives, DerivedFile, IsolatedRunner, MediaProcessor, Progress
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import MediaFacts, RenditionName

DERIVE_IMAGES = "adapters.imaging.decode:derive_images"
"""The function that the runner given to an ImageProcessor must allow."""

CONTENT_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/avif",
        "image/heic",
        "image/heif",
    }
)


class _Size(msgspec.Struct, frozen=True):
    name: RenditionName
    path: str
    width: int
    height: int


class _Answer(msgspec.Struct, frozen=True):
    width: int
    height: int
    codec: str
    thumbhash: str
    dominant_color: str
    files: tuple[_Size, ...]


class ImageProcessor(MediaProcessor):
    """JPEG, PNG, WebP, GIF (first frame), AVIF, HEIC and HEIF to progressive JPEG in sRGB, upright, without metadata.

    `pixel_limit` counts the pixels of the header; `timeout` is in seconds and for one picture.
    """

    def __init__(self, runner: IsolatedRunner, *, pixel_limit: int = 200_000_000, timeout: float = 60.0) -> None:
        self._runner = runner
        self._pixel_limit = pixel_limit
        self._timeout = timeout

    async def derive(self, source: Path, *, content_type: str, into: Path, progress: Progress) -> Derivatives:
        if content_type not in CONTENT_TYPES:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, f"Pictures of type {content_type} are not decoded.")
        arguments: dict[str, object] = {
            "source": str(source),
            "content_type": content_type,
            "into": str(into),
            "pixel_limit": self._pixel_limit,
        }
        answer = msgspec.convert(await self._runner.run(DERIVE_IMAGES, arguments, timeout=self._timeout), type=_Answer)
        await progress(1.0)
        return _derivatives(answer)


def _derivatives(answer: _Answer) -> Derivatives:
    return Derivatives(
        facts=MediaFacts(
            width=answer.width,
            height=answer.height,
            codec=answer.codec,
            thumbhash=answer.thumbhash,
            dominant_color=answer.dominant_color,
        ),
        files=tuple(
            DerivedFile(
                name=size.name,
                path=Path(size.path),
                content_type="image/jpeg",
                width=size.width,
                height=size.height,
            )
            for size in answer.files
        ),
    )
