"""draft-sound: exact lengths, clean edges, sensible levels, and sounds told apart, near or far, light or heavy."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path

import numpy as np
import pytest

from pipelines.catalogue import find
from pipelines.draft.desk import RATE, loudness
from pipelines.draft.sounds.table import MOODS, SCENES, SOUNDS
from pipelines.draft.sounds.words import listen
from pipelines.faults import Cancelled, Invalid

MODEL = find("draft-sound")


class Bench:
    """A workdir, and what was said on the way."""

    def __init__(self, workdir: Path, stop_after: int = 10**9):
        self.workdir, self.stop_after = workdir, stop_after
        self.heard: list[tuple[float, str]] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        if len(self.heard) > self.stop_after:
            raise Cancelled


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """A prompt and options as sound, (2, samples); the bench and the bytes ride along on the function."""

    def made(prompt: str, **options) -> np.ndarray:
        made.bench = Bench(tmp_path_factory.mktemp("take"))
        [path] = MODEL.cls(MODEL).run(MODEL.options(prompt=prompt, **{"seed": 3, **options}), made.bench)
        made.bytes = path.read_bytes()
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768

    return made


@pytest.fixture(scope="module")
def library(make):
    """Every sound there is, by its own name."""
    return {name: make(name, duration_s=4) for name in SOUNDS}


def features(sound: np.ndarray) -> np.ndarray:
    """Where its energy lies, how tonal it is, and how it comes and goes, in steps that an ear would notice."""
    mono = sound.mean(axis=0)
    power = np.abs(np.fft.rfft(mono)) ** 2
    power /= power.sum()
    hz = np.fft.rfftfreq(len(mono), 1 / RATE)
    edges = np.geomspace(30, 16000, 13)
    bands = [10 * np.log10(power[(hz >= a) & (hz < b)].sum() + 1e-4) for a, b in itertools.pairwise(edges)]
    frames = np.sqrt((mono[: len(mono) // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1)) + 1e-5
    flat = np.exp(np.mean(np.log(power[(hz > 40) & (hz < 12000)] + 1e-12))) / power[(hz > 40) & (hz < 12000)].mean()
    pace = np.abs(np.fft.rfft(frames - frames.mean()))[: int(12 * len(mono) / RATE)]
    return np.array(
        [
            *(b / 6 for b in bands),
            10 * np.log10(flat) / 6,
            20 * np.log10(frames.max() / np.median(frames)) / 6,
            20 * np.log10(np.quantile(frames, 0.9) / np.quantile(frames, 0.1)) / 6,
            float(pace.argmax()) / 20,
        ]
    )


def centre(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    return float((np.fft.rfftfreq(sound.shape[1], 1 / RATE) * power).sum() / power.sum())


@pytest.mark.parametrize("duration", [0.5, 1.2345, 6.001])
@pytest.mark.parametrize("prompt", ["rain", "door", "car", "unheard-of gribble"])
@pytest.mark.parametrize("loop", [False, True])
def test_it_is_as_long_as_asked_to_the_sample(make, duration, prompt, loop):
    assert make(prompt, duration_s=duration, loop=loop).shape == (2, round(duration * RATE))


def test_the_same_recipe_makes_the_same_bytes_and_another_seed_another_take(make):
    written = []
    for seed in (5, 5, 6):
        make("wind and footsteps", duration_s=2, seed=seed)
        written.append(make.bytes)
    assert written[0] == written[1] != written[2]


def test_levels_are_sensible(library):
    for name, sound in library.items():
        assert np.abs(sound).max() < 10 ** (-1 / 20), name
        assert -32 < loudness(sound) < -18.5, name
        if SOUNDS[name].bed and name not in ("hail",):
            assert loudness(sound) > -23, name


def test_nothing_clicks_at_the_ends(library):
    for name, sound in library.items():
        assert np.abs(sound[:, 0]).max() < 0.003, name
        assert np.abs(sound[:, -4:]).max() < 0.001, name


@pytest.mark.parametrize(
    "prompt", ["rain", "wind", "engine", "crickets", "sea", "clock", "siren", "drone", "xqzt", "crowd in a cave"]
)
def test_a_loop_joins_its_own_start(make, prompt):
    sound = make(prompt, duration_s=3, loop=True)
    for side in sound:
        steps = np.abs(np.diff(side))
        assert abs(side[0] - side[-1]) <= np.quantile(steps, 0.9999) + 1e-4
        joined = np.abs(np.diff(np.concatenate([side[-4:], side[:4]]), 2))
        assert joined.max() <= np.abs(np.diff(side, 2)).max() + 1e-4


def test_every_sound_is_told_apart_from_every_other(library):
    heard = {name: features(sound) for name, sound in library.items()}
    apart = {(a, b): np.linalg.norm(heard[a] - heard[b]) for a, b in itertools.combinations(heard, 2)}
    closest = min(apart, key=apart.get)
    assert apart[closest] > 0.9, (closest, apart[closest])


def test_every_word_calls_its_sound():
    for sound in SOUNDS.values():
        for word in sound.words:
            assert sound.name in [layer.sound.name for layer in listen(f"the {word}").layers], word
    for word, names in {**SCENES, **MOODS}.items():
        assert {layer.sound.name for layer in listen(word).layers} == set(names), word


def test_several_sounds_are_mixed_each_with_its_own_words():
    heard = listen("heavy rain with distant thunder and slow footsteps in a cathedral")
    rain, thunder, steps = heard.layers
    assert [layer.sound.name for layer in heard.layers] == ["rain", "thunder", "footsteps"]
    assert rain.weight > 0.9
    assert not rain.far
    assert thunder.far
    assert steps.pace < 1
    assert heard.room_s > 3
    assert heard.note == "rain + distant thunder + footsteps, 5.5 s of echo"


def test_far_off_is_duller_heavy_is_stronger_and_fast_is_faster(make):
    assert centre(make("distant glass", duration_s=3)) < 0.6 * centre(make("glass", duration_s=3))
    assert centre(make("muffled applause", duration_s=2)) < 0.5 * centre(make("applause", duration_s=2))
    both = [make(f"{how} wind and sine tone", duration_s=4) for how in ("light", "heavy")]
    tone = [np.abs(np.fft.rfft(s.mean(axis=0)))[440 * 4] / s.std() for s in both]
    assert tone[0] > 1.3 * tone[1]

    def blows(prompt: str) -> int:
        frames = np.abs(make(prompt, duration_s=5).mean(axis=0)).reshape(-1, 1200).max(axis=1)
        loud = frames > 0.25 * frames.max()
        return int((loud[1:] & ~loud[:-1]).sum())

    assert blows("fast footsteps") > blows("footsteps") > blows("slow footsteps")


def test_a_cave_rings_on(make):
    def tail(prompt: str) -> float:
        sound = make(prompt, duration_s=4)
        return float(
            (sound[:, int(1.6 * RATE) : int(2.2 * RATE)] ** 2).mean() / (sound[:, : int(1.2 * RATE)] ** 2).mean()
        )

    assert tail("slow knock in a cave") > 10 * tail("slow knock")


def test_unknown_words_get_a_texture_of_their_own_and_the_note_says_so(make):
    first = make("blorptastic zumble", duration_s=3)
    assert "blorptastic" in make.bench.heard[-1][1]
    assert "texture" in make.bench.heard[-1][1]
    other = make("quixotic plinth", duration_s=3)
    assert np.linalg.norm(features(first) - features(other)) > 0.9
    make("rain", duration_s=1)
    assert make.bench.heard[-1] == (1.0, "rain")


def test_a_cancel_gets_through_and_progress_only_grows(make, tmp_path):
    make("storm in a tunnel", duration_s=2)
    fractions = [f for f, _ in make.bench.heard]
    assert fractions == sorted(fractions)
    with pytest.raises(Cancelled):
        list(MODEL.cls(MODEL).run(MODEL.options(prompt="crowd", seed=1), Bench(tmp_path, stop_after=3)))


@pytest.mark.parametrize("wrong", [{"prompt": ""}, {"duration_s": 0.1}, {"duration_s": 121}, {"volume": 3}])
def test_what_cannot_be_made_is_refused(wrong):
    with pytest.raises(Invalid):
        MODEL.options(**{"prompt": "rain", **wrong})


def test_any_words_make_a_sound(make):
    for prompt in ("🌧️", "…", "a the of", "distant", "in a", "rain " * 700, "heavy\x00slow"):
        assert np.abs(make(prompt, duration_s=0.7)).max() > 0.01
