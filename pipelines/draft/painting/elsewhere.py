"""Places off the map: space, other planets, under water, and inside a cave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import colour, gradient, mix, vary
from pipelines.draft.painting.country import shafts
from pipelines.draft.painting.distance import backdrop
from pipelines.draft.painting.shores import LAKE
from pipelines.draft.painting.site import Ground, Site
from pipelines.draft.painting.sky import lamp, sky, stars
from pipelines.draft.painting.stage import Layer, Motion, Sheet, Stage, cut, wash
from pipelines.draft.painting.water import water

WORLDS = (
    "#d98a5a #e9c48a #a8583c",
    "#4f8fb8 #bfe0ea #2a5a86",
    "#8a6ac0 #d0a8e0 #54408a",
    "#5aa88a #d9e8b0 #2f6f66",
    "#c8586a #f0b48a #7a3050",
)


def globe(
    stage: Stage, name: str, x: float, y: float, r: float, sun: tuple[float, ...], depth: float, ring: bool = False
) -> list[Layer]:
    """A planet: banded, shaded from its sun's side, with air round its edge."""
    rng = stage.rng(name)
    stops = np.stack([colour(c) for c in WORLDS[int(rng.integers(0, len(WORLDS)))].split()])
    rows = stage.rows(y - r * 1.2, y + r * 1.2)
    dx, dy = (stage.xs[None, :] - x) / r, (stage.ys[rows][:, None] - y) / r
    d2 = dx * dx + dy * dy
    z = np.sqrt(np.clip(1 - d2, 0, 1))
    swirl = stage.noise(name + " bands", r * 0.9, 5, stretch=2.2, rows=rows)
    band = 0.5 + 0.5 * np.sin(dy * 5.5 + swirl * 1.6 + dx * 0.4)
    body = gradient(stops, np.linspace(0, 1, 256))[np.clip(band * 255, 0, 255).astype(int)]
    lx, ly = sun[0] - x, sun[1] - y
    n = float(np.hypot(lx, ly)) or 1.0
    shade = np.clip((dx * lx + dy * ly) / n * 0.85 + z * 0.5 + 0.06, 0.02, 1)[..., None]
    rim = (np.clip(1 - z, 0, 1) ** 3)[..., None] * shade
    body = body * shade + rim * (mix(stops[1], colour("#ffffff"), 0.3) - body * shade) * 0.7
    alpha = np.clip((1 - np.sqrt(d2)) * r * stage.height, 0, 1)[..., None]
    sheet = np.zeros((*stage.size[::-1], 4), np.uint8)
    sheet[rows] = (np.concatenate([body, np.ones_like(alpha)], 2) * alpha * 255).astype(np.uint8)
    halo = np.exp(-np.clip(np.sqrt(d2) - 1, 0, 9) * 9)[..., None] * stops[1] * 70 * (0.2 + shade)
    air = np.zeros_like(sheet)
    air[rows, :, :3] = np.clip(halo, 0, 255).astype(np.uint8)
    layers = [cut(air, depth, light=True), cut(sheet, depth)]
    if ring:
        band_sheet = Sheet(stage)
        t = np.linspace(0, 2 * np.pi, 160)
        for k, out in enumerate((1.45, 1.6, 1.75, 1.9)):
            px, py = r * out * np.cos(t), r * out * 0.26 * np.sin(t)
            behind = (np.sin(t) < 0) & (np.hypot(px, py) < r)
            ring_points = np.stack([x + px * 0.97 - py * 0.24, y + px * 0.24 + py * 0.97], 1)
            for part in np.split(np.arange(160), np.flatnonzero(np.diff(behind.astype(int))) + 1):
                if not behind[part[0]] and len(part) > 1:
                    band_sheet.line(
                        ring_points[part], 0.012 * r / 0.25 * (1 - 0.15 * k), mix(stops[1], stops[0], 0.2 * k)
                    )
        layers.append(band_sheet.layer(depth + 0.001))
    return [layer for layer in layers if layer]


def space(s: Site) -> Ground:
    stage, rng = s.stage, s.stage.rng("space")
    tints = np.stack(
        [
            colour(c)
            for c in (
                ("#05060f", "#1a1640", "#4a2a7a", "#b0508a"),
                ("#04080f", "#0c2a44", "#1f6a7a", "#7ad0b0"),
                ("#08050c", "#3a1a34", "#9a3a4a", "#f0a060"),
            )[int(rng.integers(0, 3))]
        ]
    )
    cloud = (
        stage.noise("nebula", 0.6, 6, gain=0.55)
        + 0.35
        - 1.3 * np.abs(stage.ys[:, None] - 0.45 - 0.35 * stage.xs[None, :] * s.side / stage.aspect)
    )
    dark = stage.noise("dust", 0.35, 5, gain=0.55)
    at = np.clip(0.22 + 0.45 * cloud - 0.3 * np.clip(dark, 0, 1), 0, 1)
    body = gradient(tints, np.linspace(0, 1, 512))[(at * 511).astype(int)]
    s.add(Layer(wash(stage, None, slice(0, stage.size[1]), body, None), 0, 0, 0.0, solid=True))
    bright = replace(s.light, night=1.0)
    s.add(stars(stage, bright, many=True))
    sun = (-s.side * 0.6 * stage.aspect, 0.1)
    r = float(rng.uniform(0.26, 0.4)) * stage.scale
    s.add(
        globe(
            stage,
            "world",
            s.side * 0.27 * stage.aspect,
            float(rng.uniform(0.45, 0.7)),
            r,
            sun,
            0.16,
            ring=rng.random() < 0.5,
        )
    )
    s.add(globe(stage, "moon", -s.side * 0.33 * stage.aspect, 0.24, 0.06, sun, 0.24))
    return Ground(0.42, 0.8)


def planet(s: Site) -> Ground:
    stage, light = s.stage, s.light
    rng = stage.rng("planet")
    s.light = light = replace(light, sky=vary(light.sky, turn=float(rng.uniform(0.8, 2.6)), chroma=1.1))
    s.light = light = replace(light, haze=mix(light.sky[-1], light.sky[-2], 0.4))
    s.add(sky(stage, light, s.horizon, s.lamp), stars(stage, replace(light, night=max(0.6, light.night))))
    s.add(
        globe(
            stage,
            "giant",
            -s.side * 0.2 * stage.aspect,
            0.24,
            0.24 * stage.scale,
            s.lamp,
            0.02,
            ring=rng.random() < 0.6,
        )
    )
    s.add(lamp(stage, light, s.lamp, s.said))
    rock = ("#a8583c", "#6a5a8a", "#4a7a80", "#8a6a4a")[int(rng.integers(0, 4))]
    s.add(land.ridge(stage, light, "spires", s.horizon, 0.26, 0.08, rock, cell=0.22, facets=0.7))
    s.add(land.ridge(stage, light, "mesas", s.horizon + 0.06, 0.16, 0.24, rock, cell=0.34, facets=0.8))
    s.add(land.plain(stage, light, "regolith", s.horizon + 0.09, rock, far=0.32, rolls=0.02, grain=0.16, bands=0.2))
    s.add(land.rocks(stage, light, "stones", 1.02, 0.2, 0, rock))
    return Ground(s.horizon + 0.1, 0.92)


def underwater(s: Site) -> Ground:
    stage = s.stage
    rng = stage.rng("deep")
    night = s.light.night
    stops = np.stack([colour(c) for c in ("#bfeee6", "#4fc0c8", "#1a7f9e", "#0d4a72", "#082c4e")]) * (1 - 0.6 * night)
    s.light = replace(
        s.light,
        sky=stops,
        haze=stops[2],
        ink=colour("#05203a") * (1 - 0.5 * night),
        lamp=colour("#d8fff4"),
        backlit=0.45,
        air=0.97,
    )
    s.lamp = (s.side * 0.1 * stage.aspect, -0.1, s.lamp[2])
    at = np.clip((stage.ys + 0.15) / 1.1, 0, 1)
    shine = np.exp(-((stage.xs[None, :] - s.lamp[0]) ** 2) / 0.5 - (stage.ys[:, None] + 0.1) ** 2 / 0.2)[..., None]
    body = gradient(stops, at)[:, None] + shine * (stops[0] - gradient(stops, at)[:, None]) * 0.7
    s.add(
        Layer(
            wash(stage, None, slice(0, stage.size[1]), body, stage.noise("murk", 0.5, 3) * 0.02), 0, 0, 0.0, solid=True
        )
    )
    s.add(land.ridge(stage, s.light, "far reef", 0.86, 0.34, 0.1, "#2f6a7a", cell=0.35))
    s.add(shafts(s, 0.15, 1.3))
    s.add(land.ridge(stage, s.light, "reef", 0.98, 0.28, 0.35, "#2f5a6a", cell=0.3))
    s.add(land.plain(stage, s.light, "sea floor", 0.86, "#b0a884", "#8a8468", far=0.4, rolls=0.03, grain=0.08))
    s.add(
        corals(s, "coral", 0.94, 0.12, 0.6),
        kelp(s, "kelp", s.side, 0.75),
        corals(s, "near coral", 1.04, 0.2, 1.0),
        kelp(s, "near kelp", -s.side, 1.05),
    )
    s.add(bubbles(s, rng))
    return Ground(0.3, 0.75, floats=False, indoors=True)


def kelp(s: Site, name: str, side: int, depth: float) -> list[Layer]:
    sheet = Sheet(s.stage)
    rng = s.stage.rng(name)
    for _ in range(9):
        x0 = side * (s.stage.aspect / 2 - rng.uniform(-0.15, 0.32) * s.stage.scale)
        tall = rng.uniform(0.4, 0.95) * (0.6 + 0.4 * depth)
        t = np.linspace(0, 1, 30)
        x = x0 + 0.03 * np.sin(t * 7 + rng.uniform(0, 6)) * (0.3 + t)
        y = 1.1 - tall * t
        tone = mix(s.light.tone("#3f7a54", depth), s.light.ink, 0.3 * depth)
        sheet.line(np.stack([x, y], 1), 0.006, tone)
        for k in range(3, 30):
            sheet.disc(
                float(x[k]) + (1 if k % 2 else -1) * 0.018,
                float(y[k]),
                0.02 * (1.1 - 0.5 * t[k]),
                tone,
                0.36,
                0.5 if k % 2 else -0.5,
            )
    layer = sheet.layer(depth, motion=Motion("sway", 0.8, 0.016), anchor=(0.5, 1.0))
    return [layer] if layer else []


def corals(s: Site, name: str, base: float, tall: float, depth: float) -> list[Layer]:
    sheet = Sheet(s.stage)
    rng = s.stage.rng(name)
    x = s.stage.left
    while x < s.stage.right:
        x += rng.uniform(0.05, 0.22)
        if depth > 0.9 and abs(x) < 0.25 * s.stage.aspect:
            continue
        tone = s.light.tone(("#e07a6a", "#d95a8a", "#e8a84a", "#8a6ac0", "#5aa88a")[int(rng.integers(0, 5))], depth)
        if rng.random() < 0.5:
            for a in np.linspace(-0.8, 0.8, 7):
                t = tall * rng.uniform(0.5, 1.0)
                sheet.line(
                    [
                        (x, base + 0.03),
                        (x + np.sin(a) * t * 0.5, base - t * 0.5),
                        (x + np.sin(a * 1.2) * t, base - np.cos(a) * t),
                    ],
                    0.012 * (0.4 + depth),
                    tone,
                )
        else:
            for _ in range(7):
                sheet.disc(
                    x + rng.normal(0, tall * 0.25),
                    base - abs(rng.normal(0, tall * 0.2)),
                    tall * rng.uniform(0.1, 0.22),
                    mix(tone, s.light.haze, float(rng.uniform(0, 0.3))),
                )
    layer = sheet.layer(depth)
    return [layer] if layer else []


def bubbles(s: Site, rng: np.random.Generator) -> list[Layer]:
    layers = []
    for i in range(4):
        sheet = Sheet(s.stage)
        x0 = rng.uniform(-0.5, 0.5) * s.stage.aspect
        for _ in range(8):
            r = rng.uniform(0.003, 0.011)
            x, y = x0 + rng.normal(0, 0.03), rng.uniform(0.1, 1.0)
            sheet.disc(x, y, r, mix(s.light.sky[0], s.light.sky[2], 0.3))
            sheet.disc(x, y, r * 0.75, s.light.sky[2])
            sheet.disc(x - r * 0.3, y - r * 0.3, r * 0.25, s.light.sky[0])
        if layer := sheet.layer(0.55, motion=Motion("rise", 0.035 + 0.01 * i, 0.02, i * 1.7)):
            layers.append(layer)
    return layers


def cave(s: Site) -> Ground:
    """Looking out of the dark, over still water, into the light."""
    stage = s.stage
    s.lamp = (s.lamp[0] * 0.35, *s.lamp[1:])
    s.open_sky()
    backdrop(s, s.horizon, "mountains")
    s.add(water(stage, s.light, "pool", s.horizon, s.lamp, 0.85, colour(LAKE)))
    s.add(shafts(s, 0.5))
    for i, (reach, depth, dark) in enumerate(((0.5, 0.55, 0.45), (0.62, 0.8, 0.7), (0.8, 1.05, 0.9))):
        xs, ys = stage.xs[None, :] / (stage.aspect / 1.78), stage.ys[:, None]
        rough = stage.noise(f"rock {i}", 0.28, 5, gain=0.55)
        hang = np.interp(stage.xs, *stage.profile(f"drips {i}", 0.05, 2).T)[None, :] * (
            0.03 + 0.08 * np.clip((0.6 - ys) * 5, 0, 1)
        )
        edge = np.hypot((xs + 0.05 * s.side * i) / (reach * 1.12), (ys - 0.5) / (reach * 0.86)) + rough * 0.12 + hang
        alpha = np.clip((edge - 0.78) * 90, 0, 1)
        stone = mix(s.light.tone("#6a6470", 0.5), s.light.ink, dark)
        lit = mix(stone, s.light.haze, 0.35 * (1 - i * 0.3))
        near = np.clip(1 - (edge - 0.78) * 6, 0, 1)[..., None] ** 2
        body = (stone * (1 - near) + lit * near) * (1 + 0.3 * rough[..., None])
        mask = (alpha * 255).astype(np.uint8)
        s.add(cut(wash(stage, mask, slice(0, stage.size[1]), np.clip(body, 0, 1), None), depth))
    return Ground(s.horizon + 0.1, 0.86, floats=True, indoors=True)
