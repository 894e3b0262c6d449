"""What restoring gains: nearer to the known original than what was given, and than plain Lanczos makes of it, by PSNR,
by SSIM and by what VMAF is made of."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import footage
from footage import fine, psnr, read, scene, ssim, vif, write
from pipelines import ffmpeg
from pipelines.restoring import encode
from pipelines.restoring.graph import Frame
from restored import Here, restore

FRAMES = 20


LEAST = {  # decibels above what was given, and above Lanczos where it is made twice as large
    "noise": (4, 1.2),
    "blur": (2.2, 1.2),
    "blocks": (0.4, 0.2),
    "downscale": (None, 0.4),
    "interlace": (6, 1.5),
    "telecine": (7, 3),
    "dropped": (6, 4),
}


@pytest.mark.parametrize("how", [how for how, (least, _) in LEAST.items() if least])
def test_it_is_nearer_to_the_original_than_what_it_was_given(how, restore, tmp_path):
    known = original(how)
    truth = read(write(tmp_path / "known.mp4", known))[0]
    given = footage.spoiled(known, how, tmp_path)
    made = read(restore(given, mend=how == "dropped"))[0]
    gains(made, at_the_times_of(how, read(given)[0]), at_the_times_of(how, truth, whole=True), LEAST[how][0])


@pytest.mark.parametrize("how", LEAST)
def test_enlarged_it_is_nearer_than_by_lanczos(how, restore, tmp_path):
    known = original(how)
    truth = read(write(tmp_path / "known.mp4", known))[0]
    given = footage.spoiled(footage.halved(known), how, tmp_path)
    made = read(restore(given, size="2x", mend=how == "dropped"))[0]
    plain = read(lanczos(read(given)[0], tmp_path / "lanczos.mp4"))[0]
    gains(made, at_the_times_of(how, plain), at_the_times_of(how, truth, whole=True), LEAST[how][1])


def original(how: str) -> np.ndarray:
    """A clip of fine texture: two moments for each frame of interlaced video, four frames for five of telecine."""
    return fine({"interlace": 2 * FRAMES, "telecine": 32}.get(how, FRAMES))


def at_the_times_of(how: str, film: np.ndarray, whole: bool = False) -> np.ndarray:
    """The frames of a film that are shown when those of a restored one are."""
    if how == "interlace":
        return film[::2] if whole else film
    if how == "telecine":
        return film if whole else film[[n * 5 // 4 for n in range(len(film) * 4 // 5)]]
    return film


def lanczos(film: np.ndarray, path: Path) -> Path:
    """Twice as large, and written as finely as restored films are."""
    high, wide = (2 * side for side in film.shape[1:])
    grey = np.full((high // 2, wide // 2), 128, np.uint8)
    large = [cv2.resize(luma, (wide, high), interpolation=cv2.INTER_LANCZOS4).clip(16, 235) for luma in film]
    frames = [Frame(n, (np.rint(luma).astype(np.uint8), grey, grey)) for n, luma in enumerate(large)]
    encode.write(path, frames, size=(wide, high), deep=False, tick=Fraction(1, 25), rate=Fraction(25), tags={},
                 quality="best", form="mp4", ahead_s=0)  # fmt: skip
    return path


def gains(made: np.ndarray, other: np.ndarray, truth: np.ndarray, decibels: float) -> None:
    assert len(made) == len(other) == len(truth)
    assert psnr(made, truth) > psnr(other, truth) + decibels
    assert ssim(made, truth) > ssim(other, truth)
    assert vif(made, truth) > vif(other, truth)


def test_whole_frames_are_made_of_half_ones(restore, tmp_path):
    fields = scene(2 * FRAMES)
    source = write(tmp_path / "woven.mp4", footage.woven(fields))
    every, half = (read(write(tmp_path / f"{n}.mp4", fields[::n]))[0] for n in (1, 2))
    frames = read(restore(source))[0]
    assert restore.told["report"]["cadence"] == "interlaced"
    assert psnr(frames, half) > psnr(read(source)[0], half) + 6
    doubled, times = read(restore(source, Here(tmp_path / "fields"), deinterlace="fields"))
    assert len(doubled) == len(every)
    assert {*np.diff(times)} == {Fraction(1, 50)}
    assert psnr(doubled, every) > psnr(np.repeat(read(source)[0], 2, 0), every) + 6


def test_film_comes_back_out_of_video(restore, tmp_path):
    film = scene(32)
    source = write(tmp_path / "pulled.mp4", footage.pulled_down(film), "30000/1001")
    frames, times = read(restore(source))
    assert restore.told["used"]["deinterlace"] == "film"
    assert len(frames) == len(film)
    assert float(times[-1]) == pytest.approx(31 * 1001 / 24000, abs=1e-3)
    assert psnr(frames, read(write(tmp_path / "film.mp4", film))[0]) > 44


def test_frames_between_are_nearer_than_repeated_ones_and_than_ffmpegs(restore, tmp_path):
    film = scene(2 * FRAMES)
    source = write(tmp_path / "half.mp4", film[::2], "30")
    every = read(write(tmp_path / "every.mp4", film, "60"))[0]
    made, times = read(restore(source, fps="60"))
    assert len(made) in (len(every) - 1, len(every))
    assert max(abs(float(at) - n / 60) for n, at in enumerate(times)) < 1e-4
    known, between = every[1:31:2], made[1:31:2]
    assert psnr(between, known) > psnr(read(source)[0][:15], known) + 6
    again = ("-i", str(source), "-vf", "minterpolate=fps=60:mc_mode=aobmc:me_mode=bidir:vsbmc=1", *footage.LOSSLESS)
    subprocess.run([ffmpeg.binary(), *ffmpeg.QUIET, *again, str(tmp_path / "again.mp4")], check=True)
    assert psnr(between, known) > psnr(read(tmp_path / "again.mp4")[0][1:31:2], known) + 0.5


def test_a_shaking_camera_is_held_still(restore, tmp_path):
    rng = np.random.default_rng(5)
    still = scene(1, 320, 240)[0]
    shakes = rng.uniform(-4, 4, (30, 2))
    edge = cv2.BORDER_REFLECT
    shaken = np.stack([cv2.warpAffine(still, np.float32([[1, 0, x], [0, 1, y]]), (320, 240), borderMode=edge)
                       for x, y in shakes])  # fmt: skip
    source = write(tmp_path / "shaken.mp4", shaken)

    def restless(film: np.ndarray) -> float:
        steps = [cv2.phaseCorrelate(a[30:-30, 30:-30], b[30:-30, 30:-30])[0] for a, b in pairwise(film)]
        return float(np.abs(steps).mean())

    assert restless(read(restore(source, stabilise=1))[0]) < restless(read(source)[0]) / 3
