"""What sound is put through, beside the textbook's own formulas; and what is simply cut does not click."""

import math
import re
import subprocess

import numpy as np
import pytest
from scipy.signal import freqz

from pipelines.ffmpeg import binary
from studio.timeline.export import flipbook
from studio.timeline.export.export import export
from studio.timeline.export.presets import ExportSettings
from studio.timeline.export.segments import sound_key
from studio.timeline.model import Timeline
from studio.timeline.sound.mix import CUT, Mix
from studio.timeline.sound.treatment import COMPRESSOR, EQ
from studio.timeline.values import COMPRESSORS, EQS
from studio.types import Asset
from test_export import record, tone

RATE = 48000


def sounds(folder, **given):
    found = {}
    for name, samples in given.items():
        path = folder / f"{name}.wav"
        record(path, samples)
        found[name] = Asset(
            id=name, kind="audio", name=name, mime="", bytes=1, path=path, duration_s=len(samples) / RATE
        )
    return found


def film(*items, **track):
    rows = [{"kind": "audio", "items": [{"type": "clip", "asset": "a", **item} for item in items], **track}]
    return Timeline.parse({"version": 1, "fps": "30/1", "loudness_lufs": None, "tracks": rows})


def mixed(timeline, media):
    return np.concatenate(list(Mix(timeline, media).blocks()))


def level(samples):
    return 10 * math.log10(float((samples.astype(float) ** 2).mean()) + 1e-12)


def cookbook(name, said):
    """The coefficients of R. Bristow-Johnson's Audio EQ Cookbook for one of ffmpeg's filters."""
    facts = {key: value for key, _, value in (part.partition("=") for part in said.split(":"))}
    w, a = 2 * math.pi * float(facts["f"]) / RATE, 10 ** (float(facts.get("g", 0)) / 40)
    alpha, c = math.sin(w) / (2 * float(facts.get("w", 0.7071))), math.cos(w)
    root = 2 * math.sqrt(a) * alpha
    if name == "highpass":
        return [(1 + c) / 2, -(1 + c), (1 + c) / 2], [1 + alpha, -2 * c, 1 - alpha]
    if name == "lowpass":
        return [(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha]
    if name == "equalizer":
        return [1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a]
    s = -1 if name == "highshelf" else 1
    b = [
        a * (a + 1 - s * (a - 1) * c + root),
        s * 2 * a * (a - 1 - s * (a + 1) * c),
        a * (a + 1 - s * (a - 1) * c - root),
    ]
    return b, [a + 1 + s * (a - 1) * c + root, -s * 2 * (a - 1 + s * (a + 1) * c), a + 1 + s * (a - 1) * c - root]


@pytest.mark.parametrize("name", EQS)
def test_an_equalizer_is_as_loud_at_every_pitch_as_its_formulas_say(tmp_path, name):
    for hertz in (60, 250, 1000, 3500, 9000):
        media = sounds(tmp_path, a=tone(hertz, 1, 0.1))
        plain, made = (mixed(film({"frames": 30, **eq}), media)[RATE // 2 :] for eq in ({}, {"eq": name}))
        want = sum(20 * math.log10(abs(freqz(*cookbook(*step), [hertz], fs=RATE)[1][0])) for step in EQ[name])
        if want > -60:
            assert level(made) - level(plain) == pytest.approx(want, abs=0.2), hertz


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_compressor_leaves_the_quiet_and_divides_what_is_above_its_threshold(tmp_path, name):
    said = dict(part.split("=") for part in COMPRESSOR[name][1].split(":"))
    threshold, makeup = (20 * math.log10(float(said[key])) for key in ("threshold", "makeup"))
    for peak in (-50, -40, -12, -6):
        media = sounds(tmp_path, a=tone(1000, 2, 10 ** (peak / 20)))
        got = 20 * math.log10(np.abs(mixed(film({"frames": 60, "compressor": name}), media)[RATE:]).max())
        over = max(0, peak - threshold)
        assert got == pytest.approx(peak - over * (1 - 1 / float(said["ratio"])) + makeup, abs=0.7), peak


@pytest.mark.parametrize(("name", "least", "noise"), [("light", 8, -50), ("strong", 18, -45)])
def test_noise_is_taken_from_the_pauses_and_speech_stays_where_it_was(tmp_path, name, least, noise):
    spoken = tone(500, 4, 0.3) * ((np.arange(4 * RATE) // RATE) % 2)[:, None]
    hiss = np.random.default_rng(7).normal(0, 10 ** (noise / 20), (4 * RATE, 1))
    media = sounds(tmp_path, a=spoken + hiss)
    plain, made = (mixed(film({"frames": 120, **more}), media) for more in ({}, {"denoise": name}))
    pause, word = slice(2 * RATE + 9000, 3 * RATE - 9000), slice(RATE + 9000, 2 * RATE - 9000)
    assert level(plain[pause]) - level(made[pause]) > least
    assert level(made[word]) == pytest.approx(level(plain[word]), abs=0.1)
    late = np.correlate(made[word, 0], plain[RATE + 9000 - 60 : 2 * RATE - 9000 + 60, 0], "valid").argmax() - 60
    assert abs(late) <= 1, "and no later than it was"


def test_a_track_treats_all_that_lies_on_it_and_the_same_sound_comes_out_every_time(tmp_path):
    media = sounds(tmp_path, a=np.random.default_rng(2).normal(0, 0.1, (3 * RATE, 2)))
    own = film(
        {"frames": 40, "eq": "warm", "compressor": "voice"},
        {"frames": 40, "in": 7, "eq": "warm", "compressor": "voice"},
    )
    rows = film({"frames": 40}, {"frames": 40, "in": 7}, eq="warm", compressor="voice")
    assert np.array_equal(mixed(own, media), mixed(rows, media))
    assert np.array_equal(mixed(rows, media), mixed(rows, media))
    keys = {
        sound_key(timeline, media, "mp4") for timeline in (own, rows, film({"frames": 40}, {"frames": 40, "in": 7}))
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    "more", [{"eq": "voice"}, {"compressor": "gentle"}, {"eq": "telephone", "compressor": "strong"}]
)
def test_the_previews_windows_sound_as_the_whole_does(tmp_path, more):
    media = sounds(tmp_path, a=np.random.default_rng(2).normal(0, 0.1, (6 * RATE, 2)))
    timeline = film({"frames": 170, **more})
    whole, part = mixed(timeline, media), flipbook.sound(timeline, media, 120, 160)
    assert level(part - whole[4 * RATE : 4 * RATE + len(part)]) < level(whole) - 40


def test_two_halves_of_a_sound_come_out_as_that_sound(tmp_path):
    media = sounds(tmp_path, a=np.random.default_rng(2).normal(0, 0.1, (3 * RATE, 2)))
    whole = mixed(film({"frames": 80}), media)
    cut = mixed(film({"frames": 31}, {"frames": 49, "in": 31}), media)
    assert np.abs(whole - cut).max() < 1e-6


def test_a_hard_cut_does_not_click(tmp_path):
    media = sounds(tmp_path, a=np.tile(tone(100, 3, 0.5), (1, 2)))
    jump = mixed(film({"frames": 31}, {"frames": 29, "in": 47}), media)
    step = 0.5 * 2 * math.pi * 100 / RATE
    assert np.abs(np.diff(jump, axis=0)).max() < 2 * step + 1 / CUT


def test_an_export_is_as_loud_as_it_is_asked_to_be_whatever_the_film_says(tmp_path):
    media = sounds(tmp_path, a=np.random.default_rng(2).normal(0, 0.02, (6 * RATE, 2)))
    timeline = film({"frames": 170})
    for asked in (-14, -16, -23):
        settings = ExportSettings(loudness_lufs=asked)
        made = export(
            timeline, media, tmp_path / "f.wav", workdir=tmp_path / "w", cache=tmp_path / "c", settings=settings
        )
        told = subprocess.run(
            [binary(), "-hide_banner", "-nostats", "-i", str(made.path), "-af", "ebur128=peak=true", "-f", "null", "-"],
            capture_output=True, text=True, check=True,
        ).stderr.rpartition("Summary:")[2]  # fmt: skip
        loud, peak = (float(re.search(pattern, told)[1]) for pattern in (r"I:\s+(\S+) LUFS", r"Peak:\s+(\S+) dBFS"))
        assert loud == pytest.approx(asked, abs=0.5)
        assert peak <= -1
