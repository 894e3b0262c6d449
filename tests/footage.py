"""Clips that are known, what years and wires do to them, and how near to the known one a restored clip is."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import cv2
import numpy as np

from pipelines import ffmpeg

LOSSLESS = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast")


def scene(frames: int, width: int = 256, height: int = 192, seed: int = 3) -> np.ndarray:
    """(frames, height, width, 3) uint8: textured ground that a camera pans over, and a disc with an edge that crosses
    it."""
    rng = np.random.default_rng(seed)
    high, wide = height + 2 * frames + 16, width + 4 * frames + 16
    ground = np.zeros((high, wide, 3), np.float32)
    for size, weight in ((96, 60), (32, 34), (12, 22), (5, 14)):
        rough = rng.standard_normal((high // size + 3, wide // size + 3, 3)).astype(np.float32)
        ground += weight * cv2.resize(rough, (wide, high), interpolation=cv2.INTER_CUBIC)
    for _ in range(14):
        at = (int(rng.integers(wide)), int(rng.integers(high)))
        cv2.rectangle(ground, at, (at[0] + 30, at[1] + 18), rng.uniform(-80, 80, 3).tolist(), -1, cv2.LINE_AA)
    ground = np.clip(ground + 128, 20, 235)
    shown = []
    for n in range(frames):
        view = cv2.warpAffine(ground, np.float32([[1, 0, -2.5 * n - 4], [0, 1, -0.7 * n - 4]]), (width, height))
        middle = (int((width * 0.2 + 3.2 * n) * 16), int((height * 0.55) * 16))
        cv2.circle(view, middle, int(height * 0.16 * 16), (40, 90, 220), -1, cv2.LINE_AA, 4)
        shown.append(view)
    return np.rint(np.stack(shown)).clip(0, 255).astype(np.uint8)


def fine(frames: int) -> np.ndarray:
    """A scene of fine texture, as a camera would have sampled it: (frames, 192, 256, 3)."""
    return np.stack([cv2.resize(one, (256, 192), interpolation=cv2.INTER_AREA) for one in scene(frames, 512, 384)])


def write(path: Path, frames: np.ndarray, fps: str = "25", *arguments: str, sound: str = "") -> Path:
    """The frames as a film, without loss but for colours at half size, or as the arguments say; `sound` is a lavfi
    source."""
    _, height, width, _ = frames.shape
    heard = ["-f", "lavfi", "-i", sound, "-c:a", "aac", "-shortest"] if sound else []
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", fps, "-i", "pipe:0"]
    form = () if "-pix_fmt" in arguments else ("-pix_fmt", "yuv420p")
    coding = arguments if "-c:v" in arguments else (*arguments, *LOSSLESS)
    subprocess.run(
        [ffmpeg.binary(), *ffmpeg.QUIET, *raw, *heard, *coding, *form, str(path)], input=frames.tobytes(), check=True
    )
    return path


def noisy(frames: np.ndarray, sigma: float) -> np.ndarray:
    rng = np.random.default_rng(11)
    made = frames + rng.normal(0, sigma, frames.shape).astype(np.float32)
    return np.rint(made).clip(0, 255).astype(np.uint8)


def blurred(frames: np.ndarray, sigma: float) -> np.ndarray:
    return np.stack([cv2.GaussianBlur(frame, (0, 0), sigma) for frame in frames])


def halved(frames: np.ndarray) -> np.ndarray:
    height, width = frames.shape[1] // 2, frames.shape[2] // 2
    return np.stack([cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in frames])


def woven(fields: np.ndarray) -> np.ndarray:
    """Interlaced, top field first: two moments in each frame."""
    frames = fields[0::2].copy()
    frames[:, 1::2] = fields[1::2][:, 1::2]
    return frames


def pulled_down(film: np.ndarray) -> np.ndarray:
    """24 frames as 30, by 3:2 pulldown."""
    shown = []
    for a, b, c, d in zip(*(film[n::4] for n in range(4)), strict=False):
        mixed = [b.copy(), c.copy()]
        mixed[0][1::2], mixed[1][1::2] = c[1::2], d[1::2]
        shown += [a, b, *mixed, d]
    return np.stack(shown)


def spoiled(frames: np.ndarray, how: str, folder: Path) -> Path:
    """The clip after years in a cellar; of `interlace` and `telecine`, after its broadcast."""
    file = folder / f"{how}.mkv"
    if how == "blocks":
        return write(file, frames, "25", "-c:v", "mpeg2video", "-q:v", "24")
    if how == "telecine":
        return write(file, pulled_down(frames), "30000/1001")
    ways = {"noise": lambda: noisy(frames, 12), "blur": lambda: blurred(frames, 1.4), "downscale": lambda: frames,
            "interlace": lambda: woven(frames), "dropped": lambda: stuttering(frames)}  # fmt: skip
    return write(file, ways[how]())


def stuttering(frames: np.ndarray) -> np.ndarray:
    """Some frames were dropped, and the one before shown again."""
    frames = frames.copy()
    for n in (4, 9, 10, 15):
        frames[n] = frames[n - 1]
    return frames


def read(path: Path) -> tuple[np.ndarray, list[Fraction]]:
    """A film's brightness, (frames, height, width) float32 of 255, and when each frame is shown, in seconds."""
    with av.open(str(path)) as film:
        shown = [(frame, frame.pts * frame.time_base) for frame in film.decode(video=0)]
    deep = max(c.bits for c in shown[0][0].format.components) > 8
    form = "yuv420p10le" if deep else "yuv420p"
    lumas = [
        frame.reformat(format=form).to_ndarray()[: frame.height, : frame.width].astype(np.float32) for frame, _ in shown
    ]
    return np.stack(lumas) / (4 if deep else 1), [at for _, at in shown]


def psnr(a: np.ndarray, b: np.ndarray, edge: int = 8) -> float:
    """In dB, without the edges, which a camera that is held still gives up."""
    inside = np.s_[..., edge:-edge, edge:-edge]
    return float(10 * np.log10(255**2 / max(1e-9, float(((a[inside] - b[inside]) ** 2).mean()))))


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The mean structural similarity of frames, by Z. Wang et al. (2004), in windows of 1.5 pixels' deviation."""

    def one(x: np.ndarray, y: np.ndarray) -> float:
        blur = [cv2.GaussianBlur(v, (11, 11), 1.5) for v in (x, y, x * x, y * y, x * y)]
        mx, my, xx, yy, xy = blur
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        top = (2 * mx * my + c1) * (2 * (xy - mx * my) + c2)
        return float((top / ((mx * mx + my * my + c1) * (xx - mx * mx + yy - my * my + c2))).mean())

    return float(np.mean([one(x, y) for x, y in zip(a, b, strict=True)]))


def flicker(film: np.ndarray, known: np.ndarray) -> np.ndarray:
    """How much the fault of each frame differs from that of the one before: mean per pixel, of 255."""
    fault = film - known
    return np.abs(fault[1:] - fault[:-1]).mean((1, 2))


def vif(film: np.ndarray, known: np.ndarray) -> float:
    """How much of what is to be seen in the known one is there: visual information fidelity by H. Sheikh and A. Bovik
    (2006), which VMAF is made of, as ffmpeg's filter measures it; the mean of its four scales. 1 is all of it."""
    graph = av.filter.Graph()
    height, width = film.shape[1:]
    said = f"video_size={width}x{height}:pix_fmt=gray:time_base=1/25:pixel_aspect=1/1"
    ends, measure, sink = [graph.add("buffer", said) for _ in range(2)], graph.add("vif"), graph.add("buffersink")
    for n, end in enumerate(ends):
        end.link_to(measure, 0, n)
    measure.link_to(sink)
    graph.configure()
    found = []
    for n, pair in enumerate(zip(film, known, strict=True)):
        for end, luma in zip(ends, pair, strict=True):
            frame = av.VideoFrame.from_ndarray(np.rint(luma).clip(0, 255).astype(np.uint8), format="gray")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            end.push(frame)
        told = sink.pull().metadata
        found.append([float(told[f"lavfi.vif.scale.{scale}"]) for scale in range(4)])
    return float(np.mean(found))
