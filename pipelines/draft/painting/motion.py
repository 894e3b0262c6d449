"""How layers move by themselves: bobbing, flying, drifting, swaying, flickering. Pure."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from pipelines.draft.painting.stage import Layer, Motion, Stage


def moved(layer: Layer, seconds: float, span: float, stage: Stage) -> np.ndarray:
    """The 3x3 matrix from where a point of the layer is seen to where it was painted, in the layer's pixels."""
    m = layer.motion
    if m.kind in ("rest", "twinkle", "flicker", "breathe", "blink"):
        return np.eye(3)
    height, width = layer.pixels.shape[:2]
    ax, ay = layer.anchor or (0.5, 1.0)
    centre = (ax * width, ay * height)
    unit = stage.height
    a = m.speed * seconds + m.phase
    a0 = m.phase
    if m.kind == "drift":
        # What drifts never shows the end of its sheet, however long the shot is.
        farthest = min(0.1, 0.85 * stage.margin) / max(span, 1.0)
        return slide(max(-farthest, min(m.speed, farthest)) * seconds * unit, 0)
    if m.kind == "bob":
        turn = 0.35 * m.reach * (sin(a * 0.8) - sin(a0 * 0.8)) * 4
        return slide(0, m.reach * unit * (sin(a) - sin(a0))) @ about(centre, turn)
    if m.kind == "sway":
        return lean(centre, m.reach * 4 * (sin(a) + 0.4 * sin(2.3 * a) - sin(a0) - 0.4 * sin(2.3 * a0)))
    if m.kind == "spin":
        return about(centre, m.speed * seconds)
    if m.kind == "fly":
        travel = crossing(layer, m.speed * seconds, stage)
        beat = 0.62 + 0.38 * cos(m.phase + 2 * pi * 1.7 * seconds)
        lift = 0.012 * unit * (sin(0.9 * seconds + m.phase) - sin(m.phase))
        return squash(centre, beat) @ slide(travel, lift)
    if m.kind in ("drive", "swim"):
        lift = m.reach * unit * sin(a * 2.1) if m.kind == "swim" else 0
        return slide(crossing(layer, m.speed * seconds, stage), lift - (m.reach * unit * sin(a0 * 2.1) if lift else 0))
    if m.kind == "rise":
        return slide(m.reach * unit * sin(0.5 * seconds + m.phase) * 0.3, -m.speed * seconds * unit)
    if m.kind == "breath":
        return squash(centre, 1 + m.reach * (sin(a) - sin(a0)))
    return np.eye(3)


def crossing(layer: Layer, travel: float, stage: Stage) -> float:
    """Travel in pixels of something that leaves the picture on one side and comes back on the other."""
    width = layer.pixels.shape[1]
    lap = stage.size[0] + 2 * width
    start = layer.left + width
    return (start + travel * stage.height) % lap - start


def gain(motion: Motion, seconds: float) -> float:
    """How bright, or how present, a layer is at a moment."""
    a = motion.speed * seconds + motion.phase
    if motion.kind in ("twinkle", "breathe"):
        return 1 - motion.reach * (0.5 - 0.5 * cos(a))
    if motion.kind == "flicker":
        unrest = 0.5 * sin(a * 2.1) + 0.3 * sin(a * 5.3 + 1) + 0.2 * sin(a * 9.1 + 2)
        return 1 - motion.reach * (0.5 + 0.5 * unrest)
    if motion.kind == "blink":
        return 0.15 + 0.85 * max(0.0, cos(a)) ** 6
    return 1.0


def slide(dx: float, dy: float) -> np.ndarray:
    return np.array([[1, 0, -dx], [0, 1, -dy], [0, 0, 1.0]])


def about(centre: tuple[float, float], turn: float) -> np.ndarray:
    c, s = cos(turn), sin(turn)
    x, y = centre
    return np.array([[c, s, x - c * x - s * y], [-s, c, y + s * x - c * y], [0, 0, 1.0]])


def lean(centre: tuple[float, float], amount: float) -> np.ndarray:
    """Sideways, more the further from the anchor's height."""
    return np.array([[1, amount, -amount * centre[1]], [0, 1, 0], [0, 0, 1.0]])


def squash(centre: tuple[float, float], tall: float) -> np.ndarray:
    tall = max(0.15, tall)
    return np.array([[1, 0, 0], [0, 1 / tall, centre[1] * (1 - 1 / tall)], [0, 0, 1.0]])
