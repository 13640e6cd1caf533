"""Sample media, made on the spot. Every builder returns the bytes of a file.

Pictures show `CORNERS`: a colour in each quarter, so that a test can tell which way is up.
"""

import io
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import pillow_heif
from PIL import Image, ImageCms, ImageDraw

CORNERS = {
    "top left": (220, 30, 30),
    "top right": (30, 200, 40),
    "bottom left": (30, 50, 220),
    "bottom right": (250, 220, 20),
}

_UNDO_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_ORIENTATION, _GPS, _MAKE = 0x0112, 0x8825, 0x010F
GPS_MARK = b"VitrineGPSMark"
"""Stands in the GPS directory of pictures made with `gps=True`."""


def picture(width: int = 320, height: int = 240) -> Image.Image:
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    x, y = width // 2, height // 2
    draw.rectangle((0, 0, x, y), CORNERS["top left"])
    draw.rectangle((x, 0, width, y), CORNERS["top right"])
    draw.rectangle((0, y, x, height), CORNERS["bottom left"])
    draw.rectangle((x, y, width, height), CORNERS["bottom right"])
    return image


def jpeg(
    width: int = 320, height: int = 240, *, orientation: int = 1, gps: bool = False, progressive: bool = False
) -> bytes:
    """`width` and `height` are those of the upright picture, whatever the orientation."""
    image = picture(width, height)
    if orientation in _UNDO_ORIENTATION:
        image = image.transpose(_UNDO_ORIENTATION[orientation])
    return _saved(image, "JPEG", exif=_exif(orientation, gps=gps), quality=90, progressive=progressive)


@cache
def photo(width: int = 4000, height: int = 3000) -> bytes:
    """A JPEG with the detail of a photograph: 12 MP, some 4 MB."""
    detail = Image.effect_noise((width // 4, height // 4), 24).resize((width, height), Image.Resampling.BILINEAR)
    return _saved(Image.blend(picture(width, height), detail.convert("RGB"), 0.4), "JPEG", quality=92)


def cmyk_jpeg(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height).convert("CMYK"), "JPEG", quality=90)


def gray_jpeg(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height).convert("L"), "JPEG", quality=90)


def srgb_tagged_jpeg(width: int = 320, height: int = 240) -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return _saved(picture(width, height), "JPEG", quality=90, icc_profile=profile)


def plain_jpeg(color: tuple[int, int, int], *, icc_profile: bytes) -> bytes:
    """One colour, with any bytes as its profile."""
    return _saved(Image.new("RGB", (320, 240), color), "JPEG", quality=95, icc_profile=icc_profile)


def png(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height), "PNG")


def transparent_png(width: int = 320, height: int = 240) -> bytes:
    """Its left half is the picture, its right half is transparent black."""
    image = picture(width, height).convert("RGBA")
    image.paste((0, 0, 0, 0), (width // 2, 0, width, height))
    return _saved(image, "PNG")


def palette_png(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height).quantize(16), "PNG")


def deep_png(width: int = 320, height: int = 240) -> bytes:
    """16 bits of mid grey."""
    return _saved(Image.new("I;16", (width, height), 0x8080), "PNG")


def webp(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height), "WEBP", quality=90)


def avif(width: int = 320, height: int = 240) -> bytes:
    return _saved(picture(width, height), "AVIF", quality=80)


def gif(width: int = 320, height: int = 240) -> bytes:
    """Two frames; the second is black."""
    black = Image.new("RGB", (width, height))
    return _saved(picture(width, height), "GIF", save_all=True, append_images=[black])


_IN_HASTE = {"preset": "ultrafast"}


def heic(width: int = 320, height: int = 240, *, gps: bool = False) -> bytes:
    target = io.BytesIO()
    heif = pillow_heif.from_pillow(picture(width, height))
    heif.save(target, quality=90, exif=_exif(1, gps=gps).tobytes(), enc_params=_IN_HASTE)
    return target.getvalue()


def tiled_heic(width: int = 1200, height: int = 900) -> bytes:
    """In tiles, as phones write it."""
    target = io.BytesIO()
    pillow_heif.options.GRID_TILE_SIZE = 256
    try:
        pillow_heif.from_pillow(picture(width, height)).save(target, quality=90, enc_params=_IN_HASTE)
    finally:
        pillow_heif.options.GRID_TILE_SIZE = 0
    return target.getvalue()


def svg() -> bytes:
    return b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A valid header that promises more pixels than a machine has memory for, in a hundred bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def text() -> bytes:
    return b"This is no picture, whatever its name says.\n" * 20


def truncated(data: bytes, *, keep: float = 0.6) -> bytes:
    return data[: int(len(data) * keep)]


def pdf(width: int = 300, height: int = 400, *, pages: int = 1, encrypted: bool = False) -> bytes:
    """`width` and `height` in points. The upper half of every page is red, the lower one is empty."""
    content = b"0.9 0.1 0.1 rg 0 %d %d %d re f" % (height // 2, width, height)
    kids = b" ".join(b"%d 0 R" % (4 + page) for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 %d %d] >>" % (kids, pages, width, height),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *[b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>"] * pages,
    ]
    trailer = b"/Root 1 0 R"
    if encrypted:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32))
        trailer += b" /Encrypt %d 0 R /ID [<00><00>]" % len(objects)
    return _pdf_file(objects, trailer)


@cache
def video(
    width: int = 320,
    height: int = 180,
    *,
    seconds: float = 2.0,
    audio: bool = True,
    rotation: int = 0,
    container: str = "mp4",
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    bit_rate: str = "",
    options: tuple[str, ...] = (),
) -> bytes:
    """H.264 and AAC unless told, 30 pictures a second, with a position in its metadata.

    `rotation` in degrees is written as a display matrix: players turn the picture, decoders do not.
    """
    with tempfile.TemporaryDirectory() as folder:
        flat, turned = Path(folder, f"flat.{container}"), Path(folder, f"turned.{container}")
        sound = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"] if audio else []
        _ffmpeg(
            *("-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=30:duration={seconds}", *sound),
            *("-c:v", codec, "-preset", "ultrafast", "-pix_fmt", pixel_format, "-g", "30"),
            *(("-b:v", bit_rate) if bit_rate else ()),
            *("-metadata", "location=+52.5200+013.4050/", "-c:a", "aac", *options, str(flat)),
        )
        if not rotation:
            return flat.read_bytes()
        _ffmpeg("-display_rotation", str(rotation), "-i", str(flat), "-c", "copy", "-map_metadata", "0", str(turned))
        return turned.read_bytes()


def webm(width: int = 320, height: int = 180, *, seconds: float = 2.0, streamed: bool = False) -> bytes:
    """VP9 and Opus. A `streamed` one, as browsers record it, says neither how long it lasts nor where it ends."""
    return video(
        width,
        height,
        seconds=seconds,
        container="webm",
        codec="libvpx-vp9",
        options=(*_QUICK_VP9, *(("-live", "1") if streamed else ()), "-c:a", "libopus", "-f", "webm"),
    )


_QUICK_VP9 = ("-deadline", "realtime", "-cpu-used", "8")


def referring_mov(neighbour: str) -> bytes:
    """A MOV whose samples are zeros here, and lie in the file `neighbour` of its folder: bytes of `video()`.

    Only a demuxer that follows references to other files can decode it.
    """
    alias = _ALIAS_HEAD + struct.pack(">HH16x", 1, 1) + _alias_path(f"/folder/{neighbour}")
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    hollow = b""
    for kind, body in _boxes(video()):
        hollow += _box(kind, bytes(len(body)) if kind == b"mdat" else body)
    return _with_reference(hollow, struct.pack(">II", 0, 1) + entry)


_ALIAS_HEAD = (
    bytes(10) + b"\x06" + b"volume".ljust(27, b"\0") + bytes(12) + b"\x04" + b"name".ljust(63, b"\0") + bytes(16)
)
_TO_REFERENCES = {b"moov", b"trak", b"mdia", b"minf", b"dinf"}


def _alias_path(path: str) -> bytes:
    padded = path.encode() + bytes(len(path) % 2)
    return struct.pack(">HH", 2, len(path)) + padded + struct.pack(">HH", 0xFFFF, 0)


def _with_reference(data: bytes, reference: bytes) -> bytes:
    changed = b""
    for kind, body in _boxes(data):
        if kind in _TO_REFERENCES:
            changed += _box(kind, _with_reference(body, reference))
        else:
            changed += _box(kind, reference if kind == b"dref" else body)
    return changed


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    while data:
        size = int.from_bytes(data[:4], "big")
        yield data[4:8], data[8:size]
        data = data[size:]


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _ffmpeg(*arguments: str) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-nostdin", "-y", *arguments], check=True, timeout=60)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _exif(orientation: int, *, gps: bool) -> Image.Exif:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    if gps:
        exif[_MAKE] = "Vitrine"
        exif.get_ifd(_GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 29: GPS_MARK.decode()})
    return exif


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _pdf_file(objects: list[bytes], trailer: bytes) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        trailer,
        len(body),
    )
