"""Where a branch is, as a drawing of our own: pin, a few streets, water, rail. Pure.

Made from the branch's coordinates and the city's sketch (`City.sketch`), so no map of a third party
is asked. Not to scale and never the only way: address and words stand below it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shops.models import Branch

#: Of the drawing, in its own units.
WIDTH, HEIGHT = 672, 408
#: Metres per unit: the drawing shows about one kilometre.
SCALE = 1.5
#: What a sketch may hold, from the ground up.
KINDS = ("park", "water", "street", "lane", "rail")
#: Names stand at least so far from the pin and from each other.
CLEAR = 90
_LATITUDE, _LONGITUDE = 110_540.0, 111_320.0  # metres per degree, the latter at the equator
_STEP = 12


@dataclass(frozen=True, slots=True)
class Shape:
    """A street, river, rail or park; `d` is an SVG path."""

    kind: str
    d: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name along its shape; the angle in degrees, upright to read."""

    text: str
    x: int
    y: int
    angle: int


@dataclass(frozen=True, slots=True)
class Dot:
    """Another shop nearby."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Map:
    """The drawing of one branch; the pin stands in its middle."""

    shapes: list[Shape]
    names: list[Name]
    dots: list[Dot]
    width: int = WIDTH
    height: int = HEIGHT
    x: int = WIDTH // 2
    y: int = HEIGHT // 2

    @property
    def streets(self) -> list[str]:
        """The names that are written on it, for those who cannot see it."""
        return [name.text for name in self.names]


def draw(branch: Branch, *, sketch: object, neighbours: Iterable[Branch] = ()) -> Map | None:
    """The drawing around a branch; None without coordinates. Odd rows of a sketch are left out."""
    if branch.latitude is None or branch.longitude is None:
        return None
    here = _Paper(branch.latitude, branch.longitude)
    seen = [
        (kind, text, points)
        for kind, text, points in _rows(sketch, here)
        if any(_is_inside(point) for point in _walk(points))
    ]
    seen.sort(key=lambda row: KINDS.index(row[0]))
    return Map(
        shapes=[Shape(kind, _path(points, kind)) for kind, _text, points in seen],
        names=_names(seen),
        dots=_dots(branch, neighbours, here),
    )


Point = tuple[float, float]
_Row = tuple[str, str, list[Point]]


@dataclass(frozen=True, slots=True)
class _Paper:
    """Turns coordinates into places on the drawing; flat, which is true enough for a kilometre."""

    latitude: float
    longitude: float

    def place(self, latitude: float, longitude: float) -> Point:
        east = (longitude - self.longitude) * _LONGITUDE * math.cos(math.radians(self.latitude))
        north = (latitude - self.latitude) * _LATITUDE
        return WIDTH / 2 + east / SCALE, HEIGHT / 2 - north / SCALE


def _rows(sketch: object, here: _Paper) -> list[_Row]:
    found = []
    for row in sketch if isinstance(sketch, list) else []:
        try:
            points = [here.place(float(lat), float(lon)) for lat, lon in row["points"]]
            kind, text = row["kind"], str(row.get("name", ""))
        except (TypeError, ValueError, KeyError, AttributeError):
            continue
        if kind in KINDS and len(points) > 1:
            found.append((kind, text, points))
    return found


def _walk(points: Sequence[Point]) -> list[Point]:
    """Points along a line, a step apart."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, min(2000, round(math.hypot(x1 - x0, y1 - y0) / _STEP)))
        found += [
            (x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(steps + 1)
        ]
    return found


def _is_inside(point: Point, margin: float = 0) -> bool:
    x, y = point
    return margin <= x <= WIDTH - margin and margin <= y <= HEIGHT - margin


def _path(points: Sequence[Point], kind: str) -> str:
    line = " ".join(f"{round(x)},{round(y)}" for x, y in points)
    return f"M{line}Z" if kind == "park" else f"M{line}"


def _names(rows: Sequence[_Row]) -> list[Name]:
    """Each name once, near the pin but clear of it and of other names; streets first."""
    found: list[Name] = []
    taken: list[Point] = [(WIDTH / 2, HEIGHT / 2 - 30)]
    for kind, text, points in sorted(rows, key=lambda row: -KINDS.index(row[0])):
        if not text or any(name.text == text for name in found):
            continue
        spots = _middle(points) if kind == "park" else _along(points)
        free = [
            (spot, angle)
            for spot, angle in spots
            if _is_inside(spot, 56) and all(math.dist(spot, other) >= CLEAR for other in taken)
        ]
        if free:
            (x, y), angle = min(free, key=lambda each: math.dist(each[0], taken[0]))
            taken.append((x, y))
            found.append(Name(text, round(x), round(y), angle))
    return found


def _along(points: Sequence[Point]) -> list[tuple[Point, int]]:
    found = []
    for first, second in pairwise(points):
        angle = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0]))
        upright = (angle + 90) % 180 - 90
        found += [(point, round(upright)) for point in _walk([first, second])]
    return found


def _middle(points: Sequence[Point]) -> list[tuple[Point, int]]:
    """Inside a park: the middle of what of its outline can be seen, else of all."""
    seen = [point for point in _walk(points) if _is_inside(point)] or list(points)
    x = sum(point[0] for point in seen) / len(seen)
    y = sum(point[1] for point in seen) / len(seen)
    return [((x, y), 0)]


def _dots(branch: Branch, neighbours: Iterable[Branch], here: _Paper) -> list[Dot]:
    found: list[Dot] = []
    for each in neighbours:
        if each.pk == branch.pk or each.latitude is None or each.longitude is None:
            continue
        x, y = here.place(each.latitude, each.longitude)
        clear = all(math.hypot(x - dot.x, y - dot.y) > CLEAR / 2 for dot in found)
        away = math.hypot(x - WIDTH / 2, y - HEIGHT / 2) > CLEAR / 2
        if _is_inside((x, y), 40) and clear and away:
            found.append(Dot(each.shop.name, round(x), round(y)))
    return found


def reach() -> tuple[float, float]:
    """Degrees of latitude and longitude within which neighbours can be on the drawing."""
    return HEIGHT * SCALE / _LATITUDE, WIDTH * SCALE / _LONGITUDE * 2
