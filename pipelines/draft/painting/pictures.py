"""Given pictures: read to size, guessed into relief, seen by a moving camera, and led from one into another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from pipelines.draft.painting.camera import Pose, ease, pose
from pipelines.draft.painting.stage import Stage
from pipelines.faults import Unsupported

CALM = 0.55  # a still picture takes this much of a painted scene's travel before it shows its edges


class UnreadablePicture(Unsupported):
    """A picture file that cannot be opened."""


def read_picture(path: Path, width: int, height: int) -> np.ndarray:
    """The picture as (height, width, 3) bytes of blue, green, red, filling the frame."""
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGBA")
            ground = Image.new("RGBA", upright.size, "white")
            rgb = np.asarray(Image.alpha_composite(ground, upright).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UnreadablePicture(f"{path.name} cannot be read as a picture.", "Use a PNG, JPEG or WebP file.") from None
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    size = max(width, round(rgb.shape[1] * scale)), max(height, round(rgb.shape[0] * scale))
    if size != (rgb.shape[1], rgb.shape[0]):
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(rgb[y : y + height, x : x + width, ::-1])


@dataclass
class Relief:
    """A picture with a guessed depth, smooth enough to be bent without tearing."""

    picture: np.ndarray
    depth: np.ndarray
    across: np.ndarray
    down: np.ndarray

    def maps(self, at: Pose) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of the view is found in the picture."""
        height, width = self.depth.shape
        cover = 1 + 2 * max(abs(at.x) * height / width, abs(at.y)) * (1 - at.pivot) + 1.2 * abs(at.roll)
        size = cv2.addWeighted(self.depth, at.dolly * 0.94, self.depth, 0, 1 + at.dolly * 0.06)
        inverse = cv2.divide(1 / (at.zoom * cover), size)
        follow = cv2.addWeighted(self.depth, 0.6, self.depth, 0, 0.4 - at.pivot * 0.8)
        x = cv2.add(
            cv2.multiply(self.across, inverse), cv2.addWeighted(follow, at.x * height, follow, 0, width / 2 - 0.5)
        )
        y = cv2.add(
            cv2.multiply(self.down, inverse), cv2.addWeighted(follow, at.y * height, follow, 0, height / 2 - 0.5)
        )
        if at.roll:
            x, y = x + self.down * at.roll, y - self.across * at.roll
        return x, y

    def view(self, at: Pose) -> np.ndarray:
        return look(self.picture, *self.maps(at))


def relief(picture: np.ndarray) -> Relief:
    """Depth from what pictures have in common: the ground is near, and what has the colour of the top edge is far."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (96, 54), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    top = lab[:5].reshape(-1, 3).mean(axis=0)
    unlike = 1 - np.exp(-(((lab - top) / (38, 22, 22)) ** 2).sum(axis=2))
    ramp = np.linspace(0, 1, 54, dtype=np.float32)[:, None] ** 1.2
    guess = np.clip(0.12 + 0.62 * ramp + 0.3 * unlike * (0.35 + 0.65 * ramp), 0, 1).astype(np.float32)
    guess = cv2.GaussianBlur(guess, (0, 0), 5)
    depth = cv2.resize(guess, (width, height), interpolation=cv2.INTER_CUBIC)
    across = np.repeat(np.arange(width, dtype=np.float32)[None, :] - (width / 2 - 0.5), height, axis=0)
    down = np.repeat(np.arange(height, dtype=np.float32)[:, None] - (height / 2 - 0.5), width, axis=1)
    return Relief(picture, depth, across, down)


def look(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def journey(move: str, progress: float, seconds: float, duration: float, seed: int, home: float) -> Pose:
    """A camera move that passes through rest at progress `home`: there a still is seen exactly as it is."""
    here = pose(move, progress, seconds, duration, seed)
    there = pose(move, home, home * duration, duration, seed)
    return replace(
        here,
        x=(here.x - there.x) * CALM,
        y=(here.y - there.y) * CALM,
        dolly=(here.dolly - there.dolly) * CALM,
        zoom=1 + (here.zoom / there.zoom - 1) * CALM,
        roll=here.roll - there.roll,
        pivot=here.pivot,
    )


@dataclass
class Passage:
    """The way from one picture to another: what they share flows across, the rest dissolves in soft patches."""

    first: Relief
    last: Relief
    there: np.ndarray
    back: np.ndarray
    patches: np.ndarray

    def view(self, leaving: Pose, arriving: Pose, progress: float) -> np.ndarray:
        w = ease((progress - 0.22) / 0.6)
        if w <= 0:
            return self.first.view(leaving)
        if w >= 1:
            return self.last.view(arriving)
        ax, ay = self.first.maps(leaving)
        bx, by = self.last.maps(arriving)
        a = look(self.first.picture, ax + self.there[..., 0] * w, ay + self.there[..., 1] * w)
        b = look(self.last.picture, bx + self.back[..., 0] * (1 - w), by + self.back[..., 1] * (1 - w))
        # Each patch has its own moment; together they run from none to all.
        amount = cv2.addWeighted(self.patches, -1.2, self.patches, 0, 2.2 * w)
        amount = cv2.min(cv2.max(amount, 0.0), 1.0)
        return cv2.blendLinear(a, b, 1 - amount, amount)


def passage(stage: Stage, first: np.ndarray, last: np.ndarray) -> Passage:
    patches = stage.noise("patches", 0.45, 3)
    low, high = float(patches.min()), float(patches.max())
    patches = ((patches - low) / max(1e-6, high - low)).astype(np.float32)
    return Passage(relief(first), relief(last), flow(last, first), flow(first, last), patches)


def flow(onto: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Where what is seen in `onto` lies in `away`, as a smooth field of pixels; nothing where the two do not agree."""
    height, width = onto.shape[:2]
    small = (max(64, width // 4), max(64, height // 4))
    a, b = (cv2.cvtColor(cv2.resize(p, small, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY) for p in (onto, away))
    field = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(a, b, None)
    ys, xs = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    found = cv2.remap(b, xs + field[..., 0], ys + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    trust = np.exp(-((cv2.absdiff(a, found).astype(np.float32) / 22) ** 2))[..., None]
    limit = 0.1 * small[0]
    field = np.clip(field, -limit, limit) * trust
    field = cv2.GaussianBlur(field, (0, 0), small[0] / 24)
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR) * (width / small[0])
