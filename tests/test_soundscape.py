"""Stable Audio, ACE-Step and Riffusion on random weights: what is asked of them arrives, at its exact length."""

from __future__ import annotations

import itertools
import wave

import numpy as np
import pytest

from pipelines import mastering, riffusion
from pipelines.base import Model
from pipelines.catalogue import find
from pipelines.draft.desk import RATE, write_wav
from pipelines.faults import TooLarge
from pipelines.soundscape import heard
from tiny import built
from tiny import riffusion as painted
from tiny import soundscape as tiny

KINDS = {t.name: t for t in [*tiny.TINY, *painted.TINY]}


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory):
    """Each of the tiny checkpoints by name, loaded once."""
    loaded = {}

    def get(name: str):
        if name not in loaded:
            folder = built(KINDS[name], tmp_path_factory.getbasetemp())
            model = Model(f"tiny-{name}", name, KINDS[name].task, KINDS[name].pipeline, repo=str(folder))
            loaded[name] = model.cls(model)
            loaded[name].load()
        return loaded[name]

    yield get
    for pipeline in loaded.values():
        pipeline.unload()


class Desk:
    def __init__(self, workdir):
        self.workdir = workdir

    def progress(self, fraction, note=""): ...


@pytest.fixture
def make(pipelines, tmp_path):
    numbers = itertools.count()

    def made(name: str, **options):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        pipeline = pipelines(name)
        wanted = pipeline.model.options(**{"seed": 3, **KINDS[name].options, **options})
        return [*pipeline.run(wanted, Desk(folder))]

    return made


def samples(path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768


@pytest.mark.parametrize(
    ("name", "seconds"), [("stable-audio", 1.2345), ("ace-step-turbo", 5.4321), ("riffusion", 1.01)]
)
def test_it_is_exact_to_the_sample_as_a_take_and_as_a_loop(make, name, seconds):
    for loop in (False, True):
        wav, flac = make(name, duration_s=seconds, loop=loop, format="flac")
        sound = samples(wav)
        assert sound.shape[-1] == round(seconds * RATE)
        assert mastering.read(flac, RATE, 2).shape == sound.shape
        across = np.abs(sound[:, 0] - sound[:, -1]).max()
        assert across <= np.abs(np.diff(sound)).max() if loop else np.abs(sound[:, -1]).max() < 0.01


@pytest.mark.parametrize("id", ["draft-music", "draft-sound"])
def test_the_draft_models_make_the_other_format_too(id, tmp_path):
    model = find(id)
    made = [*model.cls(model).run(model.options(prompt="rain", duration_s=1, seed=3, format="mp3"), Desk(tmp_path))]
    assert made[0].suffix == ".wav"
    assert mastering.read(made[-1], RATE, 2).shape == samples(made[0]).shape


@pytest.mark.parametrize(
    "asked",
    [{"prompt": "a quick march"}, {"lyrics": "[verse]\nSun"}, {"lyrics": ""}, {"language": "de"}, {"bpm": 140},
     {"key": "C major"}, {"metre": "3"}, {"guidance": 2}],
    ids=lambda asked: "-".join(asked),
)  # fmt: skip
def test_a_song_hears_what_it_is_asked(make, asked):
    assert make("ace-step", **asked)[0].read_bytes() != make("ace-step")[0].read_bytes()


def test_stable_audio_hears_what_should_not_be_in_it_and_how_long_it_is(make):
    takes = [make("stable-audio", **asked)[0] for asked in ({}, {"negative_prompt": "rain"}, {"guidance": 2})]
    assert len({take.read_bytes() for take in takes}) == 3


def test_more_than_stable_audio_can_make_is_refused_with_what_it_can(make, pipelines):
    with pytest.raises(TooLarge, match=r"3\.0 seconds at most") as refused:
        make("stable-audio", duration_s=4)
    assert "3.0 or less" in refused.value.advice


def test_what_is_decoded_piece_by_piece_is_what_would_be_at_once(pipelines, tmp_path):
    import torch

    vae = pipelines("ace-step-turbo").loaded.vae
    latents = torch.randn(1, 8, 600, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        whole = vae.decode(latents).sample[0].numpy()
    assert np.abs(heard(vae, latents, 24.0, Desk(tmp_path)) - whole).max() < 1e-3 * np.abs(whole).max()


# --- Riffusion -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Three seconds: a tone, silence, another tone."""
    second = np.arange(RATE) / RATE
    tones = [0.5 * np.sin(2 * np.pi * hz * second) for hz in (440, 0, 1760)]
    stereo = np.repeat(np.concatenate(tones)[None], 2, axis=0).astype(np.float32)
    return write_wav(tmp_path_factory.mktemp("recording") / "tones.wav", stereo)


def test_a_picture_of_a_recording_sounds_like_it(recording, tmp_path):
    sound = mastering.read(recording, riffusion.RATE, 1)[0]
    drawn = riffusion.picture(riffusion.spectrum(sound))
    assert drawn.shape[0] == 512
    assert drawn.shape[1] == pytest.approx(300, abs=2)
    again = riffusion.sounded(drawn, "cpu", Desk(tmp_path))
    thirds = [again[n * 44_100 + 8_000 : n * 44_100 + 36_000] for n in range(3)]
    assert thirds[1].std() < 0.05 * thirds[0].std()
    for third, hz in ((thirds[0], 440), (thirds[2], 1760)):
        loudest = np.abs(np.fft.rfft(third)).argmax() * riffusion.RATE / len(third)
        assert loudest == pytest.approx(hz, rel=0.02)


def test_riffusion_makes_something_else_of_a_recording(make, recording):
    takes = [
        make("riffusion", **asked)[0] for asked in ({}, {"source": recording}, {"source": recording, "strength": 1})
    ]
    assert len({take.read_bytes() for take in takes}) == 3


def test_past_a_picture_each_begins_with_half_of_the_one_before(pipelines, tmp_path):
    pipeline = pipelines("riffusion")
    options = pipeline.model.options(prompt="a slow waltz", seed=3, steps=2)
    one, three = (pipeline.painted(options, columns, Desk(tmp_path)) for columns in (500, 900))
    assert one.shape == (512, 512)
    assert three.shape == (512, 1024)
    assert np.array_equal(three[:, :512], one)
