"""Pictures that are drawn, not taken: a house in a landscape, at some hour of the day."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

Colour = tuple[int, int, int]

_RIDGES = 4
_STEPS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """`sun` is where it stands: shares of width and height."""

    name: str
    sky: tuple[Colour, Colour]
    hills: tuple[Colour, Colour]
    sun: tuple[float, float]
    light: Colour
    windows: Colour


MORNING = Hour(
    name="morning",
    sky=((120, 170, 220), (250, 225, 200)),
    hills=((170, 190, 190), (70, 110, 80)),
    sun=(0.22, 0.38),
    light=(255, 240, 200),
    windows=(190, 215, 230),
)
NOON = Hour(
    name="noon",
    sky=((60, 130, 215), (185, 220, 245)),
    hills=((140, 175, 150), (55, 120, 60)),
    sun=(0.7, 0.18),
    light=(255, 250, 225),
    windows=(150, 195, 225),
)
DUSK = Hour(
    name="dusk",
    sky=((60, 45, 110), (250, 150, 90)),
    hills=((150, 90, 110), (45, 35, 65)),
    sun=(0.32, 0.55),
    light=(255, 190, 120),
    windows=(255, 215, 120),
)
NIGHT = Hour(
    name="night",
    sky=((8, 12, 35), (40, 55, 100)),
    hills=((40, 55, 85), (10, 18, 32)),
    sun=(0.75, 0.2),
    light=(225, 230, 245),
    windows=(255, 205, 110),
)


def scene(width: int, height: int, hour: Hour, title: str) -> Image.Image:
    """An RGB picture with its title in the lower left corner."""
    image = _sky(width, height, hour)
    draw = ImageDraw.Draw(image)
    for ridge in range(_RIDGES):
        _hill(draw, width, height, ridge, hour)
    _house(draw, width, height, hour)
    write(draw, (width * 0.03, height * 0.96), title, min(width, height) * 0.05, anchor="ls")
    return image


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, *, anchor: str, fill: str = "white"
) -> None:
    """Text in the typeface that comes with Pillow."""
    draw.text(at, text, fill=fill, font=ImageFont.load_default(size), anchor=anchor)


def _sky(width: int, height: int, hour: Hour) -> Image.Image:
    top, bottom = hour.sky
    gradient = ImageOps.colorize(Image.linear_gradient("L"), top, bottom).resize((width, height))
    glow = Image.new("L", (width // 10, height // 10))
    x, y, radius = hour.sun[0] * glow.width, hour.sun[1] * glow.height, min(glow.size) * 0.085
    ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    glow = glow.filter(ImageFilter.GaussianBlur(radius / 3)).resize((width, height), Image.Resampling.BICUBIC)
    gradient.paste(Image.new("RGB", (width, height), hour.light), mask=glow)
    return gradient


def _hill(draw: ImageDraw.ImageDraw, width: int, height: int, ridge: int, hour: Hour) -> None:
    """The farther, the paler."""
    far, near = hour.hills
    share = ridge / (_RIDGES - 1)
    colour = tuple(round(a + (b - a) * share) for a, b in zip(far, near, strict=True))
    base, swing = height * (0.55 + 0.12 * ridge), height * (0.07 - 0.012 * ridge)
    line = [
        (
            width * step / _STEPS,
            base + swing * (math.sin(step / 17 + ridge * 2.1) + 0.4 * math.sin(step / 6.3 + ridge * 5)),
        )
        for step in range(_STEPS + 1)
    ]
    draw.polygon([(0, height), *line, (width, height)], fill=colour)


def _house(draw: ImageDraw.ImageDraw, width: int, height: int, hour: Hour) -> None:
    unit = min(width, height) * 0.045
    left, ground = width * 0.56, height * 0.86
    wall, roof = _mixed((235, 228, 215), hour), _mixed((150, 70, 55), hour)
    draw.rectangle((left, ground - 5 * unit, left + 8 * unit, ground), fill=wall)
    eaves = ground - 5 * unit
    draw.polygon([(left - unit, eaves), (left + 4 * unit, eaves - 3 * unit), (left + 9 * unit, eaves)], fill=roof)
    for column in (1, 5.2):
        draw.rectangle(
            (left + column * unit, ground - 4 * unit, left + (column + 1.8) * unit, ground - 2.2 * unit),
            fill=hour.windows,
        )
    draw.rectangle((left + 3.3 * unit, ground - 3 * unit, left + 4.7 * unit, ground), fill=roof)


def _mixed(colour: Colour, hour: Hour) -> Colour:
    """As the colour looks under this sky."""
    red, green, blue = ((a * 2 + b) // 3 for a, b in zip(colour, hour.hills[0], strict=True))
    return red, green, blue
