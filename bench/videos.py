"""Videos at 30 frames a second: a moving test card with noise, some 3 Mbit/s, and sound.

Keyframes lie ten seconds apart, too far for HLS: so nothing of them is copied, and all sizes are encoded.
"""

import subprocess
from pathlib import Path

import imageio_ffmpeg

_NOISE = ("-vf", "noise=alls=12:allf=t", "-pix_fmt", "yuv420p")
_ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-b:v", "3M", "-g", "300", "-keyint_min", "300", "-c:a", "aac")
_PIECE = 10


def write_video(path: Path, *, seconds: int, size: str = "1920x1080") -> Path:
    """Long ones repeat their first ten seconds."""
    drawn = min(seconds, _PIECE)
    piece = path.with_name(f"piece-of-{path.name}")
    card, sound = f"testsrc2=size={size}:rate=30:duration={drawn}", f"sine=duration={drawn}"
    _ffmpeg("-f", "lavfi", "-i", card, "-f", "lavfi", "-i", sound, *_NOISE, *_ENCODER, piece)
    _ffmpeg("-stream_loop", str(seconds // drawn - 1), "-i", piece, "-c", "copy", path)
    piece.unlink()
    return path


def _ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)
