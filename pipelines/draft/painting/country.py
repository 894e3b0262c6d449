"""Open country: mountains, volcano, forest, jungle, field, desert, snowfield."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.buildings import tree
from pipelines.draft.painting.colour import mix
from pipelines.draft.painting.distance import backdrop, cone
from pipelines.draft.painting.pen import Pen
from pipelines.draft.painting.site import Ground, Site
from pipelines.draft.painting.stage import REACH, Layer, Motion, Sheet, below, cut, enlarged, glow, mask_of, wash


def mountains(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    snow = 1.0 if s.wintry else 0.55
    s.add(land.ridge(stage, light, "far range", s.horizon, 0.34, 0.06, cell=0.66, facets=0.7, snow=snow))
    s.add(land.ridge(stage, light, "range", s.horizon + 0.07, 0.26, 0.2, cell=0.5, facets=0.9, snow=snow * 0.6))
    s.add(land.ridge(stage, light, "foothills", s.horizon + 0.13, 0.12, 0.34, s.leaf, cell=0.5))
    s.add(land.wood(stage, light, "wood", s.horizon + 0.22, 0.09, 0.46, s.leaf, snowy=s.wintry))
    s.add(land.plain(stage, light, "alp", s.horizon + 0.26, s.grass, far=0.5, rolls=0.025))
    s.add(land.meadow(stage, light, "alpine grass", 1.0, 0.07, s.grass))
    half = stage.aspect / 2
    s.add(
        land.wood(
            stage,
            light,
            "near wood",
            1.08,
            0.62,
            1.05,
            s.leaf,
            gap=0.28,
            clearing=(-half * 0.74, half * 0.8),
            snowy=s.wintry,
        )
    )
    return Ground(s.horizon + 0.24, 0.93)


def volcano(s: Site) -> Ground:
    s.open_sky()
    cone(s, s.horizon, 0.42, 0.1)
    s.add(land.ridge(s.stage, s.light, "lava field", s.horizon + 0.07, 0.08, 0.3, "#4a4048", cell=0.35, facets=0.5))
    s.add(
        land.plain(
            s.stage, s.light, "ash plain", s.horizon + 0.12, "#5a4a4a", "#3a3038", far=0.4, rolls=0.02, grain=0.2
        )
    )
    s.add(land.rocks(s.stage, s.light, "basalt", 1.02, 0.2, 0, "#4a4048"))
    return Ground(s.horizon + 0.12, 0.92)


def trunks(
    s: Site, name: str, foot: float, wide: float, depth: float, gap: float, material: str = "#5a4338"
) -> Layer | None:
    """Bare trunks rising out of the picture, each lit along the edge towards the lamp."""
    stage, light = s.stage, s.light
    rng = stage.rng(name)
    sheet = Sheet(stage)
    dark = light.tone(material, depth)
    lit = mix(dark, mix(light.lamp, light.haze, 0.4), 0.4 * (1 - 0.4 * light.night))
    line = stage.profile(name, 0.8, 3)
    line[:, 1] = foot + 0.03 * line[:, 1]
    sheet.fill(below(line), mix(light.tone(s.leaf, depth), light.haze, 0.25 * (1 - depth)))
    x = stage.left
    while x < stage.right:
        x += gap * rng.uniform(0.4, 1.6)
        if depth > 0.75 and abs(x + s.side * 0.12 * stage.aspect) < 0.3 * stage.aspect / 1.7:
            continue
        w, lean = wide * rng.uniform(0.6, 1.3), rng.normal(0, 0.03)
        y = float(np.interp(x, line[:, 0], line[:, 1])) + 0.02
        sheet.fill(
            [
                (x - w * 0.8, y),
                (x - w * 0.5, y - 0.12),
                (x - w * 0.42 + lean, -0.5),
                (x + w * 0.42 + lean, -0.5),
                (x + w * 0.5, y - 0.12),
                (x + w * 0.9, y),
            ],
            dark,
        )
        side = 1 if s.lamp[0] > x else -1
        sheet.fill(
            [
                (x + side * w * 0.3, y - 0.1),
                (x + side * w * 0.28 + lean, -0.5),
                (x + side * w * 0.42 + lean, -0.5),
                (x + side * w * 0.5, y - 0.12),
            ],
            lit,
        )
        for _ in range(rng.integers(1, 4)):
            by = rng.uniform(-0.2, foot - 0.2)
            out = rng.choice([-1, 1]) * rng.uniform(0.05, 0.16)
            sheet.line([(x, by), (x + out * 0.6, by - 0.02), (x + out, by - 0.07)], wide * 0.14, dark)
    return sheet.layer(depth)


def canopy(s: Site, name: str, drop: float, depth: float, material: str) -> Layer | None:
    """Leaves hanging in from above, as soft clusters."""
    stage = s.stage
    rows = stage.rows(-REACH, 0.5)
    body = stage.noise(name, 0.22, 5, rows=rows, gain=0.62)
    down = drop + 0.05 * stage.noise(name + " edge", 0.5, 2, rows=rows) - stage.ys[rows][:, None]
    alpha = np.clip((down * 9 + body * 1.1) * 9, 0, 1)
    rgb = np.repeat(s.light.tone(material, depth)[None, None], alpha.shape[0], 0) * (1 + 0.22 * body[..., None])
    pixels = np.zeros((*stage.size[::-1], 4), np.uint8)
    pixels[rows] = np.clip(np.dstack([rgb, np.ones_like(alpha)]) * (alpha[..., None] * 255), 0, 255).astype(np.uint8)
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    return cut(pixels, depth, motion=Motion("sway", 0.8, 0.004), anchor=(0.5, 0.0))


def shafts(s: Site, depth: float, strength: float = 1.0) -> Layer | None:
    """Slanting light through leaves or from a surface, brightest where it comes in."""
    stage, light = s.stage.coarse(4), s.light
    xs, ys = stage.xs[None, :], stage.ys[:, None]
    origin = (s.lamp[0], -0.5)
    angle = np.arctan2(xs - origin[0], ys - origin[1])
    line = stage.profile("shafts", 0.06, 3)
    ray = np.interp(angle, np.linspace(-1.6, 1.6, len(line)), line[:, 1])
    fade = np.clip(1.05 - ys * 0.95, 0, 1) * np.exp(-((angle * 1.4) ** 2))
    rgb = (
        (np.clip(ray - 0.1, 0, 1) * fade)[..., None]
        * mix(light.lamp, light.haze, 0.3)
        * 105
        * strength
        * (1 - 0.55 * light.night)
    )
    rgb = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), 0.006 * stage.height)
    return cut(glow(enlarged(rgb, 4)), depth, light=True, motion=Motion("breathe", 0.7, 0.35))


def forest(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    s.add(land.wood(stage, light, "deep wood", s.horizon + 0.03, 0.42, 0.12, s.leaf, gap=0.16))
    s.add(trunks(s, "far trunks", s.horizon + 0.05, 0.018, 0.28, 0.1))
    s.add(canopy(s, "far leaves", 0.1, 0.3, s.leaf), shafts(s, 0.4))
    s.add(trunks(s, "trunks", s.horizon + 0.12, 0.034, 0.45, 0.24))
    s.add(
        land.plain(
            stage,
            light,
            "floor",
            s.horizon + 0.15,
            "#6a7a48" if not s.wintry else land.SNOW,
            s.grass,
            far=0.46,
            rolls=0.03,
            grain=0.22,
        )
    )
    s.add(trunks_only(s))
    s.add(canopy(s, "leaves", 0.08, 0.9, s.leaf))
    s.add(land.meadow(stage, light, "ferns", 0.99, 0.12, s.leaf))
    return Ground(s.horizon + 0.14, 0.93)


def trunks_only(s: Site) -> Layer | None:
    return trunks(s, "near trunks", 1.12, 0.09, 0.97, 0.5)


def jungle(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    green = "#3f8a4f"
    s.add(land.ridge(stage, light, "wet hills", s.horizon - 0.05, 0.25, 0.08, green, cell=0.5))
    s.add(land.wood(stage, light, "far trees", s.horizon, 0.3, 0.18, green, kind="crown", gap=0.3))
    s.add(shafts(s, 0.3))
    s.add(land.wood(stage, light, "trees", s.horizon + 0.12, 0.34, 0.36, green, kind="crown", gap=0.34))
    s.add(land.plain(stage, light, "floor", s.horizon + 0.14, "#5a7a40", far=0.42, rolls=0.03, grain=0.25))
    s.add(fronds(s, 0.95), canopy(s, "roof", 0.06, 0.92, "#2f6a40"))
    s.add(land.branch(stage, light, "bough", s.side))
    return Ground(s.horizon + 0.14, 0.93)


def fronds(s: Site, depth: float) -> list[Layer]:
    """Large leaves at the lens, fanning out of the lower corners."""
    sheet = Sheet(s.stage)
    rng = s.stage.rng("fronds")
    for side in (-1, 1):
        root = (side * (s.stage.aspect / 2 + 0.02), 1.12)
        for a in np.linspace(0.1, 1.5, 11):
            reach = rng.uniform(0.35, 0.62) * s.stage.scale
            dx, dy = -side * np.sin(a) * reach, -np.cos(a * 0.92) * reach
            nx, ny = -dy * 0.16, dx * 0.16
            tip, mid = (root[0] + dx, root[1] + dy + 0.05), (root[0] + dx * 0.5, root[1] + dy * 0.62)
            tone = mix(s.light.tone("#2f7a48", depth, float(rng.uniform(-0.06, 0.05))), s.light.ink, 0.3)
            sheet.fill([root, (mid[0] + nx, mid[1] + ny), tip, (mid[0] - nx, mid[1] - ny)], tone)
            sheet.line([root, mid, tip], 0.003, mix(tone, s.light.lamp, 0.25))
    layer = sheet.layer(depth, motion=Motion("sway", 0.9, 0.006), anchor=(0.5, 1.0))
    return [layer] if layer else []


def field(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    backdrop(s, s.horizon + 0.01, "hills")
    s.add(land.ridge(stage, light, "rise", s.horizon + 0.05, 0.06, 0.2, s.grass, cell=0.8))
    s.add(land.wood(stage, light, "hedge", s.horizon + 0.055, 0.035, 0.24, s.leaf, kind="crown", gap=0.8, rise=0.012))
    s.add(land.ridge(stage, light, "slope", s.horizon + 0.11, 0.06, 0.34, mixed(s), cell=1.0))
    s.add(land.plain(stage, light, "field", s.horizon + 0.13, s.grass, far=0.4, rolls=0.035, grain=0.2, bands=0.16))
    rng = stage.rng("lone tree")
    if not any(t.name in ("tree", "house", "windmill", "train") for t in s.said.subjects):
        pen = Pen(stage, light, s.side * 0.27 * stage.aspect, s.horizon + 0.19, 0.36 * stage.scale, 0.5, rng, s.leaf)
        tree(pen)
        s.add(pen.layers(Motion("sway", 0.9, 0.004), (0.5, 1.0)))
    s.add(land.meadow(stage, light, "grass", 0.97, 0.13, s.grass, s.blooms))
    return Ground(s.horizon + 0.12, 0.92)


def mixed(s: Site) -> str:
    """Ripe corn beside the grass, except in winter."""
    return land.SNOW if s.wintry else "#d3b25c"


def desert(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    s.add(land.ridge(stage, light, "mesas", s.horizon, 0.14, 0.06, "#b5654a", cell=0.4, facets=0.6))
    for i, (drop, tall, depth) in enumerate(((0.05, 0.09, 0.2), (0.14, 0.13, 0.42), (0.3, 0.16, 0.7))):
        s.add(dune(s, f"dune {i}", s.horizon + drop, tall, depth))
    return Ground(s.horizon + 0.2, 0.9)


def dune(s: Site, name: str, base: float, tall: float, depth: float) -> Layer | None:
    """A dune with one long crest: sand in the light on one face, shade on the other, ripples on both."""
    stage, light = s.stage, s.light
    line = stage.profile(name, 0.75, 2, gain=0.3)
    line[:, 1] = base - tall * (0.5 + 0.5 * np.abs(line[:, 1]) ** 0.8 * np.sign(line[:, 1]))
    rows = stage.rows(float(line[:, 1].min()) - 0.01, 1 + REACH)
    crest = np.interp(stage.xs, line[:, 0], line[:, 1])
    drop = np.clip(stage.ys[rows][:, None] - crest[None, :], 0, 2)
    slope = np.gradient(crest, stage.xs)
    bend = np.interp(stage.xs[None, :] + s.side * drop * 1.5, stage.xs, slope)
    face = 1 / (1 + np.exp(-bend * s.side * 14))[..., None]
    down = np.clip(drop / 0.35, 0, 1)[..., None]
    lit = mix(light.tone(land.SAND, depth, 0.03), light.lamp, 0.22 * (1 - light.night))
    dark = mix(light.tone(land.SAND, depth, -0.12), light.sky[1], 0.25)
    body = dark * (1 - face) + lit * face
    body = body * (1 - 0.5 * down) + light.tone(land.SAND, min(1, depth + 0.15), -0.04) * 0.5 * down
    ripples = (
        np.sin((drop * 190 + 26 * stage.noise(name + " wind", 0.35, 3, rows=rows)) * (1.2 - 0.7 * depth))
        * 0.022
        * (0.3 + depth)
    )
    return cut(
        wash(stage, mask_of(stage, [below(line)]), rows, body, ripples.astype(np.float32)),
        depth,
        foot=min(1.0, depth + 0.25),
    )


def snowfield(s: Site) -> Ground:
    stage, light = s.stage, s.light
    s.open_sky()
    s.add(land.ridge(stage, light, "ice peaks", s.horizon, 0.2, 0.06, cell=0.5, facets=0.8, snow=1.4))
    s.add(land.ridge(stage, light, "drift", s.horizon + 0.05, 0.05, 0.25, land.SNOW, cell=0.9))
    s.add(land.wood(stage, light, "firs", s.horizon + 0.07, 0.07, 0.3, "#3f5f5a", gap=0.8, snowy=True))
    s.add(
        land.plain(
            stage, light, "snow", s.horizon + 0.08, land.SNOW, "#dfe8f3", far=0.32, rolls=0.03, grain=0.05, bands=0.09
        )
    )
    half = stage.aspect / 2
    s.add(
        land.wood(
            stage,
            light,
            "near firs",
            1.1,
            0.55,
            1.05,
            "#33504d",
            gap=0.3,
            clearing=(-half * 0.7, half * 0.78),
            snowy=True,
        )
    )
    return Ground(s.horizon + 0.1, 0.92)
