"""Land that rises from the water at one side: a cliff with its rock face, or a low shore for what cannot float."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import mix
from pipelines.draft.painting.site import Headland, Site
from pipelines.draft.painting.stage import Sheet, cut, mask_of, wash


def headland(s: Site, name: str, side: int, brink: float, high: float, low: float, depth: float) -> Headland:
    """Land from the edge of the picture on `side` to `brink`: its top at `high`, the water's edge below it at `low`."""
    stage, light = s.stage, s.light
    rng = stage.rng(name)
    tall = low - high
    line = stage.profile(name, 0.35, 4)
    far = side * stage.right
    t = np.linspace(0, 1, 90)
    xs = brink + (far - brink) * t
    inland = np.abs(xs - brink)
    rise = np.interp(xs, line[:, 0], line[:, 1]) * min(0.014, 0.2 * tall) * np.clip(inland * 6, 0, 1)
    crest = high + rise - 0.1 * tall * np.clip(inland / 0.5, 0, 1) + 0.12 * tall * np.exp(-inland / 0.04)
    down = np.linspace(0, 1, 22)[1:]
    out = 0.1 * tall + 0.5 * tall * down**1.8 + rng.uniform(-0.035, 0.035, 21) * tall
    face = np.stack([brink - side * out, crest[0] + (low - crest[0]) * down], 1)
    foot = np.array([(face[-1, 0] - side * 0.02, low + 0.012), (brink + side * 0.3, low + 0.05), (far, low + 0.12)])
    shape = np.concatenate([np.stack([xs, crest], 1)[::-1], face, foot])
    rows = stage.rows(float(crest.min()) - 0.02, low + 0.14)
    ys = stage.ys[rows]
    deep = np.clip((ys - high) / max(tall, 0.05), 0, 1.3)[:, None]
    lit = 1 if s.lamp[0] * side < 0 else 0
    stone = light.tone(land.ROCK if s.wintry else "#7d7168", depth, 0.03 * lit)
    body = stone * (1 - 0.5 * deep) + mix(light.tone("#4c4744", depth + 0.1), light.ink, 0.3) * 0.5 * deep
    ribs = stage.noise(name + " ribs", 0.15, 4, stretch=0.28, rows=rows, gain=0.62)
    strata = stage.noise(name + " strata", 0.03, 2, stretch=6.0, rows=rows)
    face_on = np.tanh(ribs * 3.5)
    ridge = np.where(face_on > 0, 0.1 + 0.08 * lit, 0.2) * face_on + 0.12 * ribs
    grain = (ridge + 0.08 * strata) * min(1.0, tall / 0.12)
    s.add(cut(wash(stage, mask_of(stage, [shape]), rows, body, grain.astype(np.float32)), depth))
    s.add(foam(s, name, np.concatenate([face[-3:], foot]), depth))
    turf(s, name, np.stack([xs, crest], 1), side, tall, depth)
    top = np.stack([xs, crest], 1)
    return Headland(top[np.argsort(top[:, 0])], depth, side, brink)


def turf(s: Site, name: str, crest: np.ndarray, side: int, tall: float, depth: float) -> None:
    """The grass on top: it hangs over the brink in tongues."""
    rng = s.stage.rng(name + " turf")
    thick = min(0.03, 0.5 * tall) * (1 + 0.5 * rng.uniform(-1, 1, len(crest)))
    thick *= np.clip(np.abs(crest[:, 0] - crest[0, 0]) * 20 + 0.35, 0, 1)
    under = crest + np.stack([np.zeros(len(crest)), thick], 1)
    upper = crest - [0, 0.003]
    sheet = Sheet(s.stage)
    sheet.fill(np.concatenate([upper, under[::-1]]), s.light.tone(s.grass, depth + 0.08))
    middle = crest + np.stack([np.zeros(len(crest)), thick * 0.4], 1)
    sheet.fill(np.concatenate([upper, middle[::-1]]), s.light.tone(s.grass, depth + 0.05, 0.05))
    s.add(sheet.layer(depth + 0.0004))


def foam(s: Site, name: str, edge: np.ndarray, depth: float) -> list:
    """White water along the foot, and rocks in it."""
    rng = s.stage.rng(name + " foam")
    sheet = Sheet(s.stage)
    white = mix(s.light.tone("#f2f5f4", depth), s.light.haze, 0.25)
    dark = mix(s.light.tone("#4c4744", depth + 0.1), s.light.ink, 0.35)
    for _ in range(9):
        i = int(rng.integers(0, len(edge) - 1))
        x, y = edge[i] + (edge[i + 1] - edge[i]) * rng.random()
        r = float(rng.uniform(0.008, 0.026))
        sheet.disc(float(x), float(y) + 0.006, r * 1.7, white, 0.13)
        sheet.disc(float(x), float(y), r, dark, 0.55)
    soft = cv2.GaussianBlur(sheet.pixels, (0, 0), 0.6)
    layer = cut(soft, depth + 0.0006)
    return [layer] if layer else []
