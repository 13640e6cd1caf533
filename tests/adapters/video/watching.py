"""Derives from bytes, and plays what came out."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import av

from application.ports.decoding import Derivatives, DerivedFile, MediaProcessor
from domain.assets.rendition import RenditionName

_numbers = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Derived:
    derivatives: Derivatives
    progress: list[float]

    def file(self, name: RenditionName) -> DerivedFile:
        return next(file for file in self.derivatives.files if file.name is name)

    @property
    def names(self) -> set[str]:
        return {file.name.value for file in self.derivatives.files}


@dataclass(frozen=True, kw_only=True)
class Played:
    """`frames` counts those that decode; `turned` is what a player would still turn the picture by."""

    width: int
    height: int
    frames: int
    codecs: tuple[str, ...]
    pixel_format: str
    turned: int
    seconds: float
    metadata: str


async def derive(processor: MediaProcessor, data: bytes, folder: Path, content_type: str = "video/mp4") -> Derived:
    source = folder / f"original-{next(_numbers)}"
    source.write_bytes(data)
    into = folder / f"{source.name}-derived"
    into.mkdir()
    told: list[float] = []

    async def remember(fraction: float) -> None:
        told.append(fraction)

    derivatives = await processor.derive(source, content_type=content_type, into=into, progress=remember)
    assert {file.path for file in derivatives.files} == set(into.iterdir())
    return Derived(derivatives=derivatives, progress=told)


def play(path: Path, *, playlist: bool = False) -> Played:
    """Decodes every picture."""
    options = {"allowed_extensions": "ALL", "extension_picky": "0"} if playlist else {}
    with av.open(str(path), format="hls" if playlist else "mov", options=options) as container:
        video = container.streams.video[0]
        described = str(container.metadata) + "".join(str(stream.metadata) for stream in container.streams)
        codecs = tuple(stream.codec_context.name for stream in container.streams)
        frames = [(frame.width, frame.height, frame.format.name, frame.rotation) for frame in container.decode(video)]
        width, height, pixel_format, turned = frames[0]
        return Played(
            width=width,
            height=height,
            frames=len(frames),
            codecs=codecs,
            pixel_format=pixel_format,
            turned=turned,
            seconds=(container.duration or 0) / av.time_base,
            metadata=described,
        )
