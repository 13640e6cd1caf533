"""Runs in a child process: what a video is, from its container and its first frame."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from adapters.video.demuxers import DEMUXERS, MATROSKA
from adapters.video.segment import require_whole_segment
from domain.assets.failure import FailureCode, MediaRejected

_HDR_TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}
"""PQ and HLG, by the numbers of ITU-T H.273."""


def probe_video(*, source: str, content_type: str) -> dict[str, object]:
    """The fields of `adapters.video.facts.VideoFacts`. Raises MediaRejected, and whatever FFmpeg raises."""
    demuxer = DEMUXERS[content_type]
    if demuxer is MATROSKA:
        require_whole_segment(Path(source))
    with av.open(source, format=demuxer.name, options=dict(demuxer.options)) as container:
        video = _first(container.streams.video, lambda stream: not _is_cover(stream))
        if video is None:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The file has no picture track.")
        audio = _first(container.streams.audio, lambda stream: stream.codec_context is not None)
        _require_all_bytes(container, Path(source).stat().st_size)
        return _describe(container, video) | {"audio_index": audio.index if audio else None}


def _first(streams: Any, wanted: Any) -> Any:
    return next((stream for stream in streams if wanted(stream)), None)


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _require_all_bytes(container: Any, size: int) -> None:
    """The index stands before the bytes in many files, and so survives their loss."""
    for stream in container.streams:
        if any(entry.pos + entry.size > size for entry in stream.index_entries):
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The video is incomplete: its end is missing.")


def _describe(container: Any, video: Any) -> dict[str, object]:
    context = video.codec_context
    frame = next(container.decode(video), None)
    if frame is None:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The picture track has no pictures.")
    rotation = round(frame.rotation) % 360
    pixel_aspect = float(video.sample_aspect_ratio or 1) or 1.0
    width, height = round(frame.width * pixel_aspect), frame.height
    sideways = rotation in (90, 270)
    return {
        "video_index": video.index,
        "width": height if sideways else width,
        "height": width if sideways else height,
        "coded_pixels": frame.width * frame.height,
        "duration": _duration(container, video),
        "codec": context.name,
        "pixel_format": frame.format.name,
        "frame_rate": float(video.average_rate or 0),
        "bit_rate": video.bit_rate or 0,
        "keyframe_gap": max(_keyframe_gaps(video), default=None),
        "plain": _has_no_matrix(frame) and pixel_aspect == 1.0 and not frame.interlaced_frame,
        "hdr_transfer": _HDR_TRANSFERS.get(context.color_trc),
    }


def _has_no_matrix(frame: Any) -> bool:
    return all(item.type.name != "DISPLAYMATRIX" for item in frame.side_data)


def _keyframe_gaps(video: Any) -> Iterator[float]:
    """Seconds between the points where a player can start; none when frames are cut away by an edit."""
    entries = video.index_entries
    if len(entries) == 0 or any(entry.is_discard for entry in entries):
        return
    starts = [entry.timestamp for entry in entries if entry.is_keyframe]
    for earlier, later in pairwise([*starts, entries[len(entries) - 1].timestamp]):
        yield float((later - earlier) * video.time_base)


def _duration(container: Any, video: Any) -> float:
    """Recorders that stream write no duration in front: then the packets tell."""
    if container.duration:
        return float(container.duration) / float(av.time_base)
    ends = (packet.pts + (packet.duration or 0) for packet in container.demux(video) if packet.pts is not None)
    return float(max(ends, default=0) * video.time_base)
