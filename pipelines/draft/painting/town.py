"""Built places: village, city, street and market, and the rows of houses and towers others borrow."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.buildings import house, lantern
from pipelines.draft.painting.colour import colour, mix
from pipelines.draft.painting.distance import backdrop
from pipelines.draft.painting.pen import STILL, Pen
from pipelines.draft.painting.rows import LIT, WALLS, box, skyline
from pipelines.draft.painting.site import Ground, Site
from pipelines.draft.painting.stage import Layer, Sheet
from pipelines.draft.painting.water import water


def village(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    backdrop(s, s.horizon, "mountains")
    s.add(land.ridge(stage, light, "rise", s.horizon + 0.05, 0.07, 0.2, s.grass, cell=0.8))
    rng = stage.rng("village")
    for row, (drop, size, depth, count) in enumerate(
        ((0.06, 0.1, 0.26, 9), (0.13, 0.16, 0.36, 7), (0.2, 0.22, 0.5, 5))
    ):
        s.add(
            land.ridge(stage, light, f"terrace {row}", s.horizon + drop + 0.04, 0.045, depth - 0.03, s.grass, cell=0.9)
        )
        for i in range(count):
            x = (i + 0.5 - count / 2) / count * (stage.aspect * 1.3 + 0.3) + float(rng.uniform(-0.05, 0.05))
            if row == 2 and abs(x + s.side * 0.17 * stage.aspect) < 0.2:
                continue
            pen = Pen(
                stage,
                light,
                x,
                s.horizon + drop + float(rng.uniform(0, 0.02)) + 0.02,
                size * float(rng.uniform(0.8, 1.1)) * stage.scale,
                depth,
                rng,
            )
            pen.flip = 1 if rng.random() < 0.5 else -1
            house(
                pen,
                WALLS[int(rng.integers(0, len(WALLS)))],
                land.SNOW if s.wintry else ("#8a4038", "#6a4a44", "#54525c")[i % 3],
            )
            s.add(pen.layers())
    s.add(land.plain(stage, light, "green", s.horizon + 0.24, s.grass, far=0.52, rolls=0.02, grain=0.18))
    s.add(land.meadow(stage, light, "grass", 0.98, 0.1, s.grass, s.blooms))
    return Ground(s.horizon + 0.2, 0.93)


def city(s: Site) -> Ground:
    s.open_sky()
    stage, light = s.stage, s.light
    s.add(skyline(s, "far blocks", s.horizon, 0.42, 0.06, 0.2))
    s.add(skyline(s, "blocks", s.horizon + 0.06, 0.44, 0.18, 0.4))
    s.add(skyline(s, "near blocks", s.horizon + 0.14, 0.36, 0.32, 0.5))
    s.add(land.plain(stage, light, "haze", s.horizon + 0.1, "#3d4654", far=0.33, rolls=0.0, grain=0.05))
    s.add(rooftops(s))
    return Ground(s.horizon + 0.1, 0.98)


def rooftops(s: Site) -> list[Layer]:
    """Flat roofs at the lens, with their tanks, chimneys and a parapet to stand on."""
    stage, light = s.stage, s.light
    rng = stage.rng("roofs")
    sheet = Sheet(stage)
    x = stage.left
    while x < stage.right:
        w, y = rng.uniform(0.25, 0.5), rng.uniform(0.78, 0.86)
        dark = mix(light.tone("#4a4650", 0.6), light.ink, float(rng.uniform(0.3, 0.6)))
        sheet.fill(box(x, 1 + 0.5, w, 1.5 - y), dark)
        sheet.fill(box(x - 0.01, y + 0.016, w + 0.02, 0.022), mix(dark, light.haze, 0.18))
        for _ in range(3):
            k, tall = x + rng.uniform(0.03, w - 0.06), rng.uniform(0.02, 0.07)
            sheet.fill(box(k, y, rng.uniform(0.02, 0.05), tall), dark)
        if rng.random() < 0.5:
            k = x + rng.uniform(0.05, w - 0.1)
            sheet.fill(box(k, y - 0.03, 0.07, 0.07), mix(dark, light.ink, 0.2))
            sheet.fill([(k - 0.005, y - 0.1), (k + 0.035, y - 0.13), (k + 0.075, y - 0.1)], dark)
        for _ in range(4):
            if rng.random() < 0.3 + 0.5 * light.night:
                k, row = x + rng.uniform(0.03, w - 0.05), y + rng.uniform(0.05, 0.16)
                sheet.fill(
                    box(k, row + 0.03, 0.022, 0.032),
                    colour(LIT[int(rng.integers(0, 4))]) if light.night > 0.12 else mix(dark, light.haze, 0.3),
                )
        x += w
    layer = sheet.layer(0.62, foot=1.0)
    return [layer] if layer else []


def facade(
    s: Site, sheet: Sheet, glow: Pen, side: int, near: float, far: float, tall: float, rng: np.random.Generator
) -> None:
    """One house front along a street, between two distances; it shrinks to the vanishing point."""
    vy, half = s.horizon, 0.46

    def at(z: float, up: float) -> tuple[float, float]:
        return side * half / z, vy + (0.26 - up) / z

    depth = float(np.clip(1.25 / near - 0.1, 0.05, 0.95))
    wall = s.light.tone(WALLS[int(rng.integers(0, len(WALLS)))], depth, -0.05)
    wall = mix(wall, s.light.ink, 0.12 + 0.2 * s.light.night)
    sheet.fill([at(near, -0.1), at(near, tall), at(far, tall), at(far, -0.1)], wall)
    sheet.fill(
        [at(near, tall), at(near, tall + 0.035), at(far, tall + 0.035), at(far, tall)], mix(wall, s.light.ink, 0.35)
    )
    columns = max(2, int((far - near) * 5 / near))
    panes_lit = [mix(colour(c), s.light.haze, 0.2 * (1 - depth)) for c in LIT]
    pane_dark = mix(wall, s.light.ink, 0.5)
    for row in np.arange(0.3, tall - 0.1, 0.19):
        for k in range(columns):
            z0 = near + (far - near) * (k + 0.25) / columns
            z1 = near + (far - near) * (k + 0.72) / columns
            on = s.light.night > 0.12 and rng.random() < 0.42
            paint = panes_lit[int(rng.integers(0, 4))] if on else pane_dark
            sheet.fill([at(z0, row), at(z0, row + 0.11), at(z1, row + 0.11), at(z1, row)], paint)
    open_late = s.light.night > 0.12 and rng.random() < 0.6
    shop = mix(colour("#d9963f"), wall, 0.2) if open_late else mix(wall, s.light.ink, 0.6)
    z0, z1 = near + (far - near) * 0.15, near + (far - near) * 0.85
    sheet.fill([at(z0, 0.0), at(z0, 0.17), at(z1, 0.17), at(z1, 0.0)], shop)
    awning = s.light.tone(("#b23a2e", "#2f6a5a", "#c8963c", "#35507a")[int(rng.integers(0, 4))], depth)
    out0, out1 = (
        (at(z0, 0.16)[0] - side * 0.07 / z0, at(z0, 0.15)[1]),
        (at(z1, 0.16)[0] - side * 0.07 / z1, at(z1, 0.15)[1]),
    )
    sheet.fill([at(z0, 0.22), out0, out1, at(z1, 0.22)], awning)
    if open_late:
        cx, cy = at((z0 + z1) / 2, 0.08)
        glow.lamps.append((cx, cy, 0.16 / near, "#ffb45a"))


def street(s: Site) -> Ground:
    s.open_sky()
    stage, light = s.stage, s.light
    s.add(skyline(s, "far street", s.horizon + 0.04, 0.16, 0.05, 0.4))
    wet = s.said.weather in ("rain", "storm") or light.night > 0.9
    steps = [min(0.62, 0.46 / (stage.aspect / 2 + 0.32)), 0.95, 1.4, 2.0, 2.9, 4.2, 6.0, 8.6]
    for i in range(len(steps) - 2, -1, -1):
        depth = (
            float(np.clip(0.085 + 0.01 * (7 - i), 0, 0.2)) if wet else float(np.clip(0.8 / steps[i] - 0.05, 0.08, 0.9))
        )
        for side in (-1, 1):
            rng = stage.rng(f"facade {side} {i}")
            sheet, glow = Sheet(stage), Pen(stage, light, 0, 0, 1, depth, rng)
            facade(s, sheet, glow, side, steps[i], steps[i + 1], float(rng.uniform(0.75, 1.35)), rng)
            s.add(sheet.layer(depth), glow.glows(STILL))
    if wet:
        s.add(water(stage, light, "wet street", s.horizon + 0.03, s.lamp, 0.72, colour("#3a3d46")))
    else:
        s.add(land.plain(stage, light, "road", s.horizon + 0.03, "#8a8078", "#6a625c", far=0.07, rolls=0.0, grain=0.1))
        s.layers[-1].depth = 0.075
    for i, z in enumerate((3.4, 2.2, 1.4)):
        for side in (-1, 1):
            pen = Pen(
                stage,
                light,
                side * 0.36 / z,
                s.horizon + 0.25 / z,
                0.5 / z,
                float(np.clip(0.9 / z, 0.2, 0.9)),
                stage.rng(f"lamp {i}"),
            )
            pen.flip = -side
            lantern(pen)
            s.add(pen.layers(rim=False))
    return Ground(s.horizon + 0.06, 0.92, middle=0.35)


def market(s: Site) -> Ground:
    ground = street(s)
    stage, light = s.stage, s.light
    rng = stage.rng("stalls")
    for z in (2.6, 1.7, 1.15):
        for side in (-1, 1):
            pen = Pen(
                stage, light, side * 0.42 / z, s.horizon + 0.27 / z, 0.4 / z, float(np.clip(0.85 / z, 0.25, 0.9)), rng
            )
            stall(pen)
            s.add(pen.layers(rim=False))
    sheet, glow = Sheet(stage), Pen(stage, light, 0, 0, 1, 0.7, rng)
    for k in range(4):
        x = np.linspace(-stage.aspect / 2 - 0.4, stage.aspect / 2 + 0.4, 60)
        y = 0.05 + 0.075 * k + 0.10 * (x / stage.aspect * 1.6) ** 2 * (1 - 0.3 * k) * -1 + 0.09
        sheet.line(np.stack([x, y], 1), 0.0015, light.ink)
        for i in range(3 + k, 60, 6):
            sheet.disc(
                float(x[i]),
                float(y[i]) + 0.014,
                0.012 - 0.0015 * k,
                mix(colour(("#ffd27a", "#ff9a5a", "#ffe9b0")[i % 3]), light.haze, 0.1),
            )
            glow.lamps.append((float(x[i]), float(y[i]) + 0.014, 0.03, "#ffb45a"))
    s.add(sheet.layer(0.7), glow.glows(STILL))
    return ground


def stall(p: Pen) -> None:
    """A table of goods under a striped awning."""
    for x in (-0.5, 0.47):
        p.box(x, 0, 0.035, 0.9, "#5b3f2c")
    p.box(-0.54, 0, 1.08, 0.34, "#7b5236")
    for k in range(11):
        x = -0.48 + 0.095 * k
        p.disc(x, 0.38, 0.06, ("#c8372d", "#e8a03a", "#8fae4a", "#d9813a")[k % 4])
    stripe = ("#b23a2e", "#2f6a5a", "#35507a")[int(p.rng.integers(0, 3))]
    for k in range(8):
        a, b = -0.6 + 0.15 * k, -0.45 + 0.15 * k
        p.poly([(a * 0.85, 1.06), (b * 0.85, 1.06), (b, 0.84), (a, 0.84)], stripe if k % 2 else "#f0e6d2")
    p.disc(0, 0.76, 0.05, "!#ffdf9a")
    p.lamp(0, 0.74, 0.35, "#ffb45a")
