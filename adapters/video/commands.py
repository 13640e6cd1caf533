"""Command lines for ffmpeg, without the program's name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.video.demuxers import MOV, Demuxer
from adapters.video.facts import VideoFacts
from adapters.video.ladder import MAX_FRAME_RATE, Step

_KEYFRAME_SECONDS = 2
_SEGMENT_SECONDS = 4

_CALM = ("-nostdin", "-hide_banner", "-loglevel", "error", "-xerror", "-y")
"""Without -xerror a truncated file ends with status 0."""

_NO_METADATA = ("-map_metadata", "-1", "-map_chapters", "-1")
_DROP_SEI = ("-bsf:v", "filter_units=remove_types=6")
"""The messages in a copied stream, where cameras put positions too."""

_TO_SDR = (
    "zscale=tin={transfer}:pin=bt2020:min=bt2020nc:rin=tv:t=linear:npl=100,format=gbrpf32le,"
    "zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)


def transcode(
    source: Path,
    demuxer: Demuxer,
    video: VideoFacts,
    steps: Sequence[Step],
    outputs: Sequence[Path],
    *,
    threads: int,
    pixel_limit: int,
) -> list[str]:
    """Every step in one go: one decode, and each size from the next larger one. Reports to stdout."""
    encoded = [step for step in steps if not step.copied]
    command = [*_CALM, "-progress", "pipe:1", "-stats_period", "0.5"]
    command += ["-threads", str(threads), "-max_pixels", str(pixel_limit), *_input(source, demuxer)]
    command += ["-filter_complex_threads", str(threads), "-filter_complex", _filters(video, encoded)]
    for step, output in zip(steps, outputs, strict=True):
        command += _copy(video) if step.copied else _encode(step, threads)
        command += _audio(video)
        command += [*_NO_METADATA, "-movflags", "+faststart", "-f", "mp4", f"file:{output}"]
    return command


def poster(video: Path, image: Path, *, at: float) -> list[str]:
    """One frame as PNG, from an MP4 of ours: upright, 8 bits, and close to what plays."""
    return [
        *(*_CALM, "-ss", f"{at:.3f}", *_input(video)),
        *("-map", "0:v:0", "-frames:v", "1", "-update", "1", "-c:v", "png", "-f", "image2", f"file:{image}"),
    ]


def segment(videos: Sequence[tuple[Step, Path]], folder: Path, *, master: str, audio: bool) -> list[str]:
    """HLS without a new encode: for each MP4 a playlist and one file of fragments, in `folder`.

    The files bear the names of the renditions, and so the playlists refer to those.
    """
    variants = " ".join(_variant(number, step, audio=audio) for number, (step, _) in enumerate(videos))
    streams = ["v", "a"] if audio else ["v"]
    return [
        *_CALM,
        *(argument for _, video in videos for argument in _input(video)),
        *(part for number in range(len(videos)) for kind in streams for part in ("-map", f"{number}:{kind}:0")),
        *("-c", "copy", *_NO_METADATA, "-f", "hls", "-hls_playlist_type", "vod"),
        *("-hls_time", str(_SEGMENT_SECONDS), "-hls_segment_type", "fmp4"),
        *("-hls_flags", "single_file+independent_segments"),
        *("-var_stream_map", variants, "-master_pl_name", master),
        *("-hls_segment_filename", f"{folder}/hls-%v-media", f"{folder}/hls-%v"),
    ]


def _input(source: Path, demuxer: Demuxer = MOV) -> tuple[str, ...]:
    options = (part for name, value in demuxer.options.items() for part in (f"-{name}", value))
    return ("-f", demuxer.name, *options, "-i", f"file:{source}")


def _variant(number: int, step: Step, *, audio: bool) -> str:
    streams = f"v:{number},a:{number}" if audio else f"v:{number}"
    return f"{streams},name:{step.rung.label}"


def _filters(video: VideoFacts, steps: Sequence[Step]) -> str:
    """A chain of scalers; each but the last gives its picture to its encoder and to the next scaler."""
    return ";".join(_links(video, steps))


def _links(video: VideoFacts, steps: Sequence[Step]) -> Iterator[str]:
    inlet = f"0:{video.video_index}"
    for step in steps:
        link = f"[{inlet}]scale={step.width}:{step.height}:out_range=limited"
        if step is steps[0] and video.hdr_transfer:
            link += "," + _TO_SDR.format(transfer=video.hdr_transfer)
        link += ",setsar=1,format=yuv420p"
        if step is not steps[-1]:
            inlet = f"from-{step.rung.label}"
            link += f",split[{step.rung.label}][{inlet}]"
        else:
            link += f"[{step.rung.label}]"
        yield link


def _encode(step: Step, threads: int) -> list[str]:
    return [
        *("-map", f"[{step.rung.label}]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-crf", "22", "-maxrate", str(step.rung.max_rate), "-bufsize", str(2 * step.rung.max_rate)),
        *("-force_key_frames", f"expr:gte(t,n_forced*{_KEYFRAME_SECONDS})", "-sc_threshold", "0"),
        *("-fpsmax", str(MAX_FRAME_RATE), "-threads", str(threads)),
    ]


def _copy(video: VideoFacts) -> list[str]:
    return ["-map", f"0:{video.video_index}", "-c:v", "copy", *_DROP_SEI]


def _audio(video: VideoFacts) -> list[str]:
    if video.audio_index is None:
        return []
    return ["-map", f"0:{video.audio_index}", "-c:a", "aac", "-b:a", "128k", "-ac", "2"]
