"""Rooms: a wall with a window onto the weather, a floor or a table in its light."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import colour, mix
from pipelines.draft.painting.distance import backdrop
from pipelines.draft.painting.pen import Pen
from pipelines.draft.painting.site import Ground, Site
from pipelines.draft.painting.stage import REACH, Layer, Motion, Sheet, cut, mask_of, wash

PAPERS = ("#8a9a86", "#b59a7a", "#7a8ba0", "#a87f6f", "#9a8fa8")


def warmth(s: Site) -> np.ndarray:
    """The lamp-lit colour that fills a room after dark, and the day's own before."""
    return mix(s.light.haze, colour("#ffbe78"), 0.55 * s.light.night)


def walled(s: Site, frame: tuple[float, float, float, float], paper: str, base: float) -> None:
    """The wall with its window cut out: what is outside is behind it, at its own distance."""
    stage = s.stage
    x, y, w, h = frame
    rows = slice(0, stage.size[1])
    xs, ys = stage.xs[None, :], stage.ys[:, None]
    fill = warmth(s)
    wall = mix(colour(paper), fill, 0.2) * (0.62 - 0.22 * s.light.night)
    spill = np.exp(-(((xs - x - w / 2) / 0.75) ** 2) - ((ys - y - h / 2) / 0.6) ** 2)[..., None]
    body = wall * (1 - 0.25 * np.clip(ys, 0, 1)[..., None]) + spill * (fill - wall) * 0.38
    stripes = (np.sin(stage.xs * 70)[None, :] > 0.6) * 0.03 * (ys < base) + stage.noise("plaster", 0.12, 3) * 0.02
    sheet = wash(stage, None, rows, body, stripes.astype(np.float32))
    hole = mask_of(stage, [np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])])
    sheet[hole > 0] = (sheet[hole > 0] * (1 - hole[hole > 0, None] / 255.0)).astype(np.uint8)
    s.add(cut(sheet, 0.5))
    wood = mix(colour("#efe4d2"), wall, 0.25 + 0.35 * s.light.night)
    bars = Sheet(stage)
    for k in np.linspace(0, 1, 3):
        bars.line([(x + w * k, y), (x + w * k, y + h)], 0.013 if k in (0, 1) else 0.008, wood)
    for k in (0, 0.5, 1):
        bars.line([(x, y + h * k), (x + w, y + h * k)], 0.013 if k != 0.5 else 0.008, wood)
    bars.fill(
        [(x - 0.035, y + h), (x + w + 0.035, y + h), (x + w + 0.045, y + h + 0.022), (x - 0.045, y + h + 0.022)], wood
    )
    s.add(bars.layer(0.505))


def outside(s: Site) -> None:
    s.open_sky()
    backdrop(s, s.horizon + 0.02, "hills")
    s.add(land.wood(s.stage, s.light, "garden", s.horizon + 0.06, 0.1, 0.25, s.leaf, kind="crown", gap=0.5))


def curtains(s: Site, frame: tuple[float, float, float, float], cloth: str) -> list[Layer]:
    x, y, w, h = frame
    sheet = Sheet(s.stage)
    base = mix(colour(cloth), warmth(s), 0.2) * (0.85 - 0.3 * s.light.night)
    for side in (0, 1):
        for k in range(7):
            t = k / 7
            left = x - 0.07 + t * 0.15 if side == 0 else x + w - 0.08 + t * 0.15
            sheet.fill(
                [(left, y - 0.05), (left + 0.024, y - 0.05), (left + 0.03, y + h + 0.1), (left + 0.003, y + h + 0.1)],
                base * (0.8 + 0.25 * (k % 2)),
            )
    sheet.line([(x - 0.12, y - 0.05), (x + w + 0.12, y - 0.05)], 0.01, colour("#3b2d24"))
    layer = sheet.layer(0.53, motion=Motion("sway", 0.7, 0.003), anchor=(0.5, 0.0))
    return [layer] if layer else []


def tabletop(s: Site, top: float, wood: str) -> Layer | None:
    """A table across the whole picture, with the window's shine on it."""
    stage = s.stage
    rows = stage.rows(top, 1 + REACH)
    ys = stage.ys[rows][:, None]
    fill = warmth(s)
    near = mix(colour(wood), fill, 0.08) * (0.72 - 0.3 * s.light.night)
    along = np.clip((ys - top) / (1 - top), 0, 1.5)
    shine = np.exp(-(((stage.xs[None, :] - s.lamp[0] * 0.5) / 0.42) ** 2)) * np.exp(-along * 1.8) * 0.5
    body = near * (1 - 0.35 * along[..., None]) + shine[..., None] * (fill - near)
    grain = land.perspective(stage, "grain", rows, top - 0.25, 0.3, 0.012) * 0.1
    mask = mask_of(stage, [np.array([(stage.left, top), (stage.right, top), (stage.right, 1.5), (stage.left, 1.5)])])
    return cut(wash(stage, mask, rows, body, grain.astype(np.float32)), 0.6, foot=1.0)


def window_of(s: Site) -> tuple[float, float, float, float]:
    w = min(0.62, 0.42 * s.stage.aspect)
    x = s.side * 0.13 * s.stage.aspect - w / 2
    s.lamp = (x + w * 0.62, min(s.lamp[1], 0.42), s.lamp[2])
    return x, 0.1, w, 0.42


def lamp_on(s: Site, x: float, depth: float) -> list[Layer]:
    """A lamp hanging from the ceiling, lit when it is dark outside."""
    pen = Pen(s.stage, s.light, x, 0.0, 0.3 * s.stage.scale, depth, s.stage.rng("pendant"))
    pen.line([(0, 2), (0, -0.4)], 0.012, "#1d1a1a")
    pen.poly([(-0.06, -0.4), (-0.26, -0.68), (0.26, -0.68), (0.06, -0.4)], "#3f5a56")
    pen.disc(0, -0.68, 0.26, "!#ffe3a8", 0.16)
    if s.light.night > 0.1:
        pen.lamp(0, -0.72, 0.7, "#ffbe6a")
    return pen.layers(rim=False)


def room(s: Site) -> Ground:
    rng = s.stage.rng("room")
    frame = window_of(s)
    outside(s)
    walled(s, frame, PAPERS[int(rng.integers(0, len(PAPERS)))], 0.7)
    s.add(curtains(s, frame, ("#b5654a", "#d9b48a", "#6f86a0", "#9a5a6a")[int(rng.integers(0, 4))]))
    s.add(pictures(s), shelf(s, -s.side * 0.3 * s.stage.aspect, 0.3), lamp_on(s, -s.side * 0.26 * s.stage.aspect, 0.62))
    s.add(tabletop(s, 0.74, "#8a5a3a"))
    return Ground(0.7, 0.86, indoors=True, scale=1.25)


def pictures(s: Site) -> list[Layer]:
    """Framed pictures on the wall."""
    rng = s.stage.rng("frames")
    sheet = Sheet(s.stage)
    for k in (-1, 1):
        x = -s.side * (0.3 + 0.2 * k) * s.stage.aspect * 0.8
        w, h, y = rng.uniform(0.1, 0.15), rng.uniform(0.12, 0.18), rng.uniform(0.44, 0.48)
        tone = 0.7 - 0.3 * s.light.night
        sheet.fill([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour("#4a3426") * tone)
        sheet.fill(
            [(x + 0.01, y + 0.01), (x + w - 0.01, y + 0.01), (x + w - 0.01, y + h - 0.01), (x + 0.01, y + h - 0.01)],
            colour("#e9dcc0") * tone,
        )
        sheet.fill(
            [(x + 0.02, y + h - 0.02), (x + w * 0.4, y + h * 0.45), (x + w - 0.02, y + h - 0.02)],
            s.light.tone(s.leaf, 0.6) * tone,
        )
    layer = sheet.layer(0.503)
    return [layer] if layer else []


def shelf(s: Site, x: float, y: float) -> list[Layer]:
    """A board of books and pots."""
    rng = s.stage.rng("shelf")
    sheet = Sheet(s.stage)
    tone = 0.75 - 0.3 * s.light.night
    for row in (y, y - 0.17):
        sheet.fill(
            [(x - 0.22, row), (x + 0.22, row), (x + 0.22, row + 0.014), (x - 0.22, row + 0.014)],
            colour("#5b3f2c") * tone,
        )
        k = x - 0.2
        while k < x + 0.17:
            w, h = rng.uniform(0.012, 0.028), rng.uniform(0.07, 0.13)
            sheet.fill(
                [(k, row), (k + w, row), (k + w, row - h), (k, row - h)],
                colour(("#8c3b2e", "#35507a", "#c8963c", "#4a6a54", "#d8c8a8", "#6a4a6a")[int(rng.integers(0, 6))])
                * tone,
            )
            k += w + (0.05 if rng.random() < 0.15 else 0.002)
    layer = sheet.layer(0.52)
    return [layer] if layer else []


def kitchen(s: Site) -> Ground:
    frame = window_of(s)
    outside(s)
    walled(s, frame, "#d9c9a8", 0.7)
    stage = s.stage
    sheet = Sheet(stage)
    tone = 0.75 - 0.32 * s.light.night
    for row in range(5):
        for column in range(-16, 17):
            x, y = column * 0.115 + (row % 2) * 0.057, 0.57 + row * 0.042
            sheet.fill(
                [(x, y), (x + 0.109, y), (x + 0.109, y + 0.037), (x, y + 0.037)],
                mix(colour("#e9efe9"), colour("#7fa6a8"), 0.25 + 0.1 * ((row * 7 + column * 3) % 4)) * tone,
            )
    s.add(sheet.layer(0.501), shelf(s, -s.side * 0.3 * stage.aspect, 0.34))
    rail = Pen(stage, s.light, -s.side * 0.06 * stage.aspect, 0.16, 0.2, 0.54, stage.rng("pans"))
    rail.line([(-1.2, 0), (1.2, 0)], 0.03, "#3b3330")
    for i, x in enumerate((-0.9, -0.3, 0.3, 0.9)):
        rail.line([(x, 0), (x, -0.3)], 0.025, "#3b3330")
        rail.disc(x, -0.5, 0.2 - 0.03 * (i % 2), ("#b5703c", "#6a6f78")[i % 2])
    s.add(lamp_on(s, -s.side * 0.24 * stage.aspect, 0.62), tabletop(s, 0.74, "#a5754a"))
    return Ground(0.7, 0.86, indoors=True, scale=1.25)
