"""Media to try Vitrine with, made on the spot: every format that phones and cameras deliver."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pillow_heif
from PIL import Image, ImageDraw

from entrypoints.cli.scenery import DUSK, MORNING, NIGHT, NOON, scene, write

_LANDSCAPE, _PORTRAIT = (2400, 1600), (1600, 2400)
_ORIENTATION = 0x0112
_STORED = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera stores an upright picture under each EXIF orientation."""
_VIDEO_SECONDS = 4
_FFMPEG_TIMEOUT = 60


def make_photos(folder: Path) -> None:
    """Photos and a video of a property. Some are stored turned, as cameras do, and say so in EXIF."""
    _jpeg(folder / "front.jpg", scene(*_LANDSCAPE, NOON, "Front, EXIF 1"), orientation=1)
    _jpeg(folder / "terrace.jpg", scene(*_LANDSCAPE, DUSK, "Terrace, EXIF 3"), orientation=3)
    _jpeg(folder / "tower.jpg", scene(*_PORTRAIT, MORNING, "Tower, EXIF 6"), orientation=6)
    _jpeg(folder / "gate.jpg", scene(*_PORTRAIT, NIGHT, "Gate, EXIF 8"), orientation=8)
    pillow_heif.from_pillow(scene(*_LANDSCAPE, MORNING, "Valley, HEIC")).save(folder / "valley.heic", quality=80)
    scene(*_LANDSCAPE, NIGHT, "Night, WebP").save(folder / "night.webp", quality=85, method=0)
    scene(*_PORTRAIT, DUSK, "Evening, AVIF").save(folder / "evening.avif", quality=70, speed=9)
    _logo().save(folder / "logo.png", compress_level=1)
    _video(folder / "walk.mp4")


def make_project(folder: Path) -> None:
    """Plans and a render of a development."""
    pages = [_plan("Ground floor", rooms=3), _plan("First floor", rooms=4)]
    pages[0].save(folder / "plans.pdf", save_all=True, append_images=pages[1:], resolution=150)
    _jpeg(folder / "render.jpg", scene(2400, 1350, DUSK, "Render"), orientation=1)


def _jpeg(path: Path, upright: Image.Image, *, orientation: int) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    turn = _STORED[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    stored.save(path, exif=exif, quality=88)


def _logo() -> Image.Image:
    """With a transparent ground."""
    image = Image.new("RGBA", (1200, 1200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((100, 100, 1100, 1100), fill=(38, 84, 124), outline=(240, 200, 90), width=28)
    draw.polygon([(250, 640), (600, 320), (950, 640)], fill=(240, 200, 90))
    draw.rectangle((370, 640, 830, 880), fill=(245, 240, 230))
    write(draw, (600, 985), "PNG, alpha", 90, anchor="mm")
    return image


def _plan(title: str, *, rooms: int) -> Image.Image:
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    write(draw, (120, 160), title, 72, anchor="ls", fill="black")
    draw.rectangle((120, 260, 1120, 1460), outline="black", width=14)
    for room in range(1, rooms):
        y = 260 + 1200 * room // rooms
        draw.line((120, y, 760, y), fill="black", width=8)
        draw.arc((690, y - 70, 830, y + 70), 180, 270, fill="gray", width=4)
    draw.line((760, 260, 760, 1460), fill="black", width=8)
    for room in range(rooms):
        at = (440, 260 + 1200 * (2 * room + 1) // (2 * rooms))
        write(draw, at, f"Room {room + 1}", 44, anchor="mm", fill="gray")
    return page


def _video(path: Path) -> None:
    """The camera walks past the house, to the sound of a tone."""
    still = path.with_suffix(".jpg")
    scene(2560, 720, DUSK, "Walk, MP4").save(still, quality=90)
    walk = f"crop=1280:720:x='(iw-ow)*t/{_VIDEO_SECONDS}':y=0,format=yuv420p"
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"),
        *("-loop", "1", "-framerate", "30", "-t", str(_VIDEO_SECONDS), "-i", str(still)),
        *("-f", "lavfi", "-t", str(_VIDEO_SECONDS), "-i", "sine=frequency=330"),
        *("-vf", walk, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-shortest", str(path)),
    ]
    try:
        subprocess.run(command, check=True, timeout=_FFMPEG_TIMEOUT)  # noqa: S603 - our own words
    finally:
        still.unlink()
