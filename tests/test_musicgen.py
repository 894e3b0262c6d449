"""MusicGen and AudioGen on checkpoints of random weights: the networks are audiocraft's, only quicker; what is longer
than a window is one piece; takes are finished as asked."""

from __future__ import annotations

import hashlib
import itertools
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest

from pipelines import mastering
from pipelines.base import Model
from pipelines.faults import Unavailable, Unsupported
from pipelines.tokens import checkpoint, decoding
from pipelines.tokens.hearing import heard
from tiny import built
from tiny import musicgen as tiny

KINDS = {t.name: t for t in tiny.TINY}


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """The entry of one of the tiny checkpoints, by its name."""

    def entry(name: str) -> Model:
        folder = built(KINDS[name], tmp_path_factory.getbasetemp())
        pins = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.bin")}
        return Model(f"tiny-{name}", name, KINDS[name].task, KINDS[name].pipeline, repo=str(folder), hashes=pins)

    return entry


@pytest.fixture(scope="module")
def pipelines(model):
    """Each of them, loaded once."""
    loaded = {}

    def get(name: str):
        if name not in loaded:
            entry = model(name)
            loaded[name] = entry.cls(entry)
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
        wanted = pipeline.model.options(**{"prompt": "a slow waltz", "seed": 3, "duration_s": 1, **options})
        return [*pipeline.run(wanted, Desk(folder))]

    return made


def samples(path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48_000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768


# --- the networks ----------------------------------------------------------------------------------------------------


def conditions(loaded, tune=None):
    """What the network is told of two prompts, one of them nothing, as audiocraft does for its guidance."""
    from audiocraft.modules.conditioners import ClassifierFreeGuidanceDropout

    said, _ = loaded._prepare_tokens_and_attributes(["a slow waltz"], None)
    both = said + ClassifierFreeGuidanceDropout(p=1.0)(said)
    provider = loaded.lm.condition_provider
    return provider(provider.tokenize(both))


@pytest.mark.parametrize("name", KINDS)
def test_a_step_is_the_one_that_audiocraft_would_take(pipelines, name):
    import torch

    loaded = pipelines(name).loaded
    network, decoder = loaded.lm, loaded.lm._fsdp
    assert isinstance(decoder, decoding.Decoder)
    draw = torch.Generator().manual_seed(4)
    tokens = torch.randint(0, tiny.CARD, (2, network.num_codebooks, 9), generator=draw)
    pieces = [tokens[..., :4], *tokens[..., 4:].split(1, dim=-1)]
    told = conditions(loaded)
    decoder.steps = 20
    with torch.no_grad(), network.streaming(), checkpoint.standing_in():
        theirs = [network(piece, [], told) for piece in pieces]
    with torch.no_grad(), network.streaming():
        ours = [decoder(piece, [], told) for piece in pieces]
        at = decoder.done - 1
        again = decoder.whole(pieces[-1], torch.tensor([at]))  # as it is recorded for CUDA
    decoder.rest()
    for a, b in zip(theirs, ours, strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(again, ours[-1], atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", ["musicgen-named", "musicgen-stereo", "musicgen-melody"])
def test_a_checkpoint_of_transformers_is_the_same_network_here(pipelines, name):
    import torch
    import transformers

    loaded = pipelines(name).loaded
    kind = "MusicgenMelody" if "melody" in name else "Musicgen"
    theirs = getattr(transformers, f"{kind}ForConditionalGeneration").from_pretrained(pipelines(name).model.repo).eval()
    reader = loaded.lm.condition_provider.conditioners["description"].t5_tokenizer
    words = reader(["a slow waltz", ""], return_tensors="pt", padding=True)
    words["attention_mask"][1] = 0
    tokens = torch.randint(0, tiny.CARD, (2, loaded.lm.num_codebooks, 7), generator=torch.Generator().manual_seed(5))
    extra = {"input_features": torch.eye(12)[torch.zeros(2, 235, dtype=int)]} if "melody" in name else {}
    with torch.no_grad(), checkpoint.standing_in():
        expected = theirs(**words, **extra, decoder_input_ids=tokens.flatten(0, 1)).logits[:, -7:]
        found = loaded.lm(tokens, [], conditions(loaded))
        torch.testing.assert_close(found.flatten(0, 1), expected, atol=1e-4, rtol=1e-3)
        codes = tokens[:1, :4]
        sound = theirs.audio_encoder.decode(codes[None], [None])[0]
        codec = getattr(loaded.compression_model, "model", None) if "stereo" in name else loaded.compression_model
        torch.testing.assert_close(codec.decode(codes), sound)


def test_a_network_that_is_built_otherwise_is_left_to_audiocraft(pipelines):
    network = pipelines("musicgen-named").loaded.lm
    network.transformer.positional_embedding = "rope"
    try:
        assert decoding.quicken(network) is None
    finally:
        network.transformer.positional_embedding = "sin"


def test_audiocraft_works_without_xformers_and_leaves_none_behind():
    before = sys.modules.get("xformers")
    with checkpoint.standing_in():
        from xformers import ops

        assert ops.unbind
    assert sys.modules.get("xformers") is before
    assert checkpoint.audiocraft("models").MusicGen


def test_audiocrafts_own_steps_need_no_xformers_either(pipelines, make):
    network = pipelines("musicgen").loaded.lm
    quick = samples(make("musicgen")[0])
    decoder, network._fsdp = network._fsdp, None
    try:
        slow = samples(make("musicgen")[0])
    finally:
        network._fsdp = decoder
    assert slow.shape == quick.shape


def test_what_can_run_code_is_loaded_only_when_it_is_pinned(model):
    entry = model("musicgen")
    free = Model("free", "Free", "music", entry.pipeline, repo=entry.repo)
    with pytest.raises(Unsupported, match="run code"):
        free.cls(free).load()


def test_t5_is_found_beside_the_checkpoint_or_in_the_hubs_cache_and_else_asked_for(model, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert checkpoint.t5(Path(model("musicgen").repo), "t5-small").name == "t5"
    with pytest.raises(Unavailable, match="t5-large") as refused:
        checkpoint.t5(tmp_path, "t5-large")
    assert "hf download google-t5/t5-large" in refused.value.advice
    shelf = tmp_path / "models--google-t5--t5-large"
    for file, text in (("refs/main", "abc"), ("snapshots/abc/config.json", "{}")):
        (shelf / file).parent.mkdir(parents=True, exist_ok=True)
        (shelf / file).write_text(text)
    assert checkpoint.t5(tmp_path, "t5-large") == shelf / "snapshots" / "abc"


# --- what is longer than a window ------------------------------------------------------------------------------------


@pytest.fixture
def short_window(pipelines):
    """The window of a tiny MusicGen, two seconds long instead of thirty."""
    loaded = pipelines("musicgen").loaded
    loaded.max_duration, before = 2.0, loaded.max_duration
    yield loaded
    loaded.max_duration = before


def test_what_is_longer_than_a_window_goes_on_from_its_end(pipelines, short_window, tmp_path):
    import torch

    pipeline = pipelines("musicgen")
    options = pipeline.model.options(prompt="a slow waltz", seed=3, duration_s=7.3)

    def written(**other):
        torch.manual_seed(3)
        return pipeline.write(options.model_copy(update=other), Desk(tmp_path))

    long, short = written(), written(duration_s=2)
    assert long.shape[-1] == 365
    assert torch.equal(long[..., :100], short), "the first window is what it would be alone"
    assert torch.equal(written(), long), "the same seed, the same tokens"


def test_no_seam_is_heard_where_windows_or_stretches_meet(pipelines, short_window, make):
    import torch

    codec = short_window.compression_model
    tokens = torch.randint(0, tiny.CARD, (1, 4, 1300), generator=torch.Generator().manual_seed(6))
    asked = []

    class Listening:
        def __getattr__(self, name):
            return getattr(codec, name)

        def decode(self, codes, scale):
            asked.append(codes.shape[-1])
            return codec.decode(codes, scale)

    sound = heard(Listening(), tokens, lambda f: None)
    assert max(asked) <= 14 * 50, "so that memory does not grow with length"
    with torch.no_grad():
        whole = codec.decode(tokens, None)[0].numpy()
    assert sound.shape == whole.shape
    assert np.abs(sound - whole).max() < 0.02 * np.abs(whole).max()

    [take] = make("musicgen", duration_s=7.3)
    left = samples(take)[0]
    jumps = np.abs(np.diff(left))
    levels = 20 * np.log10([left[at : at + 2400].std() for at in range(0, 5 * 48_000, 2400)])
    turns = np.abs(np.diff(levels))
    for seam in (2.0, 3.2, 4.4):
        at, turn = round(seam * 48_000), round(seam / 0.05) - 1
        assert jumps[at - 50 : at + 50].max() < jumps.max(), "no click"
        assert turns[turn] < np.quantile(turns, 0.95), "no louder and no softer there than it is anywhere"


# --- the take --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duration_s", [1, 1.23456])
@pytest.mark.parametrize("name", ["musicgen", "musicgen-stereo", "audiogen"])
def test_it_is_exact_to_the_sample_and_as_loud_as_its_kind(make, name, duration_s):
    sound = samples(make(name, duration_s=duration_s)[0])
    assert sound.shape[-1] == round(duration_s * 48_000)
    assert np.abs(sound).max() <= 10 ** (-1 / 20)
    if name != "audiogen":
        assert pyloudnorm.Meter(48_000).integrated_loudness(sound.T) == pytest.approx(mastering.MUSIC_LUFS, abs=1)
    assert np.array_equal(*sound) == (name != "musicgen-stereo"), "stereo models make two channels"


def test_a_tune_is_followed(make, tmp_path):
    second = np.arange(48_000) / 48_000
    tunes = []
    for n, hz in enumerate((220, 330)):
        tone = np.repeat(0.5 * np.sin(2 * np.pi * hz * second)[None], 2, axis=0).astype(np.float32)
        tunes.append(mastering.desk.write_wav(tmp_path / f"{n}.wav", tone))
    alone, first, second = (
        make("musicgen-melody", **({"source": tune} if tune else {}))[0].read_bytes() for tune in (None, *tunes)
    )
    assert len({alone, first, second}) == 3


def test_a_file_without_sound_is_no_tune(make, tmp_path):
    nothing = tmp_path / "nothing.wav"
    nothing.write_bytes(b"RIFF")
    with pytest.raises(Unsupported, match="no sound"):
        make("musicgen-melody", source=nothing)


def test_a_loop_runs_on_from_its_end_into_its_start(make):
    closed, loop = (samples(make("musicgen", duration_s=3, loop=on)[0]) for on in (False, True))
    assert loop.shape == closed.shape
    across = np.abs(loop[:, 0] - loop[:, -1]).max()
    assert across <= np.abs(np.diff(loop)).max(), "the step from the last sample to the first is one like any other"
    assert np.abs(closed[:, -24:]).max() < 0.01 < np.abs(loop[:, -240:]).max()


@pytest.mark.parametrize("format", ["flac", "mp3", "ogg"])
def test_the_other_format_comes_beside_the_wav(make, format):
    wav, other = make("musicgen", format=format)
    assert (wav.suffix, other.suffix) == (".wav", f".{format}")
    original, again = samples(wav), mastering.read(other, 48_000, 2)
    with av.open(str(other)) as opened:
        stream = opened.streams.audio[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(1, abs=0.06 if format == "mp3" else 1e-6)
    if format != "ogg":  # ffmpeg's own Vorbis reader now and then leaves out the last block, others do not
        assert again.shape == original.shape
    if format == "flac":
        assert np.array_equal(np.round(again * 32768), np.round(original * 32768))
    assert make("musicgen", format=format)[1].read_bytes() == other.read_bytes()
