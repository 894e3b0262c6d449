"""Looks at an exported RT60 as a stranger would, and says which of its promises it keeps."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from pipelines.ffmpeg import binary
from studio.bench.rt60 import FPS, OVER, RATE, STEP, Film
from studio.timeline.paint.painter import Painter

REPEATED, BORDER, STEADY, STEADY_ENCODED, ALIKE = 0.1, 30, 0.05, 0.10, 0.98
HEARD_S, LEVEL_LU, PEAK_DBTP = 0.05, 0.5, -1.0


def judged(film: Film, path: Path) -> dict[str, bool]:
    """Every check by name."""
    with av.open(str(path)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        tags = (int(context.colorspace), int(context.color_primaries), int(context.color_trc), int(context.color_range))
        square = video.sample_aspect_ratio in (None, 0, 1)
        length, heard = (float((s.duration or 0) * (s.time_base or 0)) for s in (video, sound))
        times, luma = zip(*((f.time, plane_of(f)) for f in container.decode(video=0)), strict=True)
    lufs, peak = levels(path)
    target = film.timeline().loudness_lufs or 0
    even = [abs(t - n / FPS) < 1e-3 for n, t in enumerate(times)]
    before, after = jitter(film, lambda i, k: painted(film, i, k)), jitter(film, lambda i, k: luma[i * STEP + k])
    return {
        "frames": len(times) == film.cut.frames,
        "even times": all(even),
        "duration": abs(length - film.cut.seconds) <= 1 / FPS,
        "sound in step": abs(heard - length) <= HEARD_S and abs(late(film, path)) <= HEARD_S,
        "no repeated frame": all(moves(film, luma)),
        "motion before encoding": before <= STEADY,
        "motion after encoding": after <= STEADY_ENCODED,
        "no black border": min(edge(luma[i * STEP + k]) for i, k in still_frames(film)) > BORDER,
        "loudness": abs(lufs - target) <= LEVEL_LU,
        "true peak": peak <= PEAK_DBTP,
        "tags": tags == (1, 1, 1, 1) and square,
    }


def plane_of(frame: Any) -> np.ndarray:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width].copy()


def still_frames(film: Film) -> list[tuple[int, int]]:
    """(item, frame of it) of stills that are alone on the screen."""
    return [(i, k) for i in range(0, film.cut.items, 2) for k in range(OVER if i else 0, STEP)]


def edge(image: np.ndarray) -> float:
    """The darkest of the four outermost lines."""
    return float(min(line.mean() for line in (image[0], image[-1], image[:, 0], image[:, -1])))


def moves(film: Film, luma: Any) -> list[bool]:
    """Whether each frame of every clip but the first differs from the one before it."""
    first = 3 if film.cut.items > 3 else 1
    shown = [i * STEP + k for i in range(first, film.cut.items, 2) for k in range(OVER + 1, STEP)]
    return [float(np.abs(luma[n].astype(int) - luma[n - 1]).mean()) > REPEATED for n in shown]


def painted(film: Film, i: int, k: int) -> np.ndarray:
    """A frame as it goes into the encoder."""
    painter = PAINTERS.setdefault(str(film.folder), Painter(film.timeline(), film.media))
    return painter.frame(i * STEP + k).y.copy()


PAINTERS: dict[str, Painter] = {}


def jitter(film: Film, shown: Any) -> float:
    """How far, in pixels (RMS), the motion of the first two stills strays from a quadratic, from frame to frame."""
    worst = 0.0
    for i in range(0, min(3, film.cut.items), 2):
        frames = [patch(shown(i, k)) for k in range(OVER if i else 0, STEP - 5)]
        steps = np.array([shift(a, b) for a, b in pairwise(frames)])
        k = np.arange(len(steps))
        off = [steps[:, axis] - np.polyval(np.polyfit(k, steps[:, axis], 2), k) for axis in (0, 1)]
        worst = max(worst, float(np.sqrt((np.array(off) ** 2).sum(0).mean())))
    return worst


def shift(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(x, y) in pixels from one image to the next, below two pixels: the slope of the phase between their spectra.

    Only coarse structure counts: the peak of a whole correlation is drawn to whole pixels, which looks like jitter."""
    window = cv2.createHanningWindow(a.shape[::-1], cv2.CV_32F)
    first, second = (np.fft.rfft2((image - image.mean()) * window) for image in (a, b))
    cross = second * np.conj(first)
    fx, fy = np.broadcast_arrays(np.fft.rfftfreq(a.shape[1])[None], np.fft.fftfreq(a.shape[0])[:, None])
    coarse = (np.hypot(fx, fy) > 0.005) & (np.hypot(fx, fy) < 0.12)
    weight = np.sqrt(np.abs(cross[coarse]))
    slopes = 2 * np.pi * np.stack([fx[coarse], fy[coarse]], 1) * weight[:, None]
    return np.linalg.lstsq(slopes, -np.angle(cross[coarse]) * weight, rcond=None)[0]


def patch(image: np.ndarray) -> np.ndarray:
    h, w = image.shape
    return image[h // 12 : h // 2, w // 12 : w // 2].astype(np.float32)


def late(film: Film, path: Path) -> float:
    """Seconds by which the first narration comes later than it should, found in the finished mix."""
    begins, voice = film.spoken[0]
    mix, said = (envelope(samples_of(p)) for p in (path, voice))
    wide = 50  # a quarter of a second on either side, in steps of 5 ms
    part = mix[begins * 200 - wide : begins * 200 + len(said) + wide]
    return (int(np.correlate(part - part.mean(), said - said.mean(), "valid").argmax()) - wide) / 200


def envelope(samples: np.ndarray) -> np.ndarray:
    steps = samples[: len(samples) // 240 * 240].reshape(-1, 240)
    return np.sqrt((steps.astype(np.float64) ** 2).mean(1))


def samples_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [p.to_ndarray()[0] for f in container.decode(audio=0) for p in resampler.resample(f)]
    return np.concatenate(parts)


def levels(path: Path) -> tuple[float, float]:
    """(LUFS, dBTP) by ffmpeg's meter."""
    meter = ["-hide_banner", "-nostdin", "-i", str(path), "-vn", "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run([binary(), *meter], capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])


def alike(first: Path, second: Path) -> bool:
    """Whether two exports are the same film: as many frames, each with SSIM(Y) of 0.98 or more, by ffmpeg's meter."""
    compare = [
        "-hide_banner",
        "-nostdin",
        "-i",
        str(first),
        "-i",
        str(second),
        "-lavfi",
        "ssim=stats_file=-",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run([binary(), *compare], capture_output=True, text=True, check=True).stdout
    found = [float(value) for value in re.findall(r"Y:([\d.]+)", said)]
    with av.open(str(first)) as a, av.open(str(second)) as b:
        counts = {a.streams.video[0].frames, b.streams.video[0].frames}
    return counts == {len(found)} and min(found) >= ALIKE
