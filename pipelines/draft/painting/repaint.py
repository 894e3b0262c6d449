"""Repaints a given picture after the words of a prompt: its composition stays, its light and manner change."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting.camera import Pose
from pipelines.draft.painting.colour import Light, light_of
from pipelines.draft.painting.painter import stage_of
from pipelines.draft.painting.reading import Description
from pipelines.draft.painting.stage import Stage
from pipelines.draft.painting.styles import finish, named, repainted
from pipelines.draft.painting.weather import weather


def repaint(picture: np.ndarray, said: Description, seed: int, style: str, strength: float) -> np.ndarray:
    """`picture` (height, width, 3) in bytes, led `strength` (0..1) of the way to what was said. At 0 it comes back as
    it was; its light changes only when an hour, a weather or a mood was said."""
    height, width = picture.shape[:2]
    stage = stage_of(said, width, height, seed)
    light = light_of(said, stage.rng("composition"))
    lit = graded(picture, light, 0.7 * strength) if said.lit else picture
    lit = breathed(lit, stage, strength)
    name = named(style, said.style)
    done = cv2.cvtColor(repainted(lit, stage, name, strength), cv2.COLOR_BGR2BGRA)
    if said.lit:
        weather(stage, light, said.weather).fall(done, Pose(), 0.0)
    done = finish(stage, name).apply(cv2.cvtColor(done, cv2.COLOR_BGRA2BGR), 0.0)
    amount = min(1.0, strength * 1.6)
    return cv2.addWeighted(picture, 1 - amount, done, amount, 0)


def graded(picture: np.ndarray, light: Light, strength: float) -> np.ndarray:
    """The picture in another light: dark parts towards its sky, bright ones towards its lamp."""
    dark, middle, bright = (np.asarray(c, np.float32) * 255 for c in (light.ink, light.haze, light.lamp))
    tones = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    wash = dark * (1 - tones) ** 2 + middle * 2 * tones * (1 - tones) + bright * tones**2
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    toned = cv2.LUT(cv2.merge([grey] * 3), wash[:, None].clip(0, 255).astype(np.uint8))
    level = float(light.ambient.mean()) ** 0.45 * (1 - 0.25 * light.night)
    dimmed = cv2.convertScaleAbs(picture, alpha=1 - strength * (1 - level))
    return cv2.addWeighted(dimmed, 1 - 0.85 * strength, toned, 0.85 * strength, 0)


def breathed(picture: np.ndarray, stage: Stage, strength: float) -> np.ndarray:
    """Contours moved a little, as a hand would draw them anew; another seed draws them otherwise."""
    reach = 0.007 * strength * stage.height
    dx, dy = (stage.noise(f"hand {axis}", 0.22, 3) * reach for axis in "xy")
    xs = np.arange(stage.width, dtype=np.float32)[None, :] + dx
    ys = np.arange(stage.height, dtype=np.float32)[:, None] + dy
    return cv2.remap(picture, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
