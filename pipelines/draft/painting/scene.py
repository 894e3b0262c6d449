"""A painted scene, and how it looks to a camera at a moment: layers put over each other, far ones first."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, sin

import cv2
import numpy as np

from pipelines.draft.painting.camera import Pose
from pipelines.draft.painting.finish import Finish
from pipelines.draft.painting.motion import gain, moved
from pipelines.draft.painting.stage import Layer, Stage
from pipelines.draft.painting.water import Water
from pipelines.draft.painting.weather import Weather

INVERSE = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass
class Scene:
    stage: Stage
    layers: list[Layer | Water]
    weather: Weather
    finish: Finish
    span: float = field(default=4.0)
    """How long the shot will be, in seconds: slow drifts stay on their sheets."""

    def frame(self, pose: Pose, seconds: float) -> np.ndarray:
        """The picture at a moment: bytes (height, width, 3), blue, green, red."""
        stage = self.stage
        frame = np.zeros((stage.height, stage.width, 4), np.uint8)
        for layer in self.layers:
            if isinstance(layer, Water):
                ripple(frame, layer, stage, pose, seconds)
            else:
                put(frame, layer, stage, pose, seconds, self.span)
        self.weather.fall(frame, pose, seconds)
        return self.finish.apply(cv2.cvtColor(frame, cv2.COLOR_BGRA2BGR), seconds)


def view(stage: Stage, pose: Pose, depth: float, foot: float | None, rows: tuple[float, float]) -> np.ndarray:
    """The 3x3 matrix from pixels of the frame to pixels of a sheet, for a layer at `depth`, or for ground that comes
    from `depth` at its first row to `foot` at its last."""
    middle = depth if foot is None else (depth + foot) / 2
    size = pose.size(middle)
    c, s = cos(pose.roll) / size, sin(pose.roll) / size
    cx, cy = stage.width / 2 - 0.5, stage.height / 2 - 0.5
    turn = np.array(
        [[c, s, cx - c * cx - s * cy + stage.edge], [-s, c, cy + s * cx - c * cy + stage.edge], [0, 0, 1.0]]
    )
    dx, dy = pose.x * stage.height, pose.y * stage.height
    if foot is None:
        slide = np.array([[1, 0, dx * pose.follow(depth)], [0, 1, dy * pose.follow(depth)], [0, 0, 1.0]])
        return slide @ turn
    first, last = rows
    near = (foot - depth) * 0.9 / max(1.0, last - first)  # follow() is linear, so ground is a shear
    start = pose.follow(depth) - near * first
    slide = np.array([[1, dx * near, dx * start], [0, 1 + dy * near, dy * start], [0, 0, 1.0]])
    return slide @ turn


def put(frame: np.ndarray, layer: Layer, stage: Stage, pose: Pose, seconds: float, span: float) -> None:
    """Lay one layer over the frame, in place."""
    height, width = layer.pixels.shape[:2]
    matrix = view(stage, pose, layer.depth, layer.foot, (layer.top, layer.top + height))
    onto = np.array([[1, 0, -layer.left], [0, 1, -layer.top], [0, 0, 1.0]])
    matrix = moved(layer, seconds, span, stage) @ onto @ matrix
    box = seen(matrix, width, height, frame.shape[1], frame.shape[0])
    if box is None:
        return
    x0, y0, x1, y1 = box
    matrix = matrix @ np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1.0]])
    border = cv2.BORDER_REPLICATE if layer.solid or layer.foot is not None else cv2.BORDER_CONSTANT
    part = cv2.warpAffine(layer.pixels, matrix[:2], (x1 - x0, y1 - y0), flags=INVERSE, borderMode=border)
    onto_part = frame[y0:y1, x0:x1]
    strength = gain(layer.motion, seconds)
    if layer.light:
        cv2.addWeighted(onto_part, 1.0, part, strength, 0, dst=onto_part)
    elif layer.solid:
        onto_part[:] = part
    else:
        if strength < 0.999:
            part = cv2.convertScaleAbs(part, alpha=strength)
        cover(onto_part, part)


def cover(onto: np.ndarray, part: np.ndarray) -> None:
    """Premultiplied `part` over `onto`, in place."""
    clear = cv2.bitwise_not(cv2.extractChannel(part, 3))
    cv2.multiply(onto, cv2.merge([clear, clear, clear, clear]), dst=onto, scale=1 / 255)
    cv2.add(onto, part, dst=onto)


def seen(
    matrix: np.ndarray, width: int, height: int, frame_width: int, frame_height: int
) -> tuple[int, int, int, int] | None:
    """The part of the frame a layer of that size can touch."""
    corners = np.array([[-1, width, -1, width], [-1, -1, height, height], [1, 1, 1, 1.0]])
    at = np.linalg.inv(matrix) @ corners
    x0, x1 = max(0, int(np.floor(at[0].min()))), min(frame_width, int(np.ceil(at[0].max())) + 1)
    y0, y1 = max(0, int(np.floor(at[1].min()))), min(frame_height, int(np.ceil(at[1].max())) + 1)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def without(frame: np.ndarray, disc: tuple[float, float, float], stage: Stage, pose: Pose) -> np.ndarray:
    """The frame with the lamp's disc smoothed away into the sky beside it, for the water to mirror."""
    x, y, _ = np.linalg.inv(view(stage, pose, 0.01, None, (0, 1))) @ np.array([disc[0], disc[1], 1.0])
    reach = 1.6 * disc[2] * pose.size(0.01)
    x0, x1 = max(0, int(x - reach)), min(frame.shape[1], int(x + reach) + 1)
    y0, y1 = max(0, int(y - reach)), min(frame.shape[0], int(y + reach) + 1)
    if x1 - x0 < 3 or y1 - y0 < 3:
        return frame
    part = frame[y0:y1, x0:x1].astype(np.float32)
    along = np.linspace(0, 1, x1 - x0, dtype=np.float32)[None, :, None]
    sky = part[:, :1] * (1 - along) + part[:, -1:] * along
    away = np.hypot(np.arange(x0, x1)[None, :] - x, np.arange(y0, y1)[:, None] - y) / reach
    there = np.clip((1 - away) * 3.2, 0, 1).astype(np.float32)[..., None]
    clean = frame.copy()
    clean[y0:y1, x0:x1] = (part + (sky - part) * there + 0.5).astype(np.uint8)
    return clean


def ripple(frame: np.ndarray, water: Water, stage: Stage, pose: Pose, seconds: float) -> None:
    """Mirror what is in the frame so far below the horizon, broken by ripples, tinted and glittering; in place."""
    height, width = frame.shape[:2]
    rows = (float(water.top), float(stage.size[1]))
    far = view(stage, pose, water.depth, None, rows)
    line = float((np.linalg.inv(far) @ np.array([stage.width / 2 + stage.edge, water.top, 1.0]))[1])
    y0 = int(np.floor(line))
    if y0 >= height:
        return
    y0 = max(y0, 1)
    matrix = view(stage, pose, water.depth, water.foot, rows) @ np.array([[1, 0, 0], [0, 1, y0], [0, 0, 1.0]])
    # The shore must stay joined to what stands on it, so the first row of the water is pinned there.
    matrix[1, 2] += water.top - (matrix @ np.array([width / 2, line - y0, 1.0]))[1]
    matrix = np.array([[1, 0, 0], [0, 1, -water.top], [0, 0, 1.0]]) @ matrix
    size = (width, height - y0)
    fields = cv2.warpAffine(water.fields, matrix[:2], size, flags=INVERSE, borderMode=cv2.BORDER_REPLICATE)
    sway_s, sway_c, spark_s, spark_c = cv2.split(fields)
    a = water.pace * seconds
    sway = cv2.addWeighted(sway_s, cos(a), sway_c, sin(a), 0)
    across, down = water.grid(width, height, y0, line)
    mirror = cv2.remap(
        frame if water.disc is None else without(frame, water.disc, stage, pose),
        across + sway * 0.8,
        down + sway * 1.3,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    body = cv2.warpAffine(water.body, matrix[:2], size, flags=INVERSE, borderMode=cv2.BORDER_REPLICATE)
    cover(mirror, body)
    b = 1.7 * water.pace * seconds
    spark = cv2.addWeighted(spark_s, cos(b), spark_c, sin(b), 0)
    glitter = cv2.addWeighted(spark, 255 * 1.9, spark, 0, -255 * 0.62, dtype=cv2.CV_8U)
    cv2.add(mirror, cv2.multiply(cv2.merge([glitter] * 4), water.lamp4, scale=1 / 255), dst=mirror)
    # The horizon itself falls between two rows.
    frame[y0 + 1 :] = mirror[1:]
    part = 1 - (line - y0)
    frame[y0] = (frame[y0] * (1 - part) + mirror[0] * part).astype(np.uint8)
