"""A city's colours: one is chosen, the family follows (look.md section 2), each pair checked.

Colours are computed in OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020;
CSS Color 4 section 9.3), because lightness there is what eyes see. Contrast as WCAG 2.2 defines it.
"""

import math
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.core.errors import Refused

PAPER, PAPER_DARK = "#fbf8f2", "#161412"
WHITE, NIGHT_INK = "#ffffff", "#10201b"
#: WCAG 2.2, 1.4.3: text. The city's colour aims higher, header and buttons are read in the sun.
AA = 4.5
#: Lightness within which deep, night and soft colours stay apart (look.md).
LIGHTEST, DARKEST = 0.50, 0.30
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Family:
    """Custom properties of the city's stylesheet, by day and by night: name to #rrggbb."""

    light: dict[str, str]
    dark: dict[str, str]


def normal(colour: str) -> str:
    """`#0e5a48` from `#0E5A48`, `0e5a48` or `#abc`. Refused for anything else."""
    text = colour.strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", text):
        text = "".join(2 * each for each in text)
    if not _HEX.fullmatch(f"#{text}"):
        raise Refused(
            _("Write the colour as # and six digits or letters a to f, for example #0e5a48."),
            code="colour_odd",
        )
    return f"#{text}"


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check(colour: str) -> str:
    """The colour as it is kept. Refused, with the nearest that passes, where it fails."""
    wanted = normal(colour)
    nearest = proposal(wanted)
    if nearest != wanted:
        raise Refused(
            _(
                "White text on %(colour)s cannot be read well enough, or the colour is too dark to "
                "stand apart. The nearest one of the same hue that passes is %(nearest)s."
            )
            % {"colour": wanted, "nearest": nearest},
            code="colour_fails",
        )
    return wanted


def proposal(colour: str) -> str:
    """The nearest colour of the same hue that a city may have; itself where it passes."""
    wanted = normal(colour)
    if _passes(wanted):
        return wanted
    lightness, chroma, hue = _oklch(wanted)
    steps = [DARKEST + each / 200 for each in range(round((LIGHTEST - DARKEST) * 200) + 1)]
    near = sorted(steps, key=lambda step: abs(step - lightness))
    # Black and white have no hue; less chroma where a strong one fails in every lightness.
    for share in (1.0, 0.8, 0.6, 0.4, 0.2, 0.0):
        for step in near:
            found = _hex(step, chroma * share, hue)
            if _passes(found):
                return found
    raise AssertionError("a dark grey always passes")


def family(colour: str) -> Family:
    """Everything that follows from a city's colour."""
    city = normal(colour)
    lightness, chroma, hue = _oklch(city)
    shades = {
        "city": city,
        "city-deep": _hex(lightness - 0.12, chroma * 0.82, hue),
        "city-night": _hex(0.205, chroma * 0.42, hue),
        "on-city": WHITE,
        "on-deep": _hex(0.96, min(0.02, chroma), hue),
        "on-deep-2": _hex(0.86, min(0.035, chroma), hue),
    }
    # A grey city stays grey; any other gets a tint that can be told from text.
    tint = _hex(0.82, 0.085 if chroma > 0.03 else chroma, hue)
    return Family(
        light=shades
        | {
            "city-text": city,
            "city-soft": _mix(city, PAPER, 0.09),
            "city-line": _mix(city, PAPER, 0.32),
            "city-button": city,
            "city-button-ink": WHITE,
        },
        dark={
            "city-text": tint,
            "city-soft": _hex(0.26, min(0.035, chroma), hue),
            "city-line": _hex(0.45, min(0.06, chroma), hue),
            "city-button": tint,
            "city-button-ink": NIGHT_INK,
        },
    )


def stylesheet(colour: str) -> str:
    """The city's own small stylesheet; unlayered, so it wins over the tokens."""
    found = family(colour)
    by_day = "".join(f"--{name}:{value};" for name, value in found.light.items())
    by_night = "".join(f"--{name}:{value};" for name, value in found.dark.items())
    return f":root{{{by_day}}}@media (prefers-color-scheme:dark){{:root{{{by_night}}}}}\n"


def _passes(colour: str) -> bool:
    lightness = _oklch(colour)[0]
    if not DARKEST - 0.005 <= lightness <= LIGHTEST + 0.005:
        return False
    found = family(colour)
    pairs = (
        (WHITE, colour),
        (colour, PAPER),
        (WHITE, found.light["city-deep"]),
        (found.light["on-deep-2"], found.light["city-deep"]),
        (colour, found.light["city-soft"]),
        (found.dark["city-text"], PAPER_DARK),
        (found.dark["city-text"], found.dark["city-soft"]),
        (NIGHT_INK, found.dark["city-button"]),
    )
    return all(contrast(*pair) >= AA for pair in pairs)


# --- colour spaces --------------------------------------------------------------------------------


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _decode(red), _decode(green), _decode(blue)


def _decode(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _encode(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _oklch(colour: str) -> tuple[float, float, float]:
    lightness, green_red, blue_yellow = _oklab(colour)
    return lightness, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red)


def _rgb(lightness: float, green_red: float, blue_yellow: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """#rrggbb; chroma is lowered until the screen can show it (CSS Color 4, gamut mapping)."""
    while True:
        parts = _rgb(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in parts):
            return _write(parts)
        chroma = max(0.0, chroma - 0.002)


def _mix(one: str, other: str, share: float) -> str:
    """`color-mix(in oklab, one share, other)`."""
    mixed = [
        share * first + (1 - share) * second
        for first, second in zip(_oklab(one), _oklab(other), strict=True)
    ]
    return _write(_rgb(*mixed))


def _write(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * _encode(min(1.0, max(0.0, each)))):02x}" for each in parts)
