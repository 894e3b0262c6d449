"""What the timeline lays along its clips: where music's beats fall, and a film's pictures side by side."""

from __future__ import annotations

import subprocess
import wave

import numpy as np
import pytest
from PIL import Image

from pipelines.ffmpeg import binary
from studio.library.filmstrip import FRAMES, NotMoving
from studio.library.views import NoSound
from studio.types import Recipe


def drum(path, bpm: float, seconds: float = 12, rate: int = 22_050) -> None:
    """A wav file of short noises, `bpm` a minute, the first at half a second, over a hum."""
    noise, sound = np.random.default_rng(4), 0.02 * np.sin(np.arange(int(rate * seconds)) * 0.05)
    for at in np.arange(0.5, seconds - 0.2, 60 / bpm):
        first = round(at * rate)
        sound[first : first + 800] += noise.normal(0, 0.2, 800) * np.linspace(1, 0, 800)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32_000).astype("<i2").tobytes())


@pytest.mark.parametrize("bpm", [84, 128])
def test_beats_fall_where_the_drum_is_struck(studio, tmp_path, bpm):
    drum(tmp_path / "a.wav", bpm)
    asset = studio.library.add(tmp_path / "a.wav")
    found = studio.library.beats(asset.id)
    assert found["bpm"] == pytest.approx(bpm, rel=0.02)
    struck = np.arange(0.5, 11.8, 60 / bpm)
    assert len(found["beats"]) >= len(struck) - 2
    assert all(np.abs(struck - beat).min() < 0.04 for beat in found["beats"])
    assert studio.library.beats(asset.id) == found


def test_a_recipe_that_names_its_tempo_is_believed(studio, tmp_path):
    drum(tmp_path / "a.wav", 160)
    recipe = Recipe(model="draft-music", revision="1", options={"prompt": "drum", "bpm": 80.0})
    assert studio.library.beats(studio.library.add(tmp_path / "a.wav", recipe=recipe).id)["bpm"] == 80


@pytest.mark.parametrize("seconds", [0.2, 0.75, 0.9, 1.0, 1.1, 1.3])
def test_a_sound_too_short_for_a_pulse_is_heard_all_the_same(studio, tmp_path, seconds):
    drum(tmp_path / "a.wav", 240, seconds)
    assert len(studio.library.beats(studio.library.add(tmp_path / "a.wav").id)["beats"]) <= seconds * 4


def test_silence_has_no_beats_and_a_picture_none_to_look_for(studio, tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    assert studio.library.beats(studio.library.add(tmp_path / "a.wav").id) == {"bpm": 0.0, "beats": []}
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    still = studio.library.add(tmp_path / "a.png")
    with pytest.raises(NoSound):
        studio.library.beats(still.id)
    with pytest.raises(NotMoving):
        studio.library.filmstrip(still.id)


def test_a_filmstrip_shows_the_film_from_left_to_right(studio, tmp_path):
    halves = "color=red:s=64x36:d=1[a];color=blue:s=64x36:d=1[b];[a][b]concat"
    film = tmp_path / "a.mp4"
    subprocess.run([binary(), "-v", "error", "-f", "lavfi", "-i", halves, "-pix_fmt", "yuv420p", film], check=True)
    with Image.open(studio.library.filmstrip(studio.library.add(film).id)) as strip:
        wide = strip.width // FRAMES
        seen = [strip.convert("RGB").getpixel((n * wide + wide // 2, 36)) for n in range(FRAMES)]
    assert strip.size == (128 * FRAMES, 72)
    assert [red > blue for red, _, blue in seen] == [True] * 12 + [False] * 12
