"""What is measured of a film or a picture, and what restoring makes of pictures and of sound."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import footage
from footage import fine, psnr, write
from pipelines.restoring import advice, measure, sound
from restored import known, restore


def test_a_picture_is_restored_with_its_transparency(known, restore, tmp_path):
    clean = known[0]
    noisy = footage.noisy(clean[None], 14)[0]
    alpha = np.zeros(clean.shape[:2], np.uint8)
    alpha[:, :128] = 255
    Image.fromarray(np.dstack([noisy, alpha])).save(tmp_path / "noisy.png")
    made = np.asarray(Image.open(restore(tmp_path / "noisy.png")))
    assert made.shape == (192, 256, 4)
    colours = [np.moveaxis(image[..., :3].astype(float), 2, 0) for image in (made, noisy, clean)]
    assert psnr(colours[0], colours[2]) > psnr(colours[1], colours[2]) + 3
    assert made[96, 20, 3] == 255
    assert made[96, 240, 3] == 0


def test_the_report_finds_what_was_done_to_it(known, tmp_path):
    noise = [measure.film(write(tmp_path / f"n{s}.mp4", footage.noisy(known, s)))["noise"] for s in (0, 6, 12)]
    assert noise == sorted(noise)
    assert noise[2] == pytest.approx(12 * 0.574, rel=0.2)
    blocks = measure.film(footage.spoiled(known, "blocks", tmp_path))
    assert blocks["blocking"] > 0.2 > measure.film(write(tmp_path / "k.mp4", known))["blocking"]
    soft = measure.film(footage.spoiled(known, "blur", tmp_path))
    assert advice.suggested(soft)["sharpen"] > 0
    dropped = measure.film(footage.spoiled(known, "dropped", tmp_path))
    assert advice.suggested(dropped)["mend"]
    assert {line["name"] for line in advice.findings(dropped) if line["state"] == "warn"} >= {"Repeated frames"}


def test_the_report_hears_clipping_and_loudness(tmp_path):
    frames = np.full((50, 64, 64, 3), 90, np.uint8)
    loud = write(tmp_path / "loud.mp4", frames, sound="aevalsrc='clip(4*sin(2*PI*220*t),-1,1)':s=48000:d=2")
    quiet = write(tmp_path / "quiet.mp4", frames, sound="aevalsrc='0.02*sin(2*PI*997*t)':s=48000:d=2")
    assert measure.film(loud)["sound_clipped"] > 0.03
    report = measure.film(quiet)
    assert report["loudness_lufs"] == pytest.approx(-37, abs=1.5)
    assert advice.suggested(report)["sound"] == "clean"


def test_clean_sound_is_less_noisy_and_at_its_loudness(restore, tmp_path):
    frames = np.full((75, 64, 64, 3), 90, np.uint8)
    tone = "aevalsrc='0.06*sin(2*PI*440*t)*between(mod(t,1),0,0.5)+0.004*(random(0)-0.5)':s=48000:d=3"
    source = write(tmp_path / "hiss.mp4", frames, sound=tone)
    made = restore(source, sound="clean")
    before, after = measure.film(source), measure.film(made)
    assert abs(after["loudness_lufs"] + 16) < 2 < abs(before["loudness_lufs"] + 16)
    assert after["loudness_lufs"] - after["noise_floor_db"] > before["loudness_lufs"] - before["noise_floor_db"] + 3
    assert sound.codec_of(made) == "aac"
