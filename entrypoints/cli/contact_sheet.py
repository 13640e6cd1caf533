"""All pictures of a delivery on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

_COLUMNS = 4
_CELL = (360, 300)
_CAPTION = 64
_GAP = 28
_HEADER = 110
_GROUND, _FRAME, _INK, _FAINT = "#14161a", "#20242b", "#f2f2f2", "#9aa3af"
_RADIUS = 10
_LONGEST = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """`picture` is a file that Pillow reads. `plays` marks a video."""

    picture: Path
    label: str
    caption: str
    plays: bool = False


def draw_contact_sheet(title: str, subtitle: str, exhibits: Sequence[Exhibit], path: Path) -> None:
    """Write a JPEG. Up to four pictures a row, each whole and upright."""
    columns = max(1, min(_COLUMNS, len(exhibits)))
    rows = -(-len(exhibits) // columns)
    width = columns * (_CELL[0] + _GAP) + _GAP
    height = _HEADER + rows * (_CELL[1] + _CAPTION + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, 30), title, fill=_INK, font=ImageFont.load_default(34))
    draw.text((_GAP, 74), subtitle, fill=_FAINT, font=ImageFont.load_default(18))
    for index, exhibit in enumerate(exhibits):
        row, column = divmod(index, columns)
        left = _GAP + column * (_CELL[0] + _GAP)
        _hang(sheet, exhibit, left, _HEADER + row * (_CELL[1] + _CAPTION + _GAP))
    sheet.save(path, quality=90)


def _hang(sheet: Image.Image, exhibit: Exhibit, left: int, top: int) -> None:
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((left, top, left + _CELL[0], top + _CELL[1]), _RADIUS, fill=_FRAME)
    with Image.open(exhibit.picture) as source:
        picture = ImageOps.contain(source.convert("RGB"), (_CELL[0] - 16, _CELL[1] - 16))
    x, y = left + (_CELL[0] - picture.width) // 2, top + (_CELL[1] - picture.height) // 2
    sheet.paste(picture, (x, y))
    if exhibit.plays:
        _mark_video(draw, left + _CELL[0] // 2, top + _CELL[1] // 2)
    draw.text((left, top + _CELL[1] + 10), _short(exhibit.label), fill=_INK, font=ImageFont.load_default(20))
    draw.text((left, top + _CELL[1] + 36), exhibit.caption, fill=_FAINT, font=ImageFont.load_default(16))


def _mark_video(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.ellipse((x - 34, y - 34, x + 34, y + 34), fill=_GROUND, outline=_INK, width=3)
    draw.polygon([(x - 11, y - 17), (x - 11, y + 17), (x + 19, y)], fill=_INK)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
