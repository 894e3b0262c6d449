"""Rain, snow, drifting fog and lightning between the scene and the lens, moving with time."""

from __future__ import annotations

from dataclasses import dataclass
from math import sin

import cv2
import numpy as np

from pipelines.draft.painting.camera import Pose
from pipelines.draft.painting.colour import Light, mix
from pipelines.draft.painting.stage import Stage


@dataclass
class Weather:
    """What falls. `flakes` is (n, 5): x, y in frame heights, size, pace, phase."""

    kind: str
    stage: Stage
    tint: tuple[float, ...]
    flakes: np.ndarray

    def fall(self, frame: np.ndarray, pose: Pose, seconds: float) -> None:
        """Lay the weather of a moment over a frame of four channels, in place."""
        if self.kind in ("rain", "storm"):
            self._rain(frame, pose, seconds)
        elif self.kind == "snow":
            self._snow(frame, pose, seconds)
        if self.kind == "storm" and (flash := lightning(seconds, self.stage.seed)) > 0.02:
            cv2.addWeighted(frame, 1 - 0.35 * flash, np.full_like(frame, 235), 0.35 * flash, 0, dst=frame)

    def _places(self, pose: Pose, seconds: float, wind: float, fall: float) -> tuple[np.ndarray, np.ndarray]:
        x, y, size, pace, _ = self.flakes.T
        wide, high = self.stage.aspect + 0.3, 1.3
        near = size / size.max()
        px = (x + wind * pace * seconds - pose.x * near) % wide - 0.15
        py = (y + fall * pace * seconds - pose.y * near) % high - 0.15
        return px, py

    def _rain(self, frame: np.ndarray, pose: Pose, seconds: float) -> None:
        lean = -0.25 if self.kind == "storm" else -0.1
        px, py = self._places(pose, seconds, lean * 2.4, 2.4)
        size = self.flakes[:, 2]
        unit = self.stage.height * 16
        ends = np.stack([px, py, px - lean * size, py - size], 1) * unit
        lines = np.round(ends).astype(np.int32).reshape(-1, 2, 2)
        streaks = np.zeros(frame.shape[:2], np.uint8)
        near = size > np.sort(size)[int(0.8 * len(size))]
        thick = max(1, round(self.stage.height / 700))
        cv2.polylines(streaks, list(lines[~near]), False, 48, thick, cv2.LINE_AA, 4)
        cv2.polylines(streaks, list(lines[near]), False, 85, thick + (self.stage.height > 900), cv2.LINE_AA, 4)
        cv2.add(frame, cv2.multiply(cv2.merge([streaks] * 4), self.tint, scale=1 / 255), dst=frame)

    def _snow(self, frame: np.ndarray, pose: Pose, seconds: float) -> None:
        px, py = self._places(pose, seconds, 0.05, 0.13)
        size, phase = self.flakes[:, 2], self.flakes[:, 4]
        px = px + 0.012 * np.sin(seconds * 1.3 + phase)
        unit = self.stage.height * 16
        spots = np.zeros(frame.shape[:2], np.uint8)
        largest = float(size.max())
        for x, y, r in zip(px * unit, py * unit, size * unit, strict=True):
            shine = int(235 - 90 * r / (largest * unit))
            cv2.circle(spots, (int(x), int(y)), max(10, int(r)), shine, -1, cv2.LINE_AA, 4)
        cv2.add(frame, cv2.multiply(cv2.merge([spots] * 4), self.tint, scale=1 / 255), dst=frame)


def weather(stage: Stage, light: Light, kind: str, indoors: bool = False) -> Weather:
    rng = stage.rng("weather")
    amount = {"rain": 700, "storm": 1000, "snow": 420}.get(kind, 0)
    amount = 0 if indoors else int(amount * (0.4 + 0.6 * stage.aspect / 1.6))
    reach = rng.pareto(3, amount).clip(0, 2.5)
    size = 0.02 + 0.03 * reach if kind != "snow" else 0.0014 + 0.0022 * reach
    flakes = np.stack(
        [
            rng.uniform(0, stage.aspect + 0.3, amount),
            rng.uniform(0, 1.3, amount),
            size,
            rng.uniform(0.75, 1.25, amount) * (0.7 + 0.5 * reach / 2.5),
            rng.uniform(0, 6.28, amount),
        ],
        axis=1,
    )
    tint = mix(light.haze, light.lamp, 0.6)
    pale = tuple(float(c) * 255 for c in tint)
    return Weather(kind if amount else "", stage, (*pale, 0.0), flakes)


def lightning(seconds: float, seed: int) -> float:
    """Now and then a double flash, about every four seconds; none at the very start."""
    beat = (seconds + (seed % 17) / 10) % 4.3
    first = max(0.0, 1 - abs(beat - 3.4) / 0.12)
    second = max(0.0, 1 - abs(beat - 3.62) / 0.16)
    return max(first, 0.7 * second) * (0.8 + 0.2 * sin(seconds * 40))
