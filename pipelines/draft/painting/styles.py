"""Styles by name: what each does to the paint of a layer, and to the picture as a whole. A style is a line in STYLES.

A layer is treated once, when it is painted; a picture's finish is put on every frame, so it is kept to a few quick
steps and does not move.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipelines.draft.painting import finish as last
from pipelines.draft.painting.finish import Finish, Grade, blocks, bloom, sepia
from pipelines.draft.painting.stage import Layer, Stage
from pipelines.draft.painting.treatments import (
    Treatment,
    blueprint,
    blurred,
    ink,
    neon,
    noir,
    oil,
    paper,
    pastel,
    poster,
    triple,
    watercolour,
)
from pipelines.draft.painting.water import Water


@dataclass(frozen=True)
class Style:
    treat: Treatment | None = None
    lights: float = 1.0
    """How much of glows and haloes is left."""
    paper: float = 0.0
    """How rough the paper is."""
    grain: float = 1.0
    """Film grain, in steps of 255."""
    corners: float = 0.2
    grade: Grade | None = None
    crisp: bool = False
    """Whether what is soft, a cloud, is cut to a hard edge."""
    shadow: float = 0.0
    """How dark a layer's shadow on the one behind it is."""


STYLES: dict[str, Style] = {
    "cinematic": Style(grade=bloom, corners=0.26, grain=1.4),
    "poster": Style(poster, crisp=True, grain=0.6, corners=0.06),
    "watercolour": Style(watercolour, lights=0.55, paper=0.07, grain=0, corners=0),
    "oil": Style(oil, grain=0, paper=0.035, corners=0.14),
    "pastel": Style(pastel, lights=0.7, paper=0.05, grain=0, corners=0),
    "ink": Style(ink, crisp=True, lights=0.0, paper=0.035, grain=0, corners=0.1),
    "paper": Style(paper, crisp=True, lights=0.7, paper=0.02, grain=0, corners=0.08, shadow=0.42),
    "neon": Style(neon, crisp=True, lights=0.9, grain=1.0, corners=0.25, grade=bloom),
    "blueprint": Style(blueprint, crisp=True, lights=0.0, paper=0.03, grain=0, corners=0.16),
    "noir": Style(noir, lights=0.75, grain=5.0, corners=0.5),
    "vintage": Style(grade=sepia, grain=4.5, corners=0.4),
    "pixel": Style(grade=blocks, grain=0, corners=0),
}
COLOURLESS = ("noir", "ink", "blueprint")


def named(asked: str, read: str) -> str:
    """The style asked for; `auto` takes what the prompt says, else the cinema's."""
    return asked if asked != "auto" else read or "cinematic"


def treated(layer: Layer, stage: Stage, name: str) -> list[Layer]:
    """A layer in a style: its paint changed, its lights dimmed, its shadow put behind it."""
    style = STYLES[name]
    if layer.light:
        if style.lights <= 0:
            return []
        if name in COLOURLESS:
            grey = cv2.convertScaleAbs(cv2.cvtColor(layer.pixels, cv2.COLOR_BGRA2GRAY), alpha=style.lights)
            layer.pixels = cv2.merge([grey, grey, grey, np.zeros_like(grey)])
        elif style.lights < 1:
            layer.pixels = cv2.convertScaleAbs(layer.pixels, alpha=style.lights)
        return [layer]
    if style.treat is None:
        return [layer]
    rgb, alpha = unmixed(layer.pixels)
    if style.crisp and not layer.solid and cv2.minMaxLoc(alpha)[1] > 0.7:
        alpha = np.clip(alpha * 14 - 5.4, 0, 1)
    layer.pixels = mixed(style.treat(rgb, alpha, layer, stage), alpha)
    return [*shadows(layer, stage, style.shadow), layer]


def unmixed(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied bytes as colour, float32 (height, width, 3), and coverage, float32 (height, width), in 0..1."""
    alpha = cv2.extractChannel(pixels, 3)
    rgb = cv2.divide(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), triple(alpha), scale=255)
    return np.multiply(rgb, 1 / 255, dtype=np.float32), np.multiply(alpha, 1 / 255, dtype=np.float32)


def mixed(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Colour and coverage as premultiplied bytes."""
    cover = cv2.convertScaleAbs(alpha, alpha=255)
    full = cv2.addWeighted(rgb, 255, rgb, 0, 0, dtype=cv2.CV_8U)
    return cv2.merge([*cv2.split(cv2.multiply(full, triple(cover), scale=1 / 255)), cover])


def tinted(water: Water, stage: Stage, name: str) -> Water:
    """Water in a style: what it mirrors has been treated already, so only its own colour is."""
    style = STYLES[name]
    if name in COLOURLESS:
        grey = sum(water.lamp4[:3]) / 3
        water.lamp4 = (grey, grey, grey, 255.0)
    if style.treat:
        rgb, alpha = unmixed(water.body)
        surface = Layer(water.body, 0, water.top, 0.5, solid=True)
        water.body = mixed(style.treat(rgb, np.ones_like(alpha), surface, stage), alpha)
    return water


def shadows(layer: Layer, stage: Stage, strength: float) -> list[Layer]:
    """What a sheet of paper throws on the one behind it."""
    if not strength or layer.solid or layer.depth < 0.03:
        return []
    spread = round(0.02 * stage.height)
    alpha = cv2.extractChannel(layer.pixels, 3)
    wide = cv2.copyMakeBorder(alpha, spread, spread, spread, spread, cv2.BORDER_CONSTANT, value=0)
    soft = cv2.convertScaleAbs(blurred(wide, spread / 3), alpha=strength)
    nothing = np.zeros_like(soft)
    dark = cv2.merge([nothing, nothing, nothing, soft])
    return [
        Layer(
            dark,
            layer.left - spread,
            layer.top - spread - spread // 4,
            layer.depth - 0.0005,
            layer.foot,
            motion=layer.motion,
        )
    ]


def finish(stage: Stage, name: str) -> Finish:
    style = STYLES[name]
    return last.finish(stage, style.grade, style.corners, style.paper, style.grain, squared=name == "blueprint")


def repainted(picture: np.ndarray, stage: Stage, name: str, strength: float) -> np.ndarray:
    """A given picture, (height, width, 3) bytes, in a style: its shapes are simplified, then treated as one layer."""
    style = STYLES[name]
    rounds = 1 + round(2 * strength)
    smooth = picture
    for _ in range(rounds if name != "cinematic" else 1):
        small = cv2.resize(smooth, (stage.width // 2, stage.height // 2), interpolation=cv2.INTER_AREA)
        calm = cv2.bilateralFilter(small, 7, 20 + 40 * strength, 5)
        smooth = cv2.resize(calm, (stage.width, stage.height), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.addWeighted(picture, 1 - 0.8 * strength, smooth, 0.8 * strength, 0)
    full = np.ones(smooth.shape[:2], np.float32)
    layer = Layer(cv2.cvtColor(smooth, cv2.COLOR_BGR2BGRA), 0, 0, 0.4)
    if style.treat is None:
        return smooth
    new = smooth.astype(np.float32) / 255
    if name == "paper":
        new = poster(new, full, layer, stage)
    new = style.treat(new, full, layer, stage)
    return cv2.convertScaleAbs(np.clip(new, 0, 1, dtype=np.float32), alpha=255)
