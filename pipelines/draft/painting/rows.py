"""Rows of buildings that several places share: towers with their windows, and gabled houses."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import Colour, colour, mix
from pipelines.draft.painting.pen import STILL, Pen
from pipelines.draft.painting.site import Site
from pipelines.draft.painting.stage import Layer, Sheet

WALLS = ("#d8b894", "#c98f6a", "#e4d2b4", "#b3755a", "#a8a8a0", "#d9a26a", "#8fa0a8")
LIT = ("#ffd27a", "#ffbf5e", "#ffe3a8", "#ffcf8c")


def box(x: float, y: float, w: float, h: float) -> np.ndarray:
    return np.array([(x, y), (x + w, y), (x + w, y - h), (x, y - h)])


def skyline(s: Site, name: str, base: float, tall: float, depth: float, lit: float = 0.35) -> Layer | None:
    """A row of towers, their windows lit after dark: one in 1 / `lit`."""
    stage, light = s.stage, s.light
    rng = stage.rng(name)
    sheet = Sheet(stage)
    x = stage.left
    while x < stage.right:
        w = rng.uniform(0.035, 0.1) * (0.7 + tall)
        h = tall * (0.22 + 0.9 * rng.beta(1.1, 2.4)) * (0.7 + 0.5 * np.exp(-((x / (0.35 * stage.aspect)) ** 2)))
        wall = light.tone("#5b6678", depth, float(rng.uniform(-0.03, 0.03)))
        sheet.fill(box(x, base + 0.02, w, h + 0.02), wall)
        shade = mix(wall, light.ink, 0.22)
        sheet.fill(box(x + (w * 0.62 if s.lamp[0] < x else 0), base + 0.02, w * 0.38, h + 0.02), shade)
        top = base - h
        shape = rng.integers(0, 5)
        if shape == 0:
            sheet.line([(x + w / 2, top), (x + w / 2, top - 0.05 * tall / 0.3)], 0.002, wall)
        elif shape == 1:
            sheet.fill(box(x + w * 0.2, top + 0.002, w * 0.6, 0.025), wall)
        elif shape == 2:
            sheet.fill([(x, top + 0.001), (x + w / 2, top - 0.03), (x + w, top + 0.001)], wall)
        panes(sheet, s, rng, x, top, w, h, depth, lit, wall)
        x += w * rng.uniform(0.75, 1.15)
    return sheet.layer(depth)


def panes(
    sheet: Sheet,
    s: Site,
    rng: np.random.Generator,
    x: float,
    top: float,
    w: float,
    h: float,
    depth: float,
    lit: float,
    wall: Colour,
) -> None:
    night = s.light.night
    if night > 0.12:
        paints = [mix(colour(c), s.light.haze, s.light.veil(depth)) for c in LIT]
    else:
        paints = [mix(wall, s.light.sky[-2], 0.5)] * 4
    pitch = 0.012 + 0.008 * depth
    busy = rng.uniform(0.25, 1.3)
    for row in np.arange(top + pitch, top + h - pitch * 0.5, pitch * 1.15):
        for column in np.arange(x + pitch * 0.5, x + w - pitch, pitch):
            if rng.random() < lit * busy * (0.25 + night):
                sheet.fill(box(column, row + pitch * 0.62, pitch * 0.5, pitch * 0.62), paints[int(rng.integers(0, 4))])


def houses(s: Site, name: str, base: float, tall: float, depth: float) -> list[Layer]:
    """A row of gabled houses, shoulder to shoulder."""
    stage, light = s.stage, s.light
    rng = stage.rng(name)
    sheet = Sheet(stage)
    glow = Pen(stage, light, 0, 0, 1, depth, rng)
    x = stage.left
    while x < stage.right:
        w, h = tall * rng.uniform(0.7, 1.3), tall * rng.uniform(0.75, 1.5)
        wall = light.tone(WALLS[int(rng.integers(0, len(WALLS)))], depth + 0.15)
        roof = light.tone("#8a4038" if rng.random() < 0.6 else "#54525c", depth + 0.1)
        if s.wintry:
            roof = light.tone(land.SNOW, depth + 0.1)
        sheet.fill(box(x, base + 0.02, w, h + 0.02), wall)
        top = base - h
        if rng.random() < 0.5:
            sheet.fill([(x - w * 0.06, top + 0.001), (x + w / 2, top - w * 0.55), (x + w * 1.06, top + 0.001)], roof)
        else:
            sheet.fill(
                [
                    (x - w * 0.06, top + 0.002),
                    (x + w * 0.1, top - w * 0.35),
                    (x + w * 0.9, top - w * 0.35),
                    (x + w * 1.06, top + 0.002),
                ],
                roof,
            )
        dark = mix(wall, light.ink, 0.55 * (1 - 0.9 * max(0.0, light.veil(depth) - 0.15)))
        for row in np.arange(top + tall * 0.2, base - tall * 0.15, tall * 0.32):
            for k in np.linspace(0.16, 0.68, 3):
                on = light.night > 0.12 and rng.random() < 0.55
                paint = mix(colour(LIT[int(rng.integers(0, 4))]), light.haze, light.veil(depth)) if on else dark
                sheet.fill(box(x + w * k, row + tall * 0.15, w * 0.14, tall * 0.15), paint)
                if on and rng.random() < 0.3:
                    glow.lamps.append((x + w * (k + 0.07), row, tall * 0.35, "#ffb45a"))
        x += w * rng.uniform(0.98, 1.15)
    layer = sheet.layer(depth)
    return [*([layer] if layer else []), *glow.glows(STILL)]
