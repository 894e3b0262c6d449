"""What stands at the far edge of a place: the second place that was named, or the usual one."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import colour, mix
from pipelines.draft.painting.rows import houses, skyline
from pipelines.draft.painting.site import Site
from pipelines.draft.painting.sky import around
from pipelines.draft.painting.stage import REACH, Motion, Sheet, below, cut, enlarged, glow, mask_of, wash


def backdrop(s: Site, base: float, usual: str = "hills") -> None:
    """What stands at the far edge: the second place that was named, or the usual one. All at depths up to 0.11."""
    kind = s.said.backdrop or usual
    stage, light = s.stage, s.light
    if kind in ("mountains", "snowfield"):
        snow = 1.0 if s.wintry or kind == "snowfield" else 0.5
        s.add(land.ridge(stage, light, "far range", base, 0.3, 0.05, cell=0.6, facets=0.7, snow=snow))
        s.add(land.ridge(stage, light, "range", base + 0.02, 0.2, 0.09, cell=0.45, facets=0.85, snow=snow * 0.6))
    elif kind in ("city", "street", "market"):
        s.add(skyline(s, "far blocks", base, 0.22, 0.06), skyline(s, "blocks", base + 0.005, 0.3, 0.1, lit=0.5))
    elif kind in ("village", "harbour"):
        s.add(land.ridge(stage, light, "hill", base, 0.12, 0.06, s.leaf, cell=0.7))
        s.add(houses(s, "far houses", base, 0.06, 0.1))
    elif kind in ("forest", "jungle"):
        s.add(land.ridge(stage, light, "hill", base, 0.14, 0.05, s.leaf, cell=0.8))
        s.add(land.wood(stage, light, "far wood", base - 0.02, 0.09, 0.08, s.leaf, snowy=s.wintry))
        s.add(land.wood(stage, light, "edge wood", base + 0.01, 0.12, 0.1, s.leaf, snowy=s.wintry))
    elif kind == "volcano":
        cone(s, base, 0.36, 0.07)
    elif kind == "desert":
        s.add(land.ridge(stage, light, "dune line", base, 0.1, 0.08, land.SAND, cell=0.7))
    else:
        s.add(land.ridge(stage, light, "far hills", base, 0.13, 0.05, s.leaf, cell=0.9))
        s.add(land.ridge(stage, light, "hills", base + 0.01, 0.09, 0.1, s.leaf, cell=0.7))


def cone(s: Site, base: float, tall: float, depth: float) -> None:
    """A volcano with its fire and its plume, on the heavy side."""
    stage, light = s.stage, s.light
    x0 = s.side * 0.16 * stage.aspect
    top = base - tall
    line = stage.profile("cone", 0.16, 5)
    away = np.abs(line[:, 0] - x0)
    line[:, 1] = (
        base - tall * np.exp(-np.clip(away - 0.045, 0, 9) / 0.21) + 0.012 * line[:, 1] * np.clip(away * 6, 0.3, 1)
    )
    mask = mask_of(stage, [below(line)])
    rows = stage.rows(top - 0.05, 1 + REACH)
    down = np.clip((stage.ys[rows] - top) / tall, 0, 1)[:, None]
    body = light.tone("#4a3f4a", depth + 0.15) * (1 - down) + mix(light.tone("#4a3f4a", depth), light.haze, 0.5) * down
    plume(s, x0, top, depth)
    s.add(cut(wash(stage, mask, rows, body, stage.noise("ash", 0.1, 4, rows=rows) * 0.12), depth))
    fire = Sheet(stage)
    rng = stage.rng("lava")
    for _ in range(5):
        t = np.linspace(0, 1, 14)
        sway = (
            x0
            + rng.uniform(-0.035, 0.035)
            + rng.uniform(-0.16, 0.16) * t**1.4
            + 0.012 * np.sin(t * 9 + rng.uniform(0, 6))
        )
        fire.line(np.stack([sway, top + 0.01 + tall * rng.uniform(0.3, 0.75) * t], 1), 0.006, colour("#ff7a2c"))
    s.add(fire.layer(depth + 0.001, motion=Motion("breathe", 1.2, 0.3)))
    fume = around(stage.coarse(4), (x0, top), 0.11)[..., None] * colour("#ff6a2a") * 210
    s.add(cut(glow(enlarged(fume, 4)), depth + 0.002, light=True, motion=Motion("flicker", 1.1, 0.35)))


def plume(s: Site, x0: float, top: float, depth: float) -> None:
    sheet = Sheet(s.stage)
    rng = s.stage.rng("plume")
    for i in range(70):
        t = i / 69
        x = x0 + s.side * -0.35 * t**1.5 + rng.normal(0, 0.02 + 0.05 * t)
        dark = mix(s.light.tone("#5a5058", 0.4), colour("#d9683a"), 0.45 * (1 - t) ** 3)
        sheet.disc(
            x,
            top - 0.5 * t + rng.normal(0, 0.015),
            0.025 + 0.075 * t * rng.uniform(0.6, 1.2),
            mix(dark, s.light.haze, 0.35 * t + 0.1 * rng.random()),
        )
    soft = cv2.GaussianBlur(sheet.pixels, (0, 0), 0.006 * s.stage.height)
    s.add(cut(soft, depth - 0.01, motion=Motion("sway", 0.5, 0.012), anchor=(0.5, 1.0)))
