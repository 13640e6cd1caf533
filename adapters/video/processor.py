"""Videos: an MP4 ladder, HLS of the same, and a poster in the sizes of a picture."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from adapters.video import commands
from adapters.video.demuxers import DEMUXERS, Demuxer
from adapters.video.facts import VideoFacts
from adapters.video.ffmpeg import Ffmpeg
from adapters.video.ladder import Step, ladder
from application.ports.decoding import Derivatives, DerivedFile, IsolatedRunner, MediaProcessor, Progress
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import MediaFacts, RenditionName

PROBE_VIDEO = "adapters.video.probe:probe_video"
"""The function that the runner given to a VideoProcessor must allow."""

CONTENT_TYPES = frozenset(DEMUXERS)

_MP4 = "video/mp4"
_PLAYLIST = "application/vnd.apple.mpegurl"
_POSTER_AT = 1.0
_TRANSCODED = 0.92
"""How far one is when the MP4s are done: the rest takes no new encode."""


class VideoProcessor(MediaProcessor):
    """MP4, QuickTime and WebM to H.264/AAC at 1080p and 720p, upright, without metadata.

    `images` makes the sizes of the poster. `launcher` begins the command line of ffmpeg: pass
    what confines it. Limits are in seconds and pixels; a transcode may take `patience` times the
    duration of its video, and two minutes.
    """

    def __init__(
        self,
        runner: IsolatedRunner,
        *,
        images: MediaProcessor,
        launcher: Sequence[str] = (),
        duration_limit: float = 1800.0,
        pixel_limit: int = 8192 * 4320,
        patience: float = 10.0,
        threads: int | None = None,
    ) -> None:
        self._runner = runner
        self._images = images
        self._ffmpeg = Ffmpeg(launcher=launcher)
        self._duration_limit = duration_limit
        self._pixel_limit = pixel_limit
        self._patience = patience
        self._threads = threads or min(4, os.cpu_count() or 1)

    async def derive(self, source: Path, *, content_type: str, into: Path, progress: Progress) -> Derivatives:
        if content_type not in CONTENT_TYPES:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, f"Videos of type {content_type} are not decoded.")
        video = await self._probe(source, content_type)
        steps = ladder(video)
        mp4s = await self._transcode(source, video, steps, into, progress, demuxer=DEMUXERS[content_type])
        poster = await self._poster(video, mp4s[0], into)
        await progress((1 + _TRANSCODED) / 2)
        playlists = await self._segment(video, steps, mp4s, into)
        await progress(1.0)
        return Derivatives(facts=_facts(video, poster.facts), files=(*poster.files, *mp4s, *playlists))

    async def _probe(self, source: Path, content_type: str) -> VideoFacts:
        arguments: dict[str, object] = {"source": str(source), "content_type": content_type}
        answer = await self._runner.run(PROBE_VIDEO, arguments, timeout=60.0)
        video = msgspec.convert(answer, type=VideoFacts)
        if video.coded_pixels > self._pixel_limit:
            detail = f"The video has {video.coded_pixels:,} pixels a frame; {self._pixel_limit:,} are allowed."
            raise MediaRejected(FailureCode.PIXEL_LIMIT_EXCEEDED, detail)
        if video.duration > self._duration_limit:
            detail = f"The video lasts {video.duration:.0f} s; {self._duration_limit:.0f} s are allowed."
            raise MediaRejected(FailureCode.DURATION_LIMIT_EXCEEDED, detail)
        return video

    async def _transcode(
        self,
        source: Path,
        video: VideoFacts,
        steps: Sequence[Step],
        into: Path,
        progress: Progress,
        *,
        demuxer: Demuxer,
    ) -> tuple[DerivedFile, ...]:
        reached = 0.0

        async def on_time(position: float) -> None:
            nonlocal reached
            reached = max(reached, min(1.0, position / video.duration) if video.duration else 0.0)
            await progress(reached * _TRANSCODED)

        outputs = [into / f"{step.rung.mp4}.mp4" for step in steps]
        command = commands.transcode(
            source, demuxer, video, steps, outputs, threads=self._threads, pixel_limit=self._pixel_limit
        )
        await self._ffmpeg.run(command, seconds=120 + self._patience * video.duration, on_time=on_time)
        return tuple(_file(step.rung.mp4, path, _MP4, step) for step, path in zip(steps, outputs, strict=True))

    async def _poster(self, video: VideoFacts, mp4: DerivedFile, into: Path) -> Derivatives:
        frame = into / "poster.png"
        try:
            at = min(_POSTER_AT, video.duration / 2)
            await self._ffmpeg.run(commands.poster(mp4.path, frame, at=at), seconds=60)
            if not frame.exists():  # the sound goes on where the pictures ended
                await self._ffmpeg.run(commands.poster(mp4.path, frame, at=0), seconds=60)
            return await self._images.derive(frame, content_type="image/png", into=into, progress=_unheard)
        finally:
            frame.unlink(missing_ok=True)

    async def _segment(
        self, video: VideoFacts, steps: Sequence[Step], mp4s: Sequence[DerivedFile], into: Path
    ) -> tuple[DerivedFile, ...]:
        master = RenditionName.HLS
        pairs = [(step, mp4.path) for step, mp4 in zip(steps, mp4s, strict=True)]
        command = commands.segment(pairs, into, master=master, audio=video.audio_index is not None)
        await self._ffmpeg.run(command, seconds=120 + video.duration)
        files = [DerivedFile(name=master, path=into / master, content_type=_PLAYLIST)]
        for step in steps:
            files.append(_file(step.rung.playlist, into / step.rung.playlist, _PLAYLIST, step))
            files.append(_file(step.rung.media, into / step.rung.media, _MP4, step))
        return tuple(files)


def _file(name: RenditionName, path: Path, content_type: str, step: Step) -> DerivedFile:
    return DerivedFile(name=name, path=path, content_type=content_type, width=step.width, height=step.height)


def _facts(video: VideoFacts, poster: MediaFacts) -> MediaFacts:
    return MediaFacts(
        width=video.width,
        height=video.height,
        duration_seconds=video.duration,
        codec=video.codec,
        thumbhash=poster.thumbhash,
        dominant_color=poster.dominant_color,
    )


async def _unheard(_: float) -> None:
    """The sizes of one frame take a moment only: no progress worth telling."""
