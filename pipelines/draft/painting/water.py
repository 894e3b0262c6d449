"""Water: a mirror of whatever stands behind it, broken by ripples and by the lamp's glitter."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipelines.draft.painting.colour import Colour, Light, mix
from pipelines.draft.painting.stage import Stage, dither


@dataclass
class Water:
    """A surface from row `top` of the sheet down.

    `fields` is float32 (rows, columns, 4): the ripples' sideways reach in pixels and the glitter's strength, each kept
    as a sine and a cosine so that any moment is two products and a sum. `body` is the water's own colour over the
    mirror, premultiplied bytes."""

    top: int
    fields: np.ndarray
    body: np.ndarray
    lamp4: tuple[float, ...]
    pace: float
    depth: float = 0.12
    foot: float = 1.0
    disc: tuple[float, float, float] | None = None
    """Middle and radius, in pixels of the sheet, of a lamp that stands too high to be mirrored whole: water in motion
    shows it as a path of glitter instead."""

    def grid(self, width: int, height: int, y0: int, line: float) -> tuple[np.ndarray, np.ndarray]:
        """For rows y0..height of a frame: each pixel's own column, and the row it mirrors about `line`."""
        across = np.repeat(np.arange(width, dtype=np.float32)[None, :], height - y0, axis=0)
        rows = line - 0.92 * (np.arange(y0, height, dtype=np.float32) - line)
        return across, np.repeat(rows[:, None], width, axis=1)


def water(
    stage: Stage, light: Light, name: str, horizon: float, lamp: tuple[float, float, float], calm: float, deep: Colour
) -> Water:
    """Water whose own colour is `deep`; `calm` is 0 for a sea in motion and 1 for a mirror."""
    top = round(horizon * stage.height) + stage.edge
    rows = slice(top, stage.size[1])
    along = np.clip((stage.ys[rows] - horizon) / (1 - horizon), 0, 1.4).astype(np.float32)[:, None]
    phase = waves(stage, name, along, rows)
    sine, cosine = np.sin(phase), np.cos(phase)
    strength = (0.0012 + 0.02 * along) * (1.12 - calm) * stage.height
    x, y, radius = lamp
    spread = (0.028 + along * 0.15) * radius / 0.045
    path = np.exp(-(((stage.xs[None, :] - x) / spread) ** 2) - along * 1.1) * light.glow * (1 + 0.8 * light.night)
    path *= 1 + 0.5 * stage.noise(name + " breaks", 0.025, 2, 3.0, rows)
    fields = cv2.merge([sine * strength, cosine * strength, path * sine, path * cosine])
    own = mix(light.tone(deep, 0.5), light.haze, 0.15)
    alpha = np.clip(0.14 + 0.6 * along**0.8, 0, 0.88) * (1 - 0.4 * calm)
    colours = own * (1 - 0.4 * along[..., None]) + light.ink * 0.4 * along[..., None]
    crests = (np.clip(sine, 0, 1) ** 4 * (0.10 + 0.16 * along) * (1.15 - calm))[..., None]
    colours = colours + crests * (light.sky[-2] - colours)
    alpha = np.broadcast_to(alpha, sine.shape)[..., None].astype(np.float32)
    body = np.concatenate([colours * alpha, alpha], axis=2).astype(np.float32) * 255
    body[..., :3] += dither(stage)[rows]
    lamp4 = (*(float(c) * 255 for c in light.lamp), 255.0)
    surface = Water(top, fields.astype(np.float32), np.clip(body, 0, 255).astype(np.uint8), lamp4, 1.7 - 0.7 * calm)
    if y + 2.5 * radius < horizon:
        (at,) = stage.pixels([(x, y)])
        surface.disc = float(at[0]), float(at[1]), radius * stage.height
    return surface


def waves(stage: Stage, name: str, along: np.ndarray, rows: slice) -> np.ndarray:
    """The phase of the ripples: fine at the horizon, broad near the lens."""
    flat = stage.noise(name, 0.22, 4, stretch=3.0)
    width = stage.size[0]
    near = along[:, 0]
    source = (0.1 + 0.75 * np.sqrt(near + 0.002)) * stage.height
    xs = stage.xs[None, :] / (0.18 + near[:, None]) * stage.height * 0.32 + width / 2
    map_y = np.repeat(source[:, None].astype(np.float32), width, axis=1)
    bumps = cv2.remap(flat, xs.astype(np.float32), map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return (bumps * 5.0 + 34 * np.log(near + 0.035)[:, None]).astype(np.float32)
