"""draft-music: exact lengths, the tempo, key and players asked for, real endings, seamless loops, distinct genres."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path

import numpy as np
import pytest
import symusic

from pipelines.catalogue import find
from pipelines.draft.desk import RATE, loudness
from pipelines.draft.score.brief import read
from pipelines.draft.score.genres import GENRES
from pipelines.draft.score.harmony import KEYS
from pipelines.draft.soundfont import SoundFont, bundled
from pipelines.faults import Cancelled, Invalid

MODEL = find("draft-music")


class Bench:
    """A workdir, and what was said on the way."""

    def __init__(self, workdir: Path, stop_after: int = 10**9):
        self.workdir, self.stop_after = workdir, stop_after
        self.heard: list[tuple[float, str]] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        if len(self.heard) > self.stop_after:
            raise Cancelled


class Take:
    def __init__(self, folder: Path, **options):
        folder.mkdir(parents=True, exist_ok=True)
        self.bench = Bench(folder)
        self.files = list(MODEL.cls(MODEL).run(MODEL.options(**options), self.bench))
        with wave.open(str(self.files[0])) as file:
            self.format = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            self.sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768
        self.score = symusic.Score(str(self.files[1]))

    @property
    def bpm(self) -> float:
        return self.score.tempos[0].qpm

    @property
    def score_s(self) -> float:
        return self.score.end() / self.score.ticks_per_quarter * 60 / self.bpm

    def track(self, name: str):
        return next(t for t in self.score.tracks if t.name == name)


@pytest.fixture
def take(tmp_path):
    numbers = itertools.count()
    return lambda **options: Take(tmp_path / str(next(numbers)), **{"seed": 1, **options})


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Every genre, seven seconds of it."""
    home = tmp_path_factory.mktemp("album")
    return {
        name: Take(home / str(i), prompt="a piece for a film", genre=name, duration_s=7, seed=4)
        for i, name in enumerate(GENRES)
    }


def onsets(sound: np.ndarray) -> np.ndarray:
    """How much starts in each hundredth of a second."""
    step = RATE // 100
    frames = sound.mean(axis=0)[: sound.shape[1] // step * step].reshape(-1, step)
    spectra = np.log1p(100 * np.abs(np.fft.rfft(frames * np.hanning(step))) / step)
    return np.maximum(0, np.diff(spectra, axis=0)).sum(axis=1)


def features(take: Take) -> np.ndarray:
    """Tempo, brightness, lows, highs and busyness, each in steps that an ear would notice."""
    mono = take.sound.mean(axis=0)
    power = np.abs(np.fft.rfft(mono)) ** 2
    hz = np.fft.rfftfreq(len(mono), 1 / RATE)
    power /= power.sum()
    centre = (np.log2(np.maximum(hz, 20)) * power).sum()
    spread = np.sqrt(((np.log2(np.maximum(hz, 20)) - centre) ** 2 * power).sum())
    bands = [
        10 * np.log10(power[(hz >= a) & (hz < b)].sum() + 1e-5)
        for a, b in ((20, 150), (150, 600), (600, 2500), (2500, 16000))
    ]
    flux = onsets(take.sound)
    busy = float((flux > flux.mean() + flux.std()).mean())
    return np.array([12 * np.log2(take.bpm) / 2, 2 * centre, 2 * spread, *(b / 3 for b in bands), 40 * busy])


@pytest.mark.parametrize("duration", [1, 1.37, 7.77, 33.333])
@pytest.mark.parametrize("loop", [False, True])
def test_it_is_as_long_as_asked_to_the_sample_and_its_score_too(take, duration, loop):
    made = take(prompt="gentle folk", duration_s=duration, loop=loop)
    assert [f.suffix for f in made.files] == [".wav", ".mid"]
    assert made.format == (2, 2, RATE)
    assert made.sound.shape[1] == round(duration * RATE)
    assert made.score_s == pytest.approx(duration, abs=0.003)


def test_the_same_recipe_makes_the_same_bytes_and_another_seed_other_music(take):
    first, again, other = (take(prompt="bossa nova", duration_s=4, seed=s) for s in (7, 7, 8))
    assert [f.read_bytes() for f in first.files] == [f.read_bytes() for f in again.files]
    assert first.files[0].read_bytes() != other.files[0].read_bytes()
    assert first.files[1].read_bytes() != other.files[1].read_bytes()


def test_every_genre_is_chosen_by_its_name_and_there_are_enough(album):
    assert len(GENRES) >= 15
    for genre in GENRES.values():
        for word in genre.words:
            assert read(f"some {word} please", np.random.default_rng(0), "auto", 0, "auto", 9, False).genre is genre
    assert all(made.bench.heard[-1][1].startswith(name) for name, made in album.items())


def test_genres_sound_unlike_each_other(album):
    heard = {name: features(made) for name, made in album.items()}
    near = {(a, b): np.linalg.norm(heard[a] - heard[b]) for a, b in itertools.combinations(heard, 2)}
    closest = min(near, key=near.get)
    assert near[closest] > 0.8, (closest, near[closest])


def test_levels_are_sensible_and_nothing_clips(album):
    for name, made in album.items():
        assert -17.5 < loudness(made.sound) < -14.5, name
        assert np.abs(made.sound).max() < 10 ** (-1 / 20), name
        assert abs(made.sound.mean()) < 0.003, name


def test_it_ends_a_chord_dies_away_to_nothing(album):
    for name, made in album.items():
        parts = np.sqrt((made.sound[:, -RATE * 2 :] ** 2).reshape(2, 8, -1).mean(axis=(0, 2)))
        assert parts[-1] < 0.2 * parts[0] + 1e-4, name
        assert np.abs(made.sound[:, -20:]).max() < 0.002, name
        last = max(made.score.tracks, key=lambda t: max(n.end for n in t.notes) if not t.is_drum else 0)
        assert max(n.end for n in last.notes) == made.score.end()


@pytest.mark.parametrize("genre", ["techno", "ambient", "waltz"])
def test_a_loop_joins_its_own_start(take, genre):
    made = take(prompt=genre, duration_s=9, loop=True)
    mono = made.sound.mean(axis=0)
    twice = np.concatenate([mono[-RATE // 2 :], mono[: RATE // 2]])
    jump = abs(mono[0] - mono[-1])
    assert jump <= np.quantile(np.abs(np.diff(mono)), 0.9999) + 1e-4
    bend = np.abs(np.diff(twice, 2))
    assert bend[RATE // 2 - 3 : RATE // 2 + 2].max() <= np.abs(np.diff(mono, 2)).max()
    beats = made.bpm / 60 * 9
    assert beats == pytest.approx(round(beats), abs=0.01)
    ends = np.sqrt([np.mean(mono[-RATE // 4 :] ** 2), np.mean(mono**2)])
    assert ends[0] > 0.15 * ends[1]  # it does not fade


@pytest.mark.parametrize(
    ("options", "bpm"),
    [
        ({"prompt": "house at 124 bpm"}, 124),
        ({"prompt": "techno", "bpm": 131}, 131),
        ({"prompt": "rock at 97 bpm", "bpm": 120}, 120),
    ],
)
def test_a_stated_tempo_is_in_the_score_and_in_the_sound(take, options, bpm):
    made = take(**options, duration_s=16)
    assert made.bpm == pytest.approx(bpm, abs=0.01)
    flux = onsets(made.sound)
    flux = flux - flux.mean()

    def alike(beats_per_minute: float) -> float:
        lag = 6000 / beats_per_minute * 4  # a bar
        return float(np.mean([np.dot(flux[: -round(lag * n)], flux[round(lag * n) :]) for n in (1, 2)]))

    stated = alike(bpm)
    assert stated > 0
    assert all(stated > alike(bpm * off) for off in (0.93, 0.96, 1.04, 1.07))


@pytest.mark.parametrize(
    ("prompt", "tonic", "minor"),
    [("piano in D minor", 2, True), ("folk, Bb major", 10, False), ("pop in F# minor", 6, True)],
)
def test_the_key_is_kept(take, prompt, tonic, minor):
    made = take(prompt=prompt, duration_s=12)
    scale = {(tonic + s) % 12 for s in ((0, 2, 3, 5, 7, 8, 10) if minor else (0, 2, 4, 5, 7, 9, 11))}
    pitches = [n.pitch % 12 for t in made.score.tracks if not t.is_drum for n in t.notes]
    assert np.mean([p in scale for p in pitches]) > 0.9
    lowest = min(
        (n for t in made.score.tracks if not t.is_drum for n in t.notes if n.end == made.score.end()),
        key=lambda n: n.pitch,
    )
    assert lowest.pitch % 12 == tonic  # and it comes home


def test_the_key_option_wins_over_the_prompt(take):
    made = take(prompt="piano in D minor", key="E major", duration_s=3)
    assert "E major" in made.bench.heard[-1][1]
    assert len(KEYS) == 24


def test_who_plays_is_as_asked(take):
    made = take(prompt="rock with cello and piano, no drums", duration_s=8)
    assert {t.program for t in made.score.tracks} >= {42, 0}
    assert not any(t.is_drum for t in made.score.tracks)
    assert any(t.is_drum for t in take(prompt="rock", duration_s=8).score.tracks)
    assert {t.program for t in take(prompt="solo violin", duration_s=8).score.tracks} == {40}
    assert {t.name for t in take(prompt="solo piano", duration_s=8).score.tracks} == {"lead", "chords", "bass"}
    assert any(t.is_drum for t in take(prompt="jazz trio with upright bass", duration_s=8).score.tracks)
    assert {t.program for t in take(prompt="flute and harp duet", duration_s=8).score.tracks} == {73, 46}


def test_structure_words_shape_its_loudness(take):
    def halves(prompt: str) -> float:
        sound = take(prompt=prompt, duration_s=24).sound[:, : 20 * RATE]
        first, second = np.sqrt((sound.reshape(2, 2, -1) ** 2).mean(axis=(0, 2)))
        return 20 * np.log10(second / first)

    assert halves("cinematic crescendo") > halves("steady cinematic background") + 2


def test_instruments_are_in_tune():
    font = SoundFont(bundled())
    for program, pitch in ((0, 60), (40, 69), (24, 52), (73, 81), (33, 40), (48, 57)):
        sound = font.record(0, program, pitch, 1.4).mean(axis=0)[4800:]
        power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 18))
        hz = np.fft.rfftfreq(1 << 18, 1 / RATE)
        wanted = 440 * 2 ** ((pitch - 69) / 12)
        near = (hz > wanted * 0.94) & (hz < wanted * 1.06)
        found = hz[near][power[near].argmax()]
        assert abs(1200 * np.log2(found / wanted)) < 15, (program, pitch)


def test_a_cancel_gets_through_and_progress_only_grows(tmp_path, take):
    made = take(prompt="jazz", duration_s=6)
    fractions = [f for f, _ in made.bench.heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    with pytest.raises(Cancelled):
        list(MODEL.cls(MODEL).run(MODEL.options(prompt="jazz", seed=1), Bench(tmp_path, stop_after=4)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"duration_s": 0.5},
        {"duration_s": 601},
        {"genre": "polka-core"},
        {"key": "H major"},
        {"bpm": -3},
    ],
)
def test_what_cannot_be_played_is_refused(wrong):
    with pytest.raises(Invalid):
        MODEL.options(**{"prompt": "jazz", **wrong})


def test_any_words_make_music(take):
    for prompt in (
        "🎻🔥",
        "no drums, no bass, no melody, no pads, no chords",
        "1234567890 bpm",
        "A" * 4000,
        "without",
        "in b minor\x00",
    ):
        made = take(prompt=prompt, duration_s=2.5)
        assert np.abs(made.sound).max() > 0.01
