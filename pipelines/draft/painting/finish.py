"""The last hand on every frame: grades, paper, corners and film grain. Quick steps, and none that moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipelines.draft.painting.stage import Stage

Grade = Callable[[np.ndarray], np.ndarray]
"""Bytes to bytes, for a whole frame."""


def sepia(frame: np.ndarray) -> np.ndarray:
    matrix = np.array([[0.10, 0.46, 0.20], [0.11, 0.58, 0.26], [0.13, 0.66, 0.31]], np.float32)
    own = np.eye(3, dtype=np.float32) * 0.28
    faded = cv2.transform(frame, matrix * 0.72 + own)
    return cv2.addWeighted(faded, 0.86, faded, 0, 22)


def blocks(frame: np.ndarray) -> np.ndarray:
    """Large pixels of few colours."""
    height, width = frame.shape[:2]
    cell = max(3, round(min(height, width) / 150))
    small = cv2.resize(frame, (-(-width // cell), -(-height // cell)), interpolation=cv2.INTER_AREA)
    threshold = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.int16) - 8
    h, w = small.shape[:2]
    pattern = np.tile(threshold, (-(-h // 4), -(-w // 4)))[:h, :w, None] * 2
    few = np.clip((small.astype(np.int16) + pattern // 2 + 12) // 24 * 25, 0, 255).astype(np.uint8)
    large = cv2.resize(few, (w * cell, h * cell), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(large[:height, :width])


def bloom(frame: np.ndarray) -> np.ndarray:
    """Bright places spread a little, as through a lens."""
    height, width = frame.shape[:2]
    small = cv2.resize(frame, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    bright = cv2.GaussianBlur(cv2.subtract(small, (178, 178, 178, 0)), (0, 0), max(1.0, height / 200))
    return cv2.addWeighted(frame, 1.0, cv2.resize(bright, (width, height), interpolation=cv2.INTER_LINEAR), 0.45, 0)


@dataclass
class Finish:
    """The last hand on every frame."""

    grade: Grade | None
    shade: np.ndarray | None
    """What every frame is multiplied by: paper, and darker corners. 255 is unchanged."""
    grains: list[np.ndarray] = field(default_factory=list)

    def apply(self, frame: np.ndarray, seconds: float) -> np.ndarray:
        if self.grade:
            frame = self.grade(frame)
        if self.shade is not None:
            frame = cv2.multiply(frame, self.shade, scale=1 / 250)
        if self.grains:
            grain = self.grains[round(seconds * 24) % len(self.grains)]
            frame = cv2.add(cv2.subtract(frame, (8, 8, 8, 0)), grain)
        return frame


def finish(
    stage: Stage, grade: Grade | None, corners: float, paper: float, grain: float, squared: bool = False
) -> Finish:
    """The hand for a stage: how dark its corners are, how rough its paper, how coarse its grain in steps of 255."""
    shade: np.ndarray = np.full((stage.height, stage.width), 250.0, np.float32)
    if corners:
        x = np.linspace(-1, 1, stage.width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, stage.height, dtype=np.float32)[:, None]
        shade = shade * (1 - corners * np.clip((x * x + y * y - 0.3) / 1.7, 0, 1) ** 1.3)
    if paper:
        flat = Stage(stage.width, stage.height, 0.0, stage.seed)
        tooth = flat.noise("paper", 0.006, 2) * 0.6 + flat.noise("pulp", 0.05, 3) * 0.4
        shade = shade * (1 + paper * (tooth - 0.25))
    if squared:
        shade = shade + gridlines(stage)
    whole = cv2.convertScaleAbs(cv2.merge([shade] * 3)) if corners or paper else None
    return Finish(grade, whole, grains(stage, grain))


def gridlines(stage: Stage) -> np.ndarray:
    """A draughtsman's squares, as a little more or less light."""
    lines_ = np.zeros((stage.height, stage.width), np.float32)
    pitch = max(12, round(stage.height / 24))
    lines_[::pitch] -= 22
    lines_[:, ::pitch] -= 22
    return lines_


def grains(stage: Stage, strength: float) -> list[np.ndarray]:
    """Four turns of film grain about the value 8."""
    if not strength:
        return []
    rng = stage.rng("grain")
    tile = rng.normal(8, strength, (stage.height + 64, stage.width + 64)).astype(np.float32)
    tile = cv2.GaussianBlur(tile - 8, (3, 3), 0.5) * 1.35 + 8
    bytes_ = np.clip(np.rint(tile), 0, 255).astype(np.uint8)
    corners = ((0, 0), (41, 17), (13, 59), (61, 37))
    return [
        cv2.merge([np.ascontiguousarray(bytes_[y : y + stage.height, x : x + stage.width])] * 3) for y, x in corners
    ]
