"""What each style does to the paint of a layer. A treatment is done once for a layer, when it is painted."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pipelines.draft.painting.colour import Colour, colour
from pipelines.draft.painting.stage import Layer, Stage

Treatment = Callable[[np.ndarray, np.ndarray, Layer, Stage], np.ndarray]
"""(colour, coverage, layer, stage) to colour: float32 in 0..1, not premultiplied; coverage has no third axis."""


def luma(rgb: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(rgb, cv2.COLOR_BGR2GRAY)


def triple(one: np.ndarray) -> np.ndarray:
    return cv2.merge([one, one, one])


def vivid(rgb: np.ndarray, amount: float) -> np.ndarray:
    """Colours drawn away from their grey."""
    grey = np.array([0.114, 0.587, 0.299])
    return cv2.transform(rgb, np.eye(3) * (1 + amount) - np.outer(np.ones(3), grey) * amount)


def towards(rgb: np.ndarray, paint: Colour, amount: np.ndarray) -> np.ndarray:
    """`rgb` as it is where `amount` is 1, and all `paint` where it is 0."""
    ground = tuple(float(c) for c in paint)
    return cv2.add(cv2.multiply(cv2.subtract(rgb, (*ground, 0.0)), triple(amount)), (*ground, 0.0))


def lines(rgb: np.ndarray, cover: np.ndarray, stage: Stage, width: float, inner: float = 2.5) -> np.ndarray:
    """Outlines of the shapes, and of what is drawn inside them: 0..1. A thin veil has none."""
    if cv2.minMaxLoc(cover)[1] <= 0.7:
        return np.zeros_like(cover)
    sigma = max(0.6, width * stage.height)
    soft = cv2.GaussianBlur(cover, (0, 0), sigma)
    outer = np.clip(soft * (1 - soft) * 6.4 - 0.5, 0, 1) * (cover > 0)
    tone = cv2.GaussianBlur(luma(rgb), (0, 0), sigma * 0.6)
    gx, gy = cv2.Sobel(tone, cv2.CV_32F, 1, 0), cv2.Sobel(tone, cv2.CV_32F, 0, 1)
    return cv2.max(outer, np.clip(cv2.magnitude(gx, gy) * inner - 0.22, 0, 1))


def texture(stage: Stage, layer: Layer, name: str, cell: float, octaves: int = 3, stretch: float = 1.0) -> np.ndarray:
    """Noise of the whole sheet, made once, where the layer lies on it."""
    if name not in stage.textures:
        stage.textures[name] = stage.noise(name, cell, octaves, stretch)
    whole = stage.textures[name]
    height, width = layer.pixels.shape[:2]
    inside = (
        layer.top >= 0
        and layer.left >= 0
        and layer.top + height <= whole.shape[0]
        and layer.left + width <= whole.shape[1]
    )
    if inside:
        return whole[layer.top : layer.top + height, layer.left : layer.left + width]
    ys = np.clip(np.arange(layer.top, layer.top + height), 0, whole.shape[0] - 1)
    xs = np.clip(np.arange(layer.left, layer.left + width), 0, whole.shape[1] - 1)
    return whole[np.ix_(ys, xs)]


def blurred(what: np.ndarray, sigma: float) -> np.ndarray:
    """A wide blur, done small: nothing fine would be left of it."""
    if sigma < 3 or min(what.shape[:2]) < 16:
        return cv2.GaussianBlur(what, (0, 0), max(sigma, 0.5))
    small = cv2.resize(what, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 4), what.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def watercolour(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Thin washes that pool at their edges and let the paper through."""
    if "pigment" not in stage.textures:
        stage.textures["pigment"] = stage.noise("wash", 0.3, 5) * 0.16 + stage.noise("granules", 0.012, 2) * 0.035
    rim = np.clip(cover - blurred(cover, 0.008 * stage.height), 0, 1) * np.float32(0.825)
    thin = np.clip(rim + texture(stage, layer, "pigment", 0) + np.float32(0.66), 0.2, 1.1)
    return towards(np.clip(vivid(rgb, 0.3), 0, 1), colour("#faf5ea"), thin)


def oil(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Short thick strokes: colour dragged along them, light caught on their ridges."""
    height, width = cover.shape
    if "bristles" not in stage.textures:
        strokes = stage.noise("bristles", 0.011, 2, 3.0)
        angle = stage.noise("brush way", 0.4, 2) * 1.6 + 0.4
        reach = np.float32(0.012 * stage.height)
        stage.textures["across"] = np.cos(angle) * strokes * reach
        stage.textures["down"] = np.sin(angle) * strokes * reach
        stage.textures["bristles"] = 1 + strokes * 0.11 + 0.05 * (strokes - np.roll(strokes, 2, 0))
    xs = np.arange(width, dtype=np.float32)[None, :] + texture(stage, layer, "across", 0)
    ys = np.arange(height, dtype=np.float32)[:, None] + texture(stage, layer, "down", 0)
    moved = cv2.remap(rgb, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if not layer.solid:
        # Nothing lies beyond a shape's edge to be dragged in: what came from there stays as it was.
        there = cv2.remap(cover, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cv2.copyTo(rgb, (there < 0.999).view(np.uint8), moved)
    return cv2.multiply(vivid(moved, 0.35), triple(texture(stage, layer, "bristles", 0)))


def pastel(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Chalk on toothed paper: light, dry and broken by the grain."""
    if "chalk" not in stage.textures:
        tooth = stage.noise("tooth", 0.005, 1) + 0.8 * stage.noise("hatch", 0.02, 2, 0.3)
        stage.textures["chalk"] = np.clip(tooth * 0.8, -0.5, 0.5) * np.float32(0.11)
    chalk = triple(texture(stage, layer, "chalk", 0))
    light = (float(c) * 0.24 for c in colour("#fff3e4"))
    return cv2.add(cv2.addWeighted(rgb, 0.8, chalk, 1.0, 0), (*light, 0.0))


def poster(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Few flat inks: each layer's light falls in steps."""
    tone = luma(rgb)
    steps = 7 if layer.solid else 6
    soft = tone * steps
    whole = np.floor(soft)
    flat = (whole + np.clip((soft - whole - 0.47) * 16, 0, 1)) / steps
    return cv2.multiply(vivid(rgb, 0.5), triple((flat + 0.05) / (tone + 0.05)), scale=1.03)


def hatching(stage: Stage, layer: Layer, angle: float) -> np.ndarray:
    """Parallel strokes of a steady hand, as waves of -1..1, where the layer lies."""
    name = f"strokes {angle}"
    if name not in stage.textures:
        width, height = stage.size
        pitch = max(4.0, 0.0085 * stage.height)
        across = np.arange(width, dtype=np.float32)[None, :] * np.float32(np.cos(angle) * 2 * np.pi / pitch)
        down = np.arange(height, dtype=np.float32)[:, None] * np.float32(np.sin(angle) * 2 * np.pi / pitch)
        hand = stage.noise("hand", 0.2, 2) * np.float32(0.006 * stage.height * 2 * np.pi / pitch)
        stage.textures[name] = np.sin(across + down + hand)
    return texture(stage, layer, name, 0)


def ink(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Pen on paper: outlines, and hatching that grows denser in the dark. What is far is drawn lightly, and in a dark
    hour the pen takes the scene's own light for its paper: a storm is no black sheet."""
    lift = min(2.6, max(1.0, 0.7 / max(stage.key, 0.05)))
    tone = luma(rgb) * np.float32(lift)
    tone = cv2.addWeighted(tone, 0.7, np.sqrt(tone), 0.3, 0)
    far = layer.depth < 0.11

    def hatch(angle: float, below: float) -> np.ndarray:
        deep = cv2.min((below - tone) * 4.5, 1.0 if far else 1.5)
        return np.clip(deep - 1.0 + hatching(stage, layer, angle), 0, 1) * np.clip(deep * 2.6, 0, 1)

    dark = hatch(0.8, 0.47 if far else 0.6)
    if not far:
        dark = cv2.max(dark, hatch(-0.7, 0.36))
    drawn = cv2.max(dark * np.float32(0.85), lines(rgb, cover, stage, 0.0014, 5 / lift**0.5))
    pen, sheet = colour("#1c1d26"), colour("#f4eddc")
    return cv2.transform(drawn, np.stack([pen - sheet, sheet], 1))


def paper(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Cut sheets of coloured paper: one flat tone each, a pale cut edge, fibres."""
    seen = cv2.compare(cover, 0.5, cv2.CMP_GT)
    flat = cv2.mean(rgb, seen if cv2.countNonZero(seen) else None)
    broad = cover.size > 0.25 * stage.width * stage.height
    given = not layer.solid and cv2.minMaxLoc(cover)[0] == 1  # a picture, which is no single sheet
    own = 0.0 if given or not broad else 0.5 if layer.solid else 0.82
    tone = cv2.add(rgb * np.float32(1 - own), tuple(c * own for c in flat))
    if "fibres" not in stage.textures:
        stage.textures["fibres"] = 1 + stage.noise("fibre", 0.008, 2) * 0.035 + stage.noise("sheet", 0.2, 2) * 0.025
    step = max(1, round(0.0028 * stage.height))
    above = np.zeros_like(cover)
    above[step:] = cover[:-step]
    edge = np.clip(cover - above, 0, 1) * np.float32(0.4)
    pale = towards(vivid(tone, 0.3), colour("#ffffff"), 1 - edge)
    return cv2.multiply(pale, triple(texture(stage, layer, "fibres", 0)))


def neon(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Night and tubes of light: every edge glows, from magenta far off to cyan near by."""
    edge = lines(rgb, cover, stage, 0.0016, 4)
    halo = blurred(edge, 0.009 * stage.height)
    t = float(np.clip(layer.depth, 0, 1))
    tube = colour("#ff3fb4") * (1 - t) + colour("#2ff0ff") * t
    night = np.column_stack([np.diag(colour("#5a2f9a") * 0.62), colour("#0b0620") * 0.6])
    body = cv2.transform(np.clip(vivid(rgb, 1.1), 0, 1), night)
    light = np.column_stack([tube * 0.85 + 0.25, tube * 1.1])
    return cv2.add(body, cv2.transform(cv2.merge([edge, halo]), light))


def blueprint(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """White lines on blue: what a draughtsman would keep."""
    edge = lines(rgb, cover, stage, 0.001, 7)
    blue = colour("#123f7c")
    body = cv2.transform(luma(rgb), np.stack([blue * 0.3, blue * 0.86], 1))
    return towards(body, colour("#eaf4ff"), 1 - edge * np.float32(0.95))


def noir(rgb: np.ndarray, cover: np.ndarray, layer: Layer, stage: Stage) -> np.ndarray:
    """Silver and black, with hard shadows near by."""
    hard = np.clip((luma(rgb) - 0.42) * (1.45 + 0.5 * layer.depth) + 0.42 - 0.12 * layer.depth, 0, 1)
    return cv2.transform(hard * hard * (3 - 2 * hard), colour("#f3f1ec")[:, None])
