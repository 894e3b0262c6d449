"""The stage a scene is built on: its coordinates, its noise, the sheets it is painted on and the layers they become.

One unit is the height of the picture. x runs from -aspect/2 to aspect/2, y from 0 at the top to 1 at the bottom;
sheets reach `margin` units further on every side, for the camera to move in. What is painted depends on these
coordinates alone, so a wider margin shows more of the same scene.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipelines.draft.painting.colour import Colour
from pipelines.draft.painting.reading import number

REACH = 0.5  # units of noise kept beyond the picture: the widest margin
FINE = 4  # binary digits of a pixel that shapes are placed to


@dataclass(frozen=True)
class Motion:
    """How a layer moves by itself: a kind known to motion.py, and its measures."""

    kind: str = "rest"
    speed: float = 0.0
    reach: float = 0.0
    phase: float = 0.0


@dataclass
class Layer:
    """Premultiplied blue, green, red, alpha bytes, where they lie on the sheet in pixels, and how far away.

    `depth` is 0 at the sky and 1 at the lens. `foot` is the depth of the bottom edge for ground that comes nearer;
    `light` layers are added to what lies behind them. `anchor` is the point, in pixels of the layer, it turns about.
    """

    pixels: np.ndarray
    left: int
    top: int
    depth: float
    foot: float | None = None
    light: bool = False
    motion: Motion = Motion()
    anchor: tuple[float, float] | None = None
    solid: bool = field(default=False)
    """Opaque everywhere: it covers the frame."""


@dataclass(frozen=True)
class Stage:
    width: int
    height: int
    margin: float
    seed: int
    key: float = 0.7
    """How light the scene is as a whole, 0..1: what a pen takes for its paper."""
    textures: dict[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
    """Noise of whole sheets that several layers share."""

    @property
    def aspect(self) -> float:
        return self.width / self.height

    @property
    def edge(self) -> int:
        """The margin in whole pixels."""
        return round(self.margin * self.height)

    def coarse(self, times: int) -> Stage:
        """The same stage with pixels `times` (2 or 4) as large: what is soft is painted there, and enlarged."""
        return Stage(self.width // times, self.height // times, self.edge / self.height, self.seed)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a sheet in pixels."""
        return self.width + 2 * self.edge, self.height + 2 * self.edge

    @property
    def scale(self) -> float:
        """How large things are drawn: smaller where the picture is narrow."""
        return float(min(1.15, max(0.35, self.aspect / 1.25)))

    @property
    def xs(self) -> np.ndarray:
        return (np.arange(self.size[0], dtype=np.float32) + 0.5 - self.edge - self.width / 2) / self.height

    @property
    def ys(self) -> np.ndarray:
        return (np.arange(self.size[1], dtype=np.float32) + 0.5 - self.edge) / self.height

    @property
    def left(self) -> float:
        """x of the leftmost column any sheet can have."""
        return -self.aspect / 2 - REACH

    @property
    def right(self) -> float:
        return -self.left

    def rng(self, name: str) -> np.random.Generator:
        """Chance of its own for each thing on the stage."""
        return np.random.default_rng([self.seed, number(name)])

    def pixels(self, points: Iterable[Sequence[float]] | np.ndarray) -> np.ndarray:
        """Points in units as pixels of the sheet, float64 (n, 2)."""
        p = np.asarray(points, np.float64).reshape(-1, 2)
        return np.stack([p[:, 0] * self.height + self.width / 2 + self.edge, p[:, 1] * self.height + self.edge], 1)

    def rows(self, top: float, bottom: float) -> slice:
        """The sheet's rows between two heights."""
        first, last = self.pixels([(0, top), (0, bottom)])[:, 1]
        height = self.size[1]
        return slice(int(np.clip(np.floor(first), 0, height - 1)), int(np.clip(np.ceil(last), 1, height)))

    def noise(
        self,
        name: str,
        cell: float,
        octaves: int = 4,
        stretch: float = 1.0,
        rows: slice | None = None,
        gain: float = 0.5,
    ) -> np.ndarray:
        """Smooth noise, mean 0 and about -1..1, as float32 of `rows` of the sheet. `cell` is the size of the largest
        blot in units, `stretch` how much wider than high it is."""
        rows = rows or slice(0, self.size[1])
        width, height = self.size[0], rows.stop - rows.start
        rng = self.rng(name)
        total = np.zeros((height, width), np.float32)
        weight = 1.0
        for _ in range(octaves):
            total += weight * self._octave(rng, cell * stretch, cell, rows, width)
            cell, weight = cell / 2, weight * gain
            if cell * self.height < 1.5:
                break
        return total

    def _octave(self, rng: np.random.Generator, cx: float, cy: float, rows: slice, width: int) -> np.ndarray:
        columns = int(np.ceil((self.right - self.left) / cx)) + 4
        lines = int(np.ceil((1 + 2 * REACH) / cy)) + 4
        lattice = rng.uniform(-1, 1, (lines, columns)).astype(np.float32)
        # A coarse octave is drawn small and enlarged: it has nothing that would be lost.
        shrink = max(1, int(min(cx, cy) * self.height / 6))
        w, h = -(-width // shrink) + 2, -(-(rows.stop - rows.start) // shrink) + 2
        x0 = (0.5 - self.edge - self.width / 2) / self.height
        y0 = (rows.start + 0.5 - self.edge) / self.height
        step = shrink / self.height
        to_lattice = np.array(
            [[step / cx, 0, (x0 - self.left) / cx + 1], [0, step / cy, (y0 + REACH) / cy + 1]], np.float32
        )
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        small = cv2.warpAffine(lattice, to_lattice, (w, h), flags=flags, borderMode=cv2.BORDER_REFLECT)
        if shrink == 1:
            return small[: rows.stop - rows.start, :width]
        enlarge = np.array([[1 / shrink, 0, 0], [0, 1 / shrink, 0]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(small, enlarge, (width, rows.stop - rows.start), flags=flags)

    def profile(self, name: str, cell: float, octaves: int = 5, gain: float = 0.5, n: int = 700) -> np.ndarray:
        """A line of noise from left to right as (n, 2) points: x, and a height of about -1..1."""
        rng = self.rng(name)
        xs = np.linspace(self.left, self.right, n)
        total = np.zeros(n)
        weight = 1.0
        for _ in range(octaves):
            knots = int((self.right - self.left) / cell) + 4
            at = (xs - self.left) / cell
            values = rng.uniform(-1, 1, knots)
            i = at.astype(int)
            t = at - i
            t = t * t * (3 - 2 * t)
            total += weight * (values[i] * (1 - t) + values[i + 1] * t)
            cell, weight = cell / 2.1, weight * gain
        return np.stack([xs, total], 1)


class Sheet:
    """A clear sheet to paint on, shapes in units, colours opaque: what is painted later covers what was before."""

    def __init__(self, stage: Stage):
        self.stage = stage
        width, height = stage.size
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.touched = [width, height, 0, 0]

    def touch(self, at: np.ndarray, wide: float) -> None:
        """Remember where was painted, beyond the sheet too: cutting it out then costs no search of the whole."""
        x0, y0 = at.min(axis=0) - wide
        x1, y1 = at.max(axis=0) + wide
        t = self.touched
        self.touched = [
            min(t[0], int(x0)),
            min(t[1], int(y0)),
            max(t[2], int(x1)),
            max(t[3], int(y1)),
        ]

    def fill(self, points: Iterable[Sequence[float]] | np.ndarray, paint: Colour) -> None:
        at = self.stage.pixels(points)
        self.touch(at, 3)
        cv2.fillPoly(self.pixels, [fixed(at)], ink(paint), cv2.LINE_AA, FINE)

    def line(self, points: Iterable[Sequence[float]] | np.ndarray, width: float, paint: Colour) -> None:
        pixels = max(1, round(width * self.stage.height))
        at = self.stage.pixels(points)
        self.touch(at, pixels + 3)
        cv2.polylines(self.pixels, [fixed(at)], False, ink(paint), pixels, cv2.LINE_AA, FINE)

    def disc(self, x: float, y: float, r: float, paint: Colour, squash: float = 1.0, turn: float = 0.0) -> None:
        around = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        px, py = r * np.cos(around), r * squash * np.sin(around)
        c, s = np.cos(turn), np.sin(turn)
        self.fill(np.stack([x + px * c - py * s, y + px * s + py * c], 1), paint)

    def layer(self, depth: float, **how: object) -> Layer | None:
        """What was painted, as a layer; none when nothing was, or only beyond the sheet."""
        width, height = self.stage.size
        x0, y0 = (max(0, edge) for edge in self.touched[:2])
        x1, y1 = min(width, self.touched[2]), min(height, self.touched[3])
        if x1 <= x0 or y1 <= y0:
            return None
        layer = cut(self.pixels[y0:y1, x0:x1], depth, **how)
        if layer:
            layer.left, layer.top = layer.left + x0, layer.top + y0
        return layer


def fixed(pixels: np.ndarray) -> np.ndarray:
    """Pixels as the fixed-point integers OpenCV draws at; its pixel centres are whole numbers."""
    return np.round((np.clip(pixels, -20000, 20000) - 0.5) * (1 << FINE)).astype(np.int32)


def ink(paint: Colour, alpha: float = 1.0) -> tuple[float, float, float, float]:
    b, g, r = (float(c) * 255 * alpha for c in paint)
    return b, g, r, 255 * alpha


def cut(pixels: np.ndarray, depth: float, **how: object) -> Layer | None:
    """The painted part of a sheet as a layer; none when nothing was painted."""
    if how.get("light"):
        blue, green, red, _ = cv2.split(pixels)
        presence = cv2.max(cv2.max(blue, green), red)
    else:
        presence = cv2.extractChannel(pixels, 3)
    x, y, w, h = cv2.boundingRect(presence)
    if not w:
        return None
    # One clear pixel all round keeps edges soft when the layer is moved by part of a pixel.
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, x - 1), max(0, y - 1), min(width, x + w + 1), min(height, y + h + 1)
    return Layer(np.ascontiguousarray(pixels[y0:y1, x0:x1]), x0, y0, depth, **how)  # type: ignore[arg-type]


def glow(rgb: np.ndarray) -> np.ndarray:
    """Light, (height, width, 3) in 0..255, as a sheet to be added."""
    full = cv2.merge([*cv2.split(rgb.astype(np.float32, copy=False)), np.zeros(rgb.shape[:2], np.float32)])
    return cv2.convertScaleAbs(cv2.max(full, 0.0))


def wash(
    stage: Stage,
    mask: np.ndarray | None,
    rows: slice,
    colours: np.ndarray,
    texture: np.ndarray | None = None,
) -> np.ndarray:
    """`rows` of a sheet covered with `colours`, (height, 3) or (height, width, 3), times 1 + `texture`, where `mask`
    lets them. Dithered, so that a sky has no steps. Returns a whole sheet of premultiplied bytes."""
    width, height = stage.size
    sheet = np.zeros((height, width, 4), np.uint8)
    body = np.multiply(colours, 255, dtype=np.float32)
    if body.ndim == 2:
        body = np.repeat(body[:, None], width, axis=1)
    if texture is not None:
        factor = cv2.add(texture.astype(np.float32, copy=False), 1.0)
        body = cv2.multiply(body, cv2.merge([factor] * 3))
    part = cv2.cvtColor(cv2.add(body, dither(stage)[rows], dtype=cv2.CV_8U), cv2.COLOR_BGR2BGRA)
    if mask is not None:
        part = cv2.multiply(part, cv2.merge([mask[rows]] * 4), scale=1 / 255)
    sheet[rows] = part
    return sheet


def dither(stage: Stage) -> np.ndarray:
    """Noise of about one step for a whole sheet in three channels, from a tile that repeats."""
    if "dither" not in stage.textures:
        width, height = stage.size
        tile = stage.rng("dither").uniform(-0.9, 0.9, (128, 131)).astype(np.float32)
        tiled = np.tile(tile, (-(-height // 128), -(-width // 131)))[:height, :width]
        stage.textures["dither"] = cv2.merge([np.ascontiguousarray(tiled)] * 3)
    return stage.textures["dither"]


def enlarged(field_: np.ndarray, times: int) -> np.ndarray:
    """What was painted on a coarse stage, at its full size."""
    height, width = field_.shape[:2]
    return cv2.resize(field_, (width * times, height * times), interpolation=cv2.INTER_LINEAR)


def mask_of(stage: Stage, shapes: Iterable[np.ndarray]) -> np.ndarray:
    """Where the shapes are, as bytes of a whole sheet."""
    mask = np.zeros(stage.size[::-1], np.uint8)
    for shape in shapes:
        cv2.fillPoly(mask, [fixed(stage.pixels(shape))], 255, cv2.LINE_AA, FINE)
    return mask


def below(profile: np.ndarray, bottom: float = 1 + REACH) -> np.ndarray:
    """A profile line closed at the bottom into a shape."""
    return np.concatenate([profile, [[profile[-1, 0], bottom], [profile[0, 0], bottom]]])
