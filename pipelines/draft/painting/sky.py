"""The sky: its gradient, sun or moon with their glow, stars, aurora and clouds."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting.colour import Light, colour, gradient, mix
from pipelines.draft.painting.reading import Description
from pipelines.draft.painting.stage import Layer, Motion, Sheet, Stage, cut, enlarged, glow, wash


def sky(stage: Stage, light: Light, horizon: float, lamp: tuple[float, float, float]) -> Layer:
    """From zenith to horizon and a little on, brighter round the lamp at `lamp` (x, y, radius)."""
    soft = stage.coarse(4)
    at = np.clip((soft.ys + 0.05) / max(horizon + 0.05, 0.2), 0, 1)
    body = np.repeat(gradient(light.sky, at)[:, None], soft.size[0], axis=1)
    halo = around(soft, lamp, 0.55 * (0.6 + 0.4 * light.glow)) * 0.55 * light.glow * (1 - 0.55 * light.night)
    warm = mix(light.lamp, light.sky[-1], 0.35)
    body += halo[..., None] * (warm - body) * 0.8
    body *= 1 + 0.012 * soft.noise("air", 0.5, 2, stretch=3)[..., None]
    return Layer(wash(stage, None, slice(0, stage.size[1]), enlarged(body, 4)), 0, 0, 0.0, solid=True)


def around(stage: Stage, centre: tuple[float, ...], radius: float) -> np.ndarray:
    """A soft round light: 1 at the centre, about a third at `radius` units."""
    x2 = (stage.xs - centre[0]) ** 2
    y2 = (stage.ys - centre[1]) ** 2
    return 1 / (1 + (y2[:, None] + x2[None, :]) * (2 / radius**2)) ** 1.5


def lamp_radius(stage: Stage, light: Light, description: Description) -> float:
    """How large sun or moon is seen: larger where it is named."""
    radius = (0.042 if moonlit(light, description) else 0.05) * (0.75 + 0.25 * stage.scale)
    return radius * (1.7 if {"moon", "sun"} & {s.name for s in description.subjects} else 1.0)


def moonlit(light: Light, description: Description) -> bool:
    return light.night > 0.5 and description.hour in ("night", "midnight", "dusk")


def lamp(stage: Stage, light: Light, at: tuple[float, float, float], description: Description) -> list[Layer]:
    """The sun by day, the moon by night: a disc and the light it spills. Thick weather hides the disc."""
    veiled = description.weather in ("storm", "rain", "snow")
    layers: list[Layer | None] = []
    moon = moonlit(light, description)
    radius = at[2]
    spill = around(stage.coarse(4), at, radius * 2.6) * (0.3 if veiled else 0.75) * light.glow
    flare = glow(enlarged(np.clip(spill[..., None] * light.lamp, 0, 1) * 190, 4))
    if not veiled:
        sheet = Sheet(stage)
        face = mix(light.lamp, colour("#ffffff"), 0.3 if moon else 0.75)
        sheet.disc(*at, face)
        if moon:
            rng = stage.rng("moon")
            for _ in range(7):
                a, r = rng.uniform(0, 6.28), radius * rng.uniform(0.1, 0.68)
                x, y = at[0] + r * np.cos(a), at[1] + r * np.sin(a)
                sheet.disc(x, y, radius * rng.uniform(0.08, 0.24), mix(face, light.sky[1], 0.16))
        layers.append(sheet.layer(0.01))
    layers.append(cut(flare, 0.01, light=True))
    return [layer for layer in layers if layer]


def stars(stage: Stage, light: Light, many: bool = False) -> list[Layer]:
    """Stars, thinning towards the horizon, a few of them large; they twinkle in two groups."""
    if light.night < 0.4 and not many:
        return []
    layers = []
    rng = stage.rng("stars")
    amount = int((520 if many else 240) * light.night * stage.aspect + 40)
    x = rng.uniform(stage.left, stage.right, amount)
    y = rng.uniform(-0.5, 1.0, amount)
    size = rng.pareto(2.6, amount).clip(0, 5) * 0.0007 + 0.0007
    shine = rng.uniform(0.25, 1.0, amount) * (1 if many else np.clip(1.05 - y, 0, 1))
    for group in range(2):
        pixels = np.zeros((*stage.size[::-1], 4), np.uint8)
        for i in range(group, amount, 2):
            spot = stage.pixels([(x[i], y[i])])[0]
            tint = mix(light.lamp, colour("#bcd2ff"), float(i % 5) / 5) if i % 9 == 0 else light.lamp
            glow = tuple(float(c) * 255 * shine[i] for c in tint)
            centre = np.round((spot - 0.5) * 16).astype(int)
            radius = int(max(size[i] * stage.height, 0.55) * 16)
            cv2.circle(pixels, (int(centre[0]), int(centre[1])), radius, (*glow, 0), -1, cv2.LINE_AA, 4)
        soft = cv2.addWeighted(pixels, 1.0, cv2.GaussianBlur(pixels, (0, 0), 0.0022 * stage.height + 0.4), 0.8, 0)
        layers.append(cut(soft, 0.0, light=True, motion=Motion("twinkle", 2.2 + group, 0.25, group * 2.0)))
    return [layer for layer in layers if layer]


def aurora(stage: Stage, light: Light, horizon: float) -> list[Layer]:
    """Curtains of green and violet, hung from a wavering line."""
    stage = stage.coarse(4)
    total = np.zeros((*stage.size[::-1], 3), np.float32)
    for i, tint in enumerate(("#4df0a8", "#58d8d0", "#a86af0")):
        line = stage.profile(f"aurora {i}", 0.7, 3)
        foot = np.interp(stage.xs, line[:, 0], horizon * (0.5 - 0.1 * i) + 0.09 * line[:, 1])
        rays = stage.noise(f"rays {i}", 0.05, 2, rows=slice(0, 1))[0]
        up = foot[None, :] - stage.ys[:, None]
        fall = np.where(up > 0, np.exp(-up / (0.14 + 0.05 * rays[None, :])), np.exp(up / 0.018))
        total += (fall * (0.42 + 0.3 * rays[None, :]))[..., None] * colour(tint)
    layer = cut(glow(enlarged(np.clip(total, 0, 1) * 165, 4)), 0.02, light=True, motion=Motion("breathe", 0.8, 0.02))
    return [layer] if layer else []


BOW = ("#d8344a", "#f0803c", "#f4d84c", "#4cc074", "#3f8fd8", "#7a54c0")


def rainbow(stage: Stage, horizon: float, side: int) -> Layer | None:
    """A bow opposite the lamp, its foot on the horizon."""
    x, y, r = -side * 0.12 * stage.aspect, horizon + 0.12, 0.52
    away = np.hypot(stage.xs[None, :] - x, stage.ys[:, None] - y)
    at = np.clip((r - away) / 0.055 + 0.5, 0, 1)
    rgb = gradient(np.stack([colour(c) for c in BOW]), np.linspace(0, 1, 128))[(at * 127).astype(int)]
    strength = np.exp(-(((r - away) / 0.024) ** 2)) * np.clip((horizon + 0.01 - stage.ys[:, None]) / 0.1, 0, 1)
    return cut(glow(rgb * strength[..., None] * 90), 0.11, light=True, motion=Motion("breathe", 0.4, 0.2))


COVER = {"clear": -0.45, "clouds": 0.02, "rain": 0.42, "storm": 0.5, "snow": 0.4, "fog": 0.15}


def clouds(
    stage: Stage, light: Light, description: Description, horizon: float, at: tuple[float, float, float]
) -> list[Layer]:
    """Two banks of cloud, lit from the lamp's side, flattening towards the horizon and drifting at their own pace."""
    layers = []
    stage = stage.coarse(2)
    cover = COVER[description.weather] + float(stage.rng("cover").uniform(-0.12, 0.1))
    for i, (cell, depth, thick) in enumerate(((0.34, 0.05, 0.75), (0.5, 0.1, 0.9))):
        if description.weather == "clear" and i:
            continue
        rows = stage.rows(-0.5, horizon + 0.02)
        ys = stage.ys[rows]
        body = stage.noise(f"cloud {i}", cell * 0.55, 5, stretch=2.6, rows=rows)
        band = np.exp(-(((ys - horizon * (0.62 - 0.34 * i)) / (0.24 * horizon + 0.04)) ** 2)) * 0.75 - 0.35
        if cover > 0.3:
            band = band * 0.3 + 0.2
        shape = np.clip((body + band[:, None] + cover - 0.1) * 1.7, 0, 1)
        if not shape.any():
            continue
        shape = shape * shape * (3 - 2 * shape)
        # Light comes from the lamp: where the cloud thins towards it, it shines.
        step = max(2, round(0.02 * stage.height))
        padded = np.pad(shape, ((step, step), (0, 0)), mode="edge")
        beside = padded[: -2 * step] if at[1] < horizon * 0.6 else padded[2 * step :]
        rim = np.clip(shape - beside, 0, 1)
        near = 1 / (1 + ((stage.xs - at[0]) / 0.6) ** 2)
        lit = np.clip(0.35 + rim * 1.1 + near[None, :] * 0.3 - shape * 0.3, 0, 1)[..., None]
        gloom = 0.35 if description.weather in ("storm", "rain") else 0.0
        dark = mix(mix(light.sky[1], light.haze, 0.45), light.ink, 0.14 + gloom * 0.5)
        bright = mix(mix(light.lamp, light.sky[-1], 0.3), light.sky[1], 0.62 * light.night + gloom * 0.9)
        rgb = dark * (1 - lit) + bright * lit
        alpha = shape * thick * np.clip((horizon + 0.03 - ys) / 0.12, 0, 1)[:, None]
        pixels = np.zeros((*stage.size[::-1], 4), np.uint8)
        alpha = alpha * 255
        pixels[rows] = cv2.convertScaleAbs(np.dstack([rgb * alpha[..., None], alpha]).astype(np.float32))
        if layer := cut(enlarged(pixels, 2), depth, motion=Motion("drift", 0.008 + 0.006 * i)):
            layers.append(layer)
    return layers
