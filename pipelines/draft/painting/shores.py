"""Places with water in them: sea, lake, river, harbour, island and beach."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.buildings import palm
from pipelines.draft.painting.colour import colour, mix
from pipelines.draft.painting.distance import backdrop
from pipelines.draft.painting.headland import headland
from pipelines.draft.painting.pen import Pen
from pipelines.draft.painting.rows import houses
from pipelines.draft.painting.site import Ground, Site
from pipelines.draft.painting.stage import REACH, Sheet, below, cut, mask_of, wash
from pipelines.draft.painting.water import water

SEA, LAKE, RIVER, LAGOON = "#1f5a78", "#2a5f6e", "#3a6a70", "#1f8f9a"


def calmness(s: Site, otherwise: float) -> float:
    return {"storm": 0.0, "rain": 0.2, "fog": 0.9}.get(s.said.weather, otherwise)


def sea(s: Site) -> Ground:
    s.open_sky()
    if s.said.backdrop:
        backdrop(s, s.horizon + 0.004)
    else:
        s.add(land.ridge(s.stage, s.light, "headland", s.horizon + 0.006, 0.07, 0.1, cell=0.9))
    s.add(water(s.stage, s.light, "sea", s.horizon, s.lamp, calmness(s, 0.25), colour(SEA)))
    if not {"whale", "ship"} & {t.name for t in s.said.subjects}:
        s.add(land.rocks(s.stage, s.light, "skerries", 1.0, 0.12, s.side))
    return Ground(s.horizon, 0.88, floats=True)


def lake(s: Site) -> Ground:
    s.open_sky()
    backdrop(s, s.horizon, "mountains")
    s.add(land.ridge(s.stage, s.light, "shore hills", s.horizon + 0.01, 0.07, 0.11, s.leaf, cell=0.6))
    s.add(land.wood(s.stage, s.light, "far shore", s.horizon + 0.004, 0.055, 0.115, s.leaf, rise=0.006, snowy=s.wintry))
    s.add(water(s.stage, s.light, "lake", s.horizon, s.lamp, calmness(s, 0.8), colour(LAKE)))
    s.add(land.meadow(s.stage, s.light, "reeds", 0.985, 0.1, s.grass))
    s.add(
        land.wood(s.stage, s.light, "near firs", 1.06, 0.6, 1.05, s.leaf, gap=0.3, clearing=opening(s), snowy=s.wintry)
    )
    return Ground(s.horizon, 0.86, floats=True)


def opening(s: Site) -> tuple[float, float]:
    """The stretch of foreground kept free: all but the heavy side."""
    half = s.stage.aspect / 2
    return (-half * 1.1, half * 0.72) if s.side > 0 else (-half * 0.72, half * 1.1)


def river(s: Site) -> Ground:
    s.open_sky()
    backdrop(s, s.horizon + 0.01, "mountains")
    s.add(land.wood(s.stage, s.light, "far wood", s.horizon + 0.012, 0.05, 0.115, s.leaf, rise=0.01, snowy=s.wintry))
    s.add(water(s.stage, s.light, "river", s.horizon + 0.01, s.lamp, calmness(s, 0.65), colour(RIVER)))
    stage, rng = s.stage, s.stage.rng("banks")
    t = np.linspace(0, 1.5, 60)
    bend = 0.22 * np.sin(t * 4.2 + rng.uniform(0, 6)) * (1 - 0.3 * t) - s.side * 0.1 * t
    for side in (-1, 1):
        wide = 0.015 + 0.34 * t**1.5
        edge = np.stack([bend + side * wide + 0.008 * np.sin(t * 37 + side), s.horizon + 0.01 + (1 - s.horizon) * t], 1)
        shape = np.concatenate([edge, [[side * -stage.left, edge[-1, 1]], [side * -stage.left, s.horizon]]])
        rows = stage.rows(s.horizon - 0.01, 1 + REACH)
        along = np.clip((stage.ys[rows] - s.horizon) / (1 - s.horizon), 0, 1.3)[:, None]
        body = s.light.tone(s.grass, 0.3) * (1 - along**0.7) + s.light.tone(s.grass, 0.95, -0.04) * along**0.7
        texture = land.perspective(stage, f"bank {side}", rows, s.horizon, 0.12, 0.03) * 0.16
        s.add(cut(wash(stage, mask_of(stage, [shape]), rows, body, texture), 0.13, foot=1.0))
        s.add(bank_trees(s, edge, side))
    s.add(land.meadow(stage, s.light, "grass", 1.0, 0.1, s.grass, s.blooms))
    return Ground(s.horizon, 0.92)


def bank_trees(s: Site, edge: np.ndarray, side: int) -> list:
    """Trees along one bank, larger as the river nears."""
    rng = s.stage.rng(f"trees {side}")
    layers = []
    for k in range(6):
        i = int(3 + 6.5 * k)
        x, y = edge[i]
        d = float(np.clip((y - s.horizon) / (1 - s.horizon), 0, 1))
        sheet = Sheet(s.stage)
        tall = 0.05 + 0.42 * d
        for _ in range(3):
            px = float(x) + side * float(rng.uniform(0.02, 0.3)) * (0.2 + d)
            shapes = (
                [land.conifer(px, float(y), tall * rng.uniform(0.7, 1.1), rng)]
                if rng.random() < 0.6
                else land.crown(px, float(y), tall * 0.8, rng)
            )
            for shape in shapes:
                sheet.fill(shape, s.light.tone(s.leaf, 0.2 + 0.7 * d, float(rng.uniform(-0.03, 0.03))))
        layer = sheet.layer(0.2 + 0.75 * d)
        if layer:
            layers.append(layer)
    return layers


def harbour(s: Site) -> Ground:
    s.open_sky()
    backdrop(s, s.horizon + 0.003, "hills")
    s.add(houses(s, "quarter", s.horizon - 0.025, 0.055, 0.112))
    s.add(houses(s, "waterfront", s.horizon + 0.004, 0.07, 0.118))
    s.add(water(s.stage, s.light, "harbour", s.horizon, s.lamp, calmness(s, 0.6), colour(SEA)))
    s.add(jetty(s))
    return Ground(s.horizon, 0.82, floats=True)


def jetty(s: Site) -> list:
    """Planks on posts, coming in from the heavy side at the lens."""
    stage, light = s.stage, s.light
    sheet = Sheet(stage)
    far, near = s.side * 0.12 * stage.aspect, s.side * (stage.aspect / 2 + 0.4)
    wood = mix(light.tone("#6b4c34", 0.95), light.ink, 0.25)
    for t in np.linspace(0, 1, 9):
        x = far + (near - far) * t
        y = 0.83 + 0.12 * t
        sheet.line([(x, y - 0.05 - 0.05 * t), (x, 1.3)], 0.009 + 0.016 * t, mix(wood, light.ink, 0.35))
    sheet.fill([(far, 0.83), (near, 0.9), (near, 1.12), (far, 0.85)], wood)
    for t in np.linspace(0.02, 1, 26):
        x = far + (near - far) * t
        sheet.line([(x, 0.83 + 0.07 * t), (x - s.side * 0.03 * t, 0.85 + 0.27 * t)], 0.002, mix(wood, light.ink, 0.4))
    pen = Pen(stage, light, far + (near - far) * 0.25, 0.845, 0.2 * stage.scale, 0.92, stage.rng("post"))
    pen.line([(0, 0), (0, 0.6)], 0.06, "#3b2d24")
    pen.box(-0.06, 0.6, 0.12, 0.16, "!#ffe1a0")
    pen.lamp(0, 0.68, 0.3, "#ffc66a")
    layer = sheet.layer(0.92)
    return [*([layer] if layer else []), *pen.layers()]


def island(s: Site) -> Ground:
    s.open_sky()
    s.add(land.ridge(s.stage, s.light, "far isle", s.horizon + 0.006, 0.05, 0.08, cell=1.1))
    stage, rng = s.stage, s.stage.rng("island")
    x0, half = -s.side * 0.1 * stage.aspect, 0.42 * stage.scale
    line = stage.profile("island", 0.25, 5)
    across = np.clip(1 - ((line[:, 0] - x0) / half) ** 2, 0, 1)
    line[:, 1] = s.horizon + 0.008 - across * (0.13 + 0.07 * line[:, 1]) * stage.scale
    line = line[(line[:, 0] > x0 - half) & (line[:, 0] < x0 + half)]
    sheet = Sheet(stage)
    sheet.fill(below(line, s.horizon + 0.012), s.light.tone(s.leaf, 0.4))
    shifted = line.copy()
    shifted[:, 1] = s.horizon + 0.01 - (s.horizon + 0.01 - line[:, 1]) * 0.55
    shifted[:, 0] += s.side * 0.03
    sheet.fill(
        below(shifted[60:-60] if len(shifted) > 160 else shifted, s.horizon + 0.012), s.light.tone(s.leaf, 0.55, -0.03)
    )
    sheet.fill(
        [
            (x0 - half * 1.06, s.horizon + 0.012),
            (x0 - half * 0.7, s.horizon - 0.008),
            (x0 + half * 0.75, s.horizon - 0.01),
            (x0 + half * 1.08, s.horizon + 0.012),
        ],
        s.light.tone(land.SAND, 0.45),
    )
    s.add(sheet.layer(0.115))
    for _ in range(6):
        pen = Pen(
            stage,
            s.light,
            x0 + float(rng.uniform(-0.75, 0.75)) * half,
            s.horizon - 0.004,
            0.13 * stage.scale * float(rng.uniform(0.7, 1.2)),
            0.118,
            rng,
        )
        palm(pen)
        s.add(pen.layers(rim=False))
    s.add(water(stage, s.light, "lagoon", s.horizon, s.lamp, calmness(s, 0.55), colour(LAGOON)))
    return Ground(s.horizon, 0.86, floats=True)


def cliff(s: Site) -> Ground:
    """High land over the sea, on the side where the subject stands."""
    s.open_sky()
    if s.said.backdrop not in ("", "sea", "beach", "lake", "island"):
        backdrop(s, s.horizon + 0.004)
    else:
        s.add(land.ridge(s.stage, s.light, "headland", s.horizon + 0.006, 0.06, 0.1, cell=0.9))
    s.add(water(s.stage, s.light, "sea", s.horizon, s.lamp, calmness(s, 0.25), colour(SEA)))
    high = s.horizon + 0.02 + 0.04 * float(s.stage.rng("cliff").random())
    brink = -s.side * (0.17 * s.stage.aspect - 0.14 * s.stage.scale)
    shore = headland(s, "cliff", -s.side, brink, high, 0.86, 0.6)
    return Ground(s.horizon, 0.88, floats=True, shore=shore)


def beach(s: Site) -> Ground:
    s.open_sky()
    if s.said.backdrop:
        backdrop(s, s.horizon + 0.004)
    else:
        s.add(land.ridge(s.stage, s.light, "cape", s.horizon + 0.006, 0.1, 0.1, cell=0.8))
    s.add(
        water(
            s.stage,
            s.light,
            "bay",
            s.horizon,
            s.lamp,
            calmness(s, 0.45),
            colour(LAGOON if s.said.hour in ("noon", "morning") else SEA),
        )
    )
    stage = s.stage
    line = stage.profile("tideline", 0.7, 3)
    slope = -s.side * 0.09 * line[:, 0]
    line[:, 1] = 0.77 + slope + 0.022 * line[:, 1]
    for lift, tone in (
        (0.018, mix(s.light.tone("#f6f4ea", 0.7), s.light.haze, 0.2)),
        (0.006, s.light.tone("#a98458", 0.8, -0.05)),
    ):
        sheet = Sheet(stage)
        up = line.copy()
        up[:, 1] -= lift + 0.006 * np.sin(up[:, 0] * 31)
        sheet.fill(below(up), tone)
        s.add(sheet.layer(0.5 + (0.018 - lift) * 0.1, foot=1.0))
    rows = stage.rows(float(line[:, 1].min()) - 0.01, 1 + REACH)
    along = np.clip((stage.ys[rows] - 0.72) / 0.3, 0, 1.2)[:, None]
    body = s.light.tone(land.SAND, 0.6) * (1 - along) + s.light.tone(land.SAND, 0.98, -0.05) * along
    texture = (
        land.perspective(stage, "sand", rows, 0.6, 0.05, 0.02) * 0.09 + stage.noise("dunes", 0.3, 3, 3.0, rows) * 0.06
    )
    s.add(cut(wash(stage, mask_of(stage, [below(line)]), rows, body, texture), 0.51, foot=1.0))
    s.add(land.rocks(stage, s.light, "boulders", 1.02, 0.12, s.side))
    return Ground(0.66, 0.95, floats=False)
