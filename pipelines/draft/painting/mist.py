"""Fog: banks of it between the layers of a scene, each drifting at its own pace."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting.colour import Light, mix
from pipelines.draft.painting.stage import Layer, Motion, Stage, cut, enlarged

BANKS = (
    # depth, middle above (-) or below the horizon, half height, how thick, pace
    (0.1135, -0.075, 0.13, 0.5, 0.012),
    (0.1195, -0.02, 0.085, 0.85, -0.008),
    (0.34, 0.075, 0.06, 0.62, 0.014),
    (0.585, 0.19, 0.07, 0.5, -0.018),
)


def banks(stage: Stage, light: Light, horizon: float) -> list[Layer]:
    """Banks of fog from the far edge to the middle distance; those at the edge are mirrored by water."""
    soft = stage.coarse(4)
    layers = []
    for i, (depth, lift, tall, thick, pace) in enumerate(BANKS):
        rows = soft.rows(horizon + lift - 2.2 * tall, horizon + lift + 2.2 * tall)
        ys = soft.ys[rows]
        wisps = soft.noise(f"bank {i}", 0.16, 4, stretch=4.0, rows=rows)
        wave = soft.noise(f"swell {i}", 0.5, 2, rows=slice(0, 1))[0] * tall * 0.5
        away = (ys[:, None] - horizon - lift + wave[None, :]) / tall
        alpha = thick * np.exp(-(away**2) * 1.6) * np.clip(0.8 + 0.55 * wisps, 0, 1.15)
        alpha = np.clip(alpha, 0, 0.95).astype(np.float32) * 255
        tint = mix(light.haze, light.lamp, 0.22 * (1 - light.night))
        pixels = np.zeros((*soft.size[::-1], 4), np.uint8)
        pixels[rows] = cv2.convertScaleAbs(cv2.merge([alpha * float(c) for c in tint] + [alpha]))
        if layer := cut(enlarged(pixels, 4), depth, motion=Motion("drift", pace)):
            layers.append(layer)
    return layers
