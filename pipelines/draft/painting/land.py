"""Land: ridges and hills in the haze, plains that come nearer, trees in rows, grass and rocks at the lens."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting.colour import Light, colour, mix, vary
from pipelines.draft.painting.stage import REACH, Layer, Motion, Sheet, Stage, below, cut, enlarged, mask_of, wash

ROCK, SNOW, SAND, GRASS, LEAF, EARTH = "#6d7486", "#f2f5fa", "#e0b277", "#7fa653", "#3f7350", "#7a5a44"


def ridge(
    stage: Stage,
    light: Light,
    name: str,
    base: float,
    height: float,
    depth: float,
    material: str = ROCK,
    cell: float = 0.5,
    rough: float = 0.52,
    facets: float = 0.0,
    snow: float = 0.0,
) -> Layer | None:
    """A row of mountains or hills standing on `base`, up to `height` units high, sinking into mist at its foot.

    `facets` says how strongly slopes away from the lamp darken, `snow` how far down from the peaks it lies (0..1).
    """
    line = stage.profile(name, cell, 6 if facets else 4, rough)
    if facets:
        line[:, 1] = 1.25 - 2.0 * np.abs(line[:, 1]) ** 0.9  # folded noise has sharp crests
    line[:, 1] = base - height * np.clip(0.5 + 0.5 * line[:, 1], 0.04, 1.1)
    # The land before it hides the rest.
    bottom = min(1 + REACH, base + 0.32)
    mask = mask_of(stage, [below(line, bottom)])
    soft = stage.coarse(2)
    rows = soft.rows(float(line[:, 1].min()) - 0.01, bottom)
    ys = soft.ys[rows]
    down = np.clip((ys - (base - height)) / (height + 0.05), 0, 1)[:, None]
    top, foot = (
        light.tone(material, depth),
        mix(light.tone(material, depth * 0.75), light.haze, 0.25 + 0.45 * light.air),
    )
    body = np.repeat((top * (1 - down**1.3) + foot * down**1.3)[:, None], soft.size[0], axis=1)
    if facets:
        paint_facets(soft, light, name, line, rows, body, facets, snow, depth)
    body *= 1 + (0.02 + 0.05 * depth) * soft.noise(name + " grain", 0.06, 3, rows=rows)[..., None]
    return cut(wash(stage, mask, slice(rows.start * 2, rows.stop * 2), enlarged(body, 2)), depth)


def paint_facets(
    stage: Stage,
    light: Light,
    name: str,
    line: np.ndarray,
    rows: slice,
    body: np.ndarray,
    strength: float,
    snow: float,
    depth: float,
) -> None:
    """Sunny and shaded faces: what the crest does at a column goes on down the slope, broken by noise. In place."""
    xs, ys = stage.xs, stage.ys[rows]
    crest = np.interp(xs, line[:, 0], line[:, 1]).astype(np.float32)
    span = max(3, round(0.012 * stage.height))
    smooth = cv2.blur(crest[None, :], (span * 2 + 1, 1))[0]
    slope = (np.roll(smooth, -span) - np.roll(smooth, span)) / (2 * span / stage.height)
    drop = ys[:, None] - crest[None, :]
    jag = stage.noise(name + " jag", 0.09, 4, rows=rows, gain=0.65) * 0.05
    # Ribs run down and away from each summit: what the crest does is found further along it the lower one looks.
    lean = drop * (0.75 * np.sin(xs * 8 + 3 * np.sin(xs * 1.7)))[None, :]
    column = np.arange(len(xs), dtype=np.float32)[None, :] + (lean + jag * np.clip(drop * 4, 0, 1)) * stage.height
    sample = cv2.remap(
        np.repeat(slope[None, :], 2, axis=0).astype(np.float32),
        column.astype(np.float32),
        np.zeros_like(column, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    face = np.tanh((sample * (0.6 + 3 * np.clip(drop, 0, 0.2)) + jag * 6) * 5)
    fade = np.exp(-np.clip(drop, 0, 1) / 0.16)
    if snow:
        cap = np.clip((snow * 0.22 - drop + jag * 0.9) / 0.02, 0, 1)[..., None]
        white = mix(light.tone(SNOW, depth), light.sky[-1], 0.12)
        body += cap * (white - body)
    shine = np.clip(face, 0, 1)[..., None] * (fade * strength * 0.5)[..., None]
    body += shine * (mix(light.lamp, light.haze, 0.25 + 0.3 * light.night) - body)
    shade = np.clip(-face, 0, 1)[..., None] * (fade * strength * 0.55)[..., None]
    body += shade * (mix(light.tone(ROCK, depth, -0.1), light.sky[0], 0.35) - body)


def plain(
    stage: Stage,
    light: Light,
    name: str,
    horizon: float,
    material: str,
    near: str | None = None,
    rolls: float = 0.01,
    far: float = 0.25,
    grain: float = 0.1,
    bands: float = 0.12,
) -> Layer | None:
    """Ground from the horizon to the lens: bands of light and shade that widen as they come nearer."""
    line = stage.profile(name, 1.1, 3)
    line[:, 1] = horizon + rolls * line[:, 1]
    mask = mask_of(stage, [below(line)])
    rows = stage.rows(horizon - rolls * 2 - 0.01, 1 + REACH)
    ys = stage.ys[rows]
    along = np.clip((ys - horizon) / (1 - horizon), 0, 1.3)[:, None]
    first, last = light.tone(material, far), light.tone(near or material, 0.95)
    t = along**0.7
    body = first * (1 - t) + last * t
    flat = perspective(stage, name + " bands", rows, horizon, 0.42, 0.11)
    texture = flat * bands + perspective(stage, name + " blades", rows, horizon, 0.06, 0.02) * grain * np.minimum(
        1, along
    )
    return cut(wash(stage, mask, rows, body, texture.astype(np.float32)), far, foot=1.0)


def perspective(stage: Stage, name: str, rows: slice, horizon: float, cell: float, deep: float) -> np.ndarray:
    """Noise lying on the ground: squeezed at the horizon, wide at the lens."""
    width, height = stage.size[0], rows.stop - rows.start
    flat = stage.noise(name, cell, 3, stretch=cell / deep / 2)
    along = np.clip((stage.ys[rows] - horizon) / (1 - horizon), 0.015, 1.6)
    source = (0.2 + 0.55 * along**0.5) * stage.height
    xs = (stage.xs[None, :] / (0.25 + 0.9 * along[:, None])) * stage.height * 0.6 + width / 2
    map_y = np.repeat(source[:, None], width, axis=1).astype(np.float32)
    return cv2.remap(flat, xs.astype(np.float32), map_y[:height], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def conifer(x: float, foot: float, tall: float, rng: np.random.Generator, tiers: int = 7) -> np.ndarray:
    """The outline of a fir: ragged tiers, narrow at the top."""
    left, right = [], []
    for i in range(tiers):
        t0, t1 = i / tiers, (i + 1) / tiers
        out = tall * (0.06 + 0.17 * t1) * rng.uniform(0.8, 1.15)
        inside = out * 0.52
        y1 = foot - tall + tall * t1 * 0.94
        left += [(x - inside * t0, foot - tall + tall * t0 * 0.94), (x - out, y1 + tall * 0.012)]
        right += [(x + inside * t0, foot - tall + tall * t0 * 0.94), (x + out * rng.uniform(0.85, 1.1), y1)]
    trunk = tall * 0.018
    return np.array([(x, foot - tall), *left[1:], (x - trunk, foot - tall * 0.05), (x - trunk, foot + 0.02),
                     (x + trunk, foot + 0.02), (x + trunk, foot - tall * 0.05), *right[:0:-1]])  # fmt: skip


def crown(x: float, foot: float, tall: float, rng: np.random.Generator) -> list[np.ndarray]:
    """A broad-leaved tree: a trunk and overlapping rounds."""
    trunk = tall * 0.05
    top = foot - tall * 0.45
    shapes = [
        np.array([(x - trunk, foot + 0.01), (x - trunk * 0.5, top), (x + trunk * 0.5, top), (x + trunk, foot + 0.01)])
    ]
    around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    for _ in range(8):
        a, d = rng.uniform(0, 6.28), rng.uniform(0, 0.2) * tall
        cx, cy = x + d * np.cos(a) * 1.15, foot - tall * 0.68 + d * np.sin(a) * 0.9
        r = tall * rng.uniform(0.13, 0.22) * (1 + 0.06 * np.sin(around * 7 + a) + 0.04 * np.sin(around * 13))
        shapes.append(np.stack([cx + r * np.cos(around), cy + r * 0.85 * np.sin(around)], 1))
    return shapes


def wood(
    stage: Stage,
    light: Light,
    name: str,
    base: float,
    tall: float,
    depth: float,
    material: str = LEAF,
    kind: str = "conifer",
    gap: float = 0.35,
    rise: float = 0.03,
    clearing: tuple[float, float] | None = None,
    snowy: bool = False,
) -> Layer | None:
    """A row of trees along a low rise. `gap` is the space between trunks in tree heights; `clearing` (from, to) in x
    is left open, its edges thinned out."""
    rng = stage.rng(name)
    line = stage.profile(name + " rise", 0.9, 3)
    line[:, 1] = base + rise * line[:, 1]
    shapes = [below(line)]
    tops: list[np.ndarray] = []
    x = stage.left
    while x < stage.right:
        size = tall * rng.uniform(0.6, 1.1)
        step = gap * tall * rng.uniform(0.5, 1.3)
        foot = float(np.interp(x, line[:, 0], line[:, 1]))
        made = [conifer(x, foot, size, rng)] if kind == "conifer" else crown(x, foot, size * 0.8, rng)
        if not (clearing and clearing[0] < x < clearing[1]):
            shapes += made
            tops += made[-1:]
        x += step
    mask = mask_of(stage, shapes)
    rows = stage.rows(base - tall * 1.2 - rise, 1 + REACH)
    ys = stage.ys[rows]
    down = np.clip((ys - (base - tall)) / (tall * 1.1), 0, 1)[:, None]
    body = (
        light.tone(material, depth) * (1 - down)
        + mix(light.tone(material, depth, -0.03), light.haze, 0.3 * light.air * (1 - depth)) * down
    )
    texture = stage.noise(name + " leaves", 0.05, 3, rows=rows) * 0.10
    sheet = wash(stage, mask, rows, body, texture)
    if snowy:
        frost(stage, light, sheet, mask, depth)
    return cut(sheet, depth)


def frost(stage: Stage, light: Light, sheet: np.ndarray, mask: np.ndarray, depth: float) -> None:
    """Snow on every upper edge, in place."""
    step = max(1, round(0.006 * stage.height))
    edge = cv2.subtract(mask, np.roll(mask, step, axis=0))
    edge = cv2.GaussianBlur(edge, (0, 0), 0.8)
    blend(sheet, edge, light.tone(SNOW, depth), 0.8)


def blend(sheet: np.ndarray, where: np.ndarray, paint: np.ndarray, strength: float) -> None:
    """Colour laid over what is already painted on a premultiplied sheet, in place."""
    amount = cv2.min(where, np.ascontiguousarray(sheet[..., 3])).astype(np.float32)[..., None] * (strength / 255)
    alpha = sheet[..., 3:].astype(np.float32) / 255
    rgb = sheet[..., :3].astype(np.float32)
    rgb += amount * (paint * 255 * alpha - rgb)
    sheet[..., :3] = (rgb + 0.5).astype(np.uint8)


def meadow(
    stage: Stage, light: Light, name: str, base: float, tall: float, material: str = GRASS, blooms: str = ""
) -> list[Layer]:
    """Grass at the lens, dark against the light, with flowers among it when `blooms` is their colour."""
    rng = stage.rng(name)
    sheet = Sheet(stage)
    line = stage.profile(name, 0.6, 3)
    line[:, 1] = base + 0.025 * line[:, 1]
    dark = mix(light.tone(material, 0.98, -0.06), light.ink, 0.35)
    sheet.fill(below(line), dark)
    amount = int(420 * (stage.right - stage.left))
    xs = rng.uniform(stage.left, stage.right, amount)
    heights = rng.uniform(0.25, 1.0, amount) ** 1.5 * tall
    leans = rng.normal(0, 0.35, amount) + 0.12
    shades = [mix(dark, light.tone(material, 0.85, 0.06), t) for t in (0, 0.25, 0.5)]
    for i in range(amount):
        foot = float(np.interp(xs[i], line[:, 0], line[:, 1])) + 0.02
        h, lean = heights[i], leans[i] * heights[i]
        w = 0.0016 + 0.03 * h * 0.1
        sheet.fill([(xs[i] - w, foot), (xs[i] + lean * 0.4 - w * 0.6, foot - h * 0.55), (xs[i] + lean, foot - h),
                    (xs[i] + lean * 0.4 + w * 0.6, foot - h * 0.55), (xs[i] + w, foot)], shades[i % 3])  # fmt: skip
    if blooms:
        petal = light.tone(vary(colour(blooms), 0.02), 0.8)
        for i in range(0, amount, 9):
            foot = float(np.interp(xs[i], line[:, 0], line[:, 1])) + 0.02
            x, y = xs[i] + leans[i] * heights[i], foot - heights[i]
            r = 0.006 + 0.007 * float(heights[i] / tall)
            sheet.disc(x, y, r, mix(petal, light.ink, 0.12 * (i % 4)), 0.72)
            sheet.disc(x, y - r * 0.15, r * 0.35, mix(petal, colour("#ffe9a0"), 0.6))
    layer = sheet.layer(1.0, motion=Motion("sway", 1.3, 0.012), anchor=(0.0, 1.0))
    return [layer] if layer else []


def branch(stage: Stage, light: Light, name: str, side: int) -> list[Layer]:
    """Leafy boughs hanging into an upper corner: a frame that brings depth."""
    rng = stage.rng(name)
    sheet = Sheet(stage)
    dark = mix(light.ink, light.tone(LEAF, 1.0), 0.35)
    edge = side * stage.aspect / 2
    for _ in range(6):
        x0, y0 = edge + side * rng.uniform(0.0, 0.3), rng.uniform(-0.3, 0.06)
        x1, y1 = x0 - side * rng.uniform(0.2, 0.5) * stage.scale, y0 + rng.uniform(0.06, 0.22)
        t = np.linspace(0, 1, 14)
        px, py = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t**1.6
        sheet.line(np.stack([px, py], 1), 0.006, dark)
        for k in range(3, 14):
            for _ in range(5):
                a, d = rng.uniform(0, 6.28), rng.uniform(0, 0.035)
                sheet.disc(px[k] + d * np.cos(a), py[k] + d * np.sin(a), rng.uniform(0.008, 0.017), dark, 0.5, a)
    layer = sheet.layer(1.15, motion=Motion("sway", 1.0, 0.006), anchor=(0.5, 0.0))
    return [layer] if layer else []


def rocks(
    stage: Stage, light: Light, name: str, base: float, size: float, side: int = 0, material: str = ROCK
) -> list[Layer]:
    """Boulders at the lens, on one side or (0) both."""
    rng = stage.rng(name)
    sheet = Sheet(stage)
    for s in (-1, 1) if side == 0 else (side,):
        for _ in range(6):
            x = s * stage.aspect / 2 + s * rng.uniform(-0.16, 0.45)
            r = size * rng.uniform(0.4, 1.0)
            n = 11
            a = np.linspace(np.pi, 2 * np.pi, n)
            rim = r * rng.uniform(0.75, 1.1, n)
            y = base + rng.uniform(0, 0.05)
            crest = np.stack([x + rim * np.cos(a) * 1.3, y + rim * np.sin(a) * 0.75], 1)
            dark = mix(light.tone(material, 0.97, -0.05), light.ink, float(rng.uniform(0.3, 0.6)))
            sheet.fill(below(crest), dark)
            inner = crest[2:6] * 0.94 + np.array([[x, y]]) * 0.06
            sheet.fill([*inner, (x - r * 0.1, y - r * 0.1)], mix(dark, light.haze, 0.16))
    layer = sheet.layer(1.0)
    return [layer] if layer else []
