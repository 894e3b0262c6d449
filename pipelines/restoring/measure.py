"""What is the matter with a film or a picture: noise, blocks, combing, blur, lost and repeated frames, clipping, sound.

Looked at in a few stretches of neighbouring frames, the same ones each time, in a second or two however long it is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.restoring import hearing
from pipelines.restoring.graph import planes_of
from pipelines.restoring.source import Source, look

SPOTS, STRETCH = 5, 15
"""Stretches looked at, and frames of each: three turns of 3:2 pulldown."""
WINDOW = 480, 640
LEAST = 32  # pixels of either side
"""Rows and columns in the middle of a frame that are looked at."""
FLAT_SHARE = 0.15
MOVED, NEARLY = 0.06, 0.35
"""By how much jaggedness must differ for it to be motion; and how much of what the wrong fields add the right ones may
add, for a frame to be of one moment."""
REPEAT = 0.6


def film(path: Path, tell: Callable[[float], None] = lambda _: None) -> dict[str, Any]:
    """The report of a film. Levels are of 255; `noise` is a standard deviation, `blocking` how much stronger steps are
    on the grid of eight than off it, `combing` the share of frames that are combed, `sharpness` from 0 to 1."""
    source = look(path)
    starts = sorted({round(n * max(0, source.frames - STRETCH) / max(1, SPOTS - 1)) for n in range(SPOTS)})
    found: list[dict[str, Any]] = []
    for n, start in enumerate(starts):
        tell(n / len(starts))
        lumas = [luma_of(frame) for frame in source.read(start, start + STRETCH)]
        if lumas:
            found.append(stretch(lumas))
    report = together(found)
    report |= {
        "kind": "video", "width": source.width, "height": source.height, "fps": float(source.rate),
        "frames": source.frames,
        "seconds": round(source.seconds, 3), "bits": source.depth, "flagged_interlaced": source.flagged,
        "dropped": dropped(source),
    }  # fmt: skip
    report["cadence"] = cadence(report, source)
    tell(0.9)
    return report | (hearing.measured(path) if source.sound else {})


def picture(image: np.ndarray) -> dict[str, Any]:
    """The report of a picture, (h, w, 3) uint8 of red, green and blue."""
    luma = image.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    found = together([stretch([luma])])
    return {"kind": "image", "width": image.shape[1], "height": image.shape[0]} | {
        name: found[name] for name in ("noise", "blocking", "sharpness", "clipped")
    }


def luma_of(frame: Any) -> np.ndarray:
    """The brightness of its middle as float32, of 255."""
    deep = max(c.bits for c in frame.format.components) > 8
    form = "yuv420p10le" if deep else "yuv420p"
    plane = planes_of(frame if frame.format.name == form else frame.reformat(format=form))[0]
    top, left = (max(0, side - most) // 32 * 16 for side, most in zip(plane.shape, WINDOW, strict=True))
    middle = plane[
        top : top + WINDOW[0], left : left + WINDOW[1]
    ]  # by sixteens: its blocks and fields stay what they are
    return middle.astype(np.float32) / (4 if deep else 1)


def stretch(lumas: list[np.ndarray]) -> dict[str, Any]:
    """What neighbouring frames say."""
    lumas = [roomy(luma) for luma in lumas]
    middle = lumas[len(lumas) // 2]
    steps = [float(np.abs(b[::2, ::2] - a[::2, ::2]).mean()) for a, b in pairwise(lumas)]
    combs, order = combing(lumas)
    return {
        "noise": noise(middle), "blocking": blocking(middle), "sharpness": sharpness(middle),
        "clipped": float(((middle <= 16) | (middle >= 235)).mean()), "steps": steps, "combs": combs, "order": order,
    }  # fmt: skip


def roomy(luma: np.ndarray) -> np.ndarray:
    """Brightness in which there is something to measure: a few pixels have their edges repeated."""
    lacking = [(0, max(0, LEAST - side)) for side in luma.shape]
    return np.pad(luma, lacking, mode="edge") if any(map(max, lacking)) else luma


def noise(luma: np.ndarray) -> float:
    """The standard deviation of noise, by J. Immerkaer's mask ("Fast noise variance estimation", 1996), in the flattest
    part of the picture, where it is not mistaken for detail."""
    import cv2

    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    strong = np.abs(cv2.filter2D(luma, -1, mask))[1:-1, 1:-1]
    edges = np.abs(cv2.Sobel(cv2.GaussianBlur(luma, (0, 0), 1.5), -1, 1, 0)) + np.abs(
        cv2.Sobel(cv2.GaussianBlur(luma, (0, 0), 1.5), -1, 0, 1)
    )
    edges = edges[1:-1, 1:-1]
    inside = (luma > 20) & (luma < 232)
    flat = (edges <= np.quantile(edges, FLAT_SHARE)) & inside[1:-1, 1:-1]
    if flat.sum() < 100:
        return 0.0
    return float(strong[flat].mean() * np.sqrt(np.pi / 2) / 6)


def blocking(luma: np.ndarray) -> float:
    """How much more the picture jumps from one block of eight to the next than within one, of 255; 0 for none."""
    found = []
    for turned in (luma, luma.T):
        jump = np.abs(turned[:, 2:-1] * 3 - turned[:, 1:-2] * 3 + turned[:, :-3] - turned[:, 3:])
        at = np.arange(jump.shape[1]) + 1
        means = [
            float(np.minimum(jump[:, at % 8 == phase], 40).mean()) for phase in range(8) if (at % 8 == phase).any()
        ]
        found.append(max(0.0, means[7] - float(np.median(means))) / 4 if len(means) == 8 else 0.0)
    return float(np.mean(found))


def sharpness(luma: np.ndarray) -> float:
    """How much of an edge is left after a slight blur has taken the rest: 0 is soft, 1 as sharp as pixels can be."""
    import cv2

    calm = cv2.GaussianBlur(luma, (0, 0), 0.8)
    soft = cv2.GaussianBlur(calm, (0, 0), 1.2)
    one, other = (np.abs(cv2.Laplacian(x, cv2.CV_32F, ksize=3)) for x in (calm, soft))
    strong = one >= np.quantile(one, 0.95)
    return float(np.clip(1 - other[strong].mean() / max(1e-3, one[strong].mean()), 0, 1))


def jagged(luma: np.ndarray) -> float:
    """How much lines differ from what lies between their neighbours; it grows when they are of two moments."""
    return float(np.abs(2 * luma[1:-1] - luma[:-2] - luma[2:]).mean())


def woven(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """The top field of one frame and the bottom field of another as one frame."""
    rows = min(top.shape[0], bottom.shape[0]) // 2 * 2
    frame = np.empty_like(top[:rows])
    frame[0::2], frame[1::2] = top[0:rows:2], bottom[1:rows:2]
    return frame


def combing(lumas: list[np.ndarray]) -> tuple[list[bool | None], float]:
    """Which frames are woven of two moments (None: nothing moves), and, above 0, that the top field is the first.

    A whole frame is smoother than what is woven of it and a neighbour, whichever fields are taken; of frames of two
    moments, the fields that are next to each other in time make a smoother one than the others."""
    own = [jagged(luma) for luma in lumas]
    crossed = [(jagged(woven(b, a)), jagged(woven(a, b))) for a, b in pairwise(lumas)]

    def beside(n: int, pair: tuple[float, float]) -> bool | None:
        near, far = min(pair) / (own[n] + 0.05), max(pair) / (own[n] + 0.05)
        if near > 1 + MOVED and near - 1 > NEARLY * (far - 1):
            return False
        return True if near < 1 - MOVED / 2 or far > 1 + MOVED else None

    marks: list[bool | None] = []
    for n in range(len(lumas)):
        said = [beside(n, pair) for pair in crossed[max(0, n - 1) : n + 1]]
        marks.append(False if False in said else True if True in said else None)
    return marks, sum(bottom - top for top, bottom in crossed)


def together(found: list[dict[str, Any]]) -> dict[str, Any]:
    steps = [step for one in found for step in one["steps"]]
    combs = [comb for one in found for comb in one["combs"]]
    told = [comb for comb in combs if comb is not None]
    moving = [step for step in steps if step >= REPEAT]
    repeats = [step < REPEAT for step in steps] if len(moving) > len(steps) / 4 else []
    return {
        "noise": round(float(np.median([one["noise"] for one in found])), 2),
        "blocking": round(float(np.median([one["blocking"] for one in found])), 2),
        "sharpness": round(float(np.median([one["sharpness"] for one in found])), 2),
        "clipped": round(float(np.median([one["clipped"] for one in found])), 4),
        "combing": round(float(np.mean(told)), 2) if len(told) >= 3 else 0.0,
        "first_field": "bff" if sum(one["order"] for one in found) < 0 else "tff",
        "repeated": round(float(np.mean(repeats)), 2) if repeats else 0.0,
        "combs": [one["combs"] for one in found],
    }


def dropped(source: Source) -> float:
    """The share of frames that its times say are missing."""
    steps = np.diff(np.frombuffer(source.pts, np.int64))
    if not len(steps):
        return 0.0
    usual = float(np.median(steps))
    missing = np.maximum(0, np.rint(steps / usual) - 1)
    missing = missing[missing <= 12]
    return round(float(missing.sum() / (len(steps) + missing.sum())), 4)


def cadence(report: dict[str, Any], source: Source) -> str:
    """progressive, interlaced, or pulldown: of any five frames of film two are combed, side by side."""
    marks = report.pop("combs")
    if report["combing"] < 0.15:
        return "progressive"
    turns = [one[start : start + 5] for one in marks for start in range(0, len(one) - 4, 5)]
    of_film = [turn for turn in turns if sum(mark is True for mark in turn) in (1, 2)]
    near_30 = abs(float(source.rate) - 29.97) < 0.1
    if near_30 and 0.25 <= report["combing"] <= 0.55 and len(of_film) >= 0.6 * len(turns):
        return "pulldown"
    return "interlaced"
