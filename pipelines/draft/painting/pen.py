"""A pen for subjects: draws in the subject's own measure, foot at the origin, y upwards, in the scene's light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipelines.draft.painting.colour import Light, colour, mix
from pipelines.draft.painting.stage import Layer, Motion, Sheet, Stage, cut

STILL = Motion()
Points = Iterable[Sequence[float]] | np.ndarray


@dataclass
class Pen:
    stage: Stage
    light: Light
    x: float
    y: float
    size: float
    depth: float
    rng: np.random.Generator
    paint: str = ""
    """The colour asked for, or none."""
    flip: int = 1
    ashore: bool = False
    """Whether it stands on land, and brings no rock of its own."""
    sheet: Sheet = field(init=False)
    lamps: list[tuple[float, float, float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sheet = Sheet(self.stage)

    def at(self, points: Points) -> np.ndarray:
        p = np.asarray(list(points), float).reshape(-1, 2)
        return np.stack([self.x + self.flip * self.size * p[:, 0], self.y - self.size * p[:, 1]], 1)

    def tone(self, material: str, lightness: float = 0.0) -> np.ndarray:
        """The material in this light; what is lit from within is given as `!#rrggbb`."""
        if material.startswith("!"):
            return mix(colour(material[1:]), self.light.haze, self.light.veil(self.depth))
        return self.light.tone(material, min(1.0, self.depth + 0.12), lightness)

    def own(self, otherwise: str) -> str:
        return self.paint or otherwise

    def poly(self, points: Points, material: str, lightness: float = 0.0) -> None:
        self.sheet.fill(self.at(points), self.tone(material, lightness))

    def box(self, x: float, y: float, w: float, h: float, material: str, lightness: float = 0.0) -> None:
        self.poly([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], material, lightness)

    def disc(
        self,
        x: float,
        y: float,
        r: float,
        material: str,
        squash: float = 1.0,
        turn: float = 0.0,
        lightness: float = 0.0,
    ) -> None:
        px, py = self.at([(x, y)])[0]
        self.sheet.disc(px, py, r * self.size, self.tone(material, lightness), squash, -turn * self.flip)

    def line(self, points: Points, width: float, material: str, lightness: float = 0.0) -> None:
        self.sheet.line(self.at(points), width * self.size, self.tone(material, lightness))

    def curve(self, points: Points, material: str, lightness: float = 0.0) -> None:
        """A closed shape through the points, rounded."""
        self.poly(rounded(np.asarray(list(points), float)), material, lightness)

    def stroke(self, points: Points, width: float, material: str, lightness: float = 0.0) -> None:
        """An open line through the points, rounded."""
        self.line(rounded(np.asarray(list(points), float), closed=False), width, material, lightness)

    def window(self, x: float, y: float, w: float, h: float) -> None:
        """A pane, lit once it is dark enough."""
        if self.light.night > 0.12:
            self.box(x, y, w, h, "!#ffd27a")
            self.lamp(x + w / 2, y + h / 2, max(w, h) * 2.2, "#ffb04a")
        else:
            self.box(x, y, w, h, "#2f3b4d")

    def lamp(self, x: float, y: float, r: float, tint: str) -> None:
        """A light that spills: seen the more the darker it is."""
        px, py = (float(v) for v in self.at([(x, y)])[0])
        self.lamps.append((px, py, r * self.size, tint))

    def layers(
        self, motion: Motion = STILL, anchor: tuple[float, float] | None = None, rim: bool = True
    ) -> list[Layer]:
        """What was drawn, with an edge of light on the lamp's side, and the glow of its lamps."""
        layer = self.sheet.layer(self.depth, motion=motion, anchor=anchor)
        if layer is None:
            return []
        if rim:
            rimmed(layer, self.stage, self.light)
        return [layer, *self.glows(motion)]

    def glows(self, motion: Motion) -> list[Layer]:
        if not self.lamps:
            return []
        pixels = halos(self.stage, self.lamps, (0.2 + 0.42 * self.light.night) * (1 - self.light.veil(self.depth)))
        kind = (
            motion
            if motion.kind in ("bob", "drive", "fly", "swim")
            else Motion("flicker", 1.4, 0.22, float(self.rng.uniform(0, 6)))
        )
        layer = cut(pixels, self.depth + 0.001, light=True, motion=kind)
        return [layer] if layer else []


def halos(stage: Stage, lamps: list[tuple[float, float, float, str]], strength: float) -> np.ndarray:
    """The spill of lamps (x, y, radius, tint) as a sheet to be added. Halos are soft, so they are drawn small."""
    shrink = 4
    width, height = (-(-side // shrink) for side in stage.size)
    total = np.zeros((height, width, 3), np.float32)
    unit = stage.height / shrink
    for x, y, r, tint in lamps:
        px, py = stage.pixels([(x, y)])[0] / shrink
        reach = 3.2 * r * unit + 1
        x0, x1 = int(np.clip(px - reach, 0, width)), int(np.clip(px + reach + 1, 0, width))
        y0, y1 = int(np.clip(py - reach, 0, height)), int(np.clip(py + reach + 1, 0, height))
        if x1 > x0 and y1 > y0:
            d2 = ((np.arange(x0, x1) - px) ** 2)[None, :] + ((np.arange(y0, y1) - py) ** 2)[:, None]
            core = np.exp(-d2 * (1.6 / (r * unit) ** 2)) * 0.75
            veil = 0.4 * np.clip(1 - np.sqrt(d2) / reach, 0, 1) ** 2.2
            total[y0:y1, x0:x1] += (core + veil)[..., None] * colour(tint)
    # Lamps side by side light each other's air, but never burn it out.
    rgb = (1 - np.exp(-total * 1.2 * strength)) * 215
    large = cv2.resize(cv2.convertScaleAbs(rgb), (width * shrink, height * shrink), interpolation=cv2.INTER_LINEAR)
    blue, green, red = cv2.split(large[: stage.size[1], : stage.size[0]])
    return cv2.merge([blue, green, red, np.zeros_like(blue)])


def rimmed(layer: Layer, stage: Stage, light: Light) -> None:
    """An edge of light on the upper side, in place: it lifts a figure off what is behind it."""
    step = max(1, round(0.0024 * stage.height))
    alpha = layer.pixels[..., 3].astype(np.int16)
    lower = np.zeros_like(alpha)
    lower[step:] = alpha[:-step]
    rim = (
        np.clip(alpha - lower, 0, 255).astype(np.float32)[..., None]
        / 255
        * (0.3 + 0.35 * light.glow)
        * (1 - 0.5 * light.night)
    )
    tint = mix(light.lamp, light.sky[-1], 0.4) * 255
    rgb = layer.pixels[..., :3].astype(np.float32)
    rgb += rim * (tint - rgb) * 0.8
    layer.pixels[..., :3] = np.minimum(rgb, layer.pixels[..., 3:].astype(np.float32)).astype(np.uint8)


def rounded(points: np.ndarray, closed: bool = True, each: int = 8) -> np.ndarray:
    """Points joined by a Catmull-Rom curve."""
    n = len(points)
    if closed:
        before, after, beyond = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
        start = points
    else:
        start, after = points[:-1], points[1:]
        before = np.concatenate([points[:1], points[: n - 2]])
        beyond = np.concatenate([points[2:], points[-1:]])
    t = np.linspace(0, 1, each, endpoint=False)[None, :, None]
    a, b, c, d = (p[:, None, :] for p in (before, start, after, beyond))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    flat = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, points[-1:]])
