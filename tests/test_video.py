"""The shot models: lengths exact to the frame, where a shot begins and ends, and what the file holds."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from pipelines import cosmos, ffmpeg, frames, ltx
from pipelines.base import Model
from pipelines.catalogue import find, for_task
from pipelines.faults import Invalid
from pipelines.frames import Sound
from pipelines.own import Entry
from test_families import Here
from tiny import cosmos as tiny_cosmos
from tiny import wan

WORDS = {"prompt": "a lighthouse at dusk"}
SMALL = {**WORDS, "width": 128, "height": 128, "steps": 2, "duration_s": 0.5, "seed": 7}
SHOTS = [model for model in for_task("video") if model.repo]


@pytest.fixture
def picture(tmp_path) -> Path:
    Image.linear_gradient("L").resize((96, 64)).convert("RGB").save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.fixture
def film(tmp_path) -> Path:
    """Two seconds at 24 frames, each greyer than the one before by 5."""
    with ffmpeg.feeding(frames.arguments(tmp_path / "film.mp4", 64, 64, 24)) as pipe:
        for n in range(48):
            pipe.write(bytes([5 * n]) * (64 * 64 * 3))
    return tmp_path / "film.mp4"


def loaded(pipeline: str, build, folder: Path):
    build(folder)
    model = Model("tiny", "Tiny", "video", pipeline, repo=str(folder))
    made = model.cls(model)
    made.load()
    return made, model


# --- frames ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "stride", "made"), [(80, 4, 81), (81, 4, 81), (82, 4, 85), (1, 4, 1), (120, 8, 121), (2, 8, 9)]
)
def test_a_network_makes_the_next_length_that_it_can(wanted, stride, made):
    assert frames.reach(wanted, stride) == made


@pytest.mark.parametrize(("there", "kept"), [(1, 1), (8, 1), (9, 9), (16, 9), (17, 17)])
def test_of_a_film_as_many_frames_are_taken_as_the_network_reads(there, kept):
    assert frames.reach(there, 8, most=there) == kept


def test_a_shot_with_both_ends_keeps_its_first_and_its_last_frame():
    kept = frames.among(81, 80)
    assert (len(kept), kept[0], kept[-1]) == (80, 0, 80)
    assert max(b - a for a, b in pairwise(kept)) <= 2
    assert frames.among(9, 1) == [0]


def test_the_last_frames_of_a_film_are_found_at_another_rate_too(film):
    greys = [np.asarray(image).mean() for image in frames.last(film, 5, 24, 32, 32)]
    assert greys == pytest.approx([5 * n for n in range(43, 48)], abs=2)
    assert len(frames.last(film, 9, 12, 32, 48)) == 9
    assert frames.last(film, 9, 12, 32, 48)[-1].size == (32, 48)


def test_of_a_film_that_is_shorter_all_frames_are_taken(film):
    assert len(frames.last(film, 99, 24, 32, 32)) == 48


def test_what_is_no_film_is_refused_in_words(picture, tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"not a film")
    with pytest.raises(frames.UnreadableFilm, match=r"no\.mp4"):
        frames.last(tmp_path / "no.mp4", 1, 24, 32, 32)


# --- the file --------------------------------------------------------------------------------------------------------


def test_a_shot_is_written_whole_tagged_and_nearly_without_loss(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 128, dtype=np.uint8)[None, :, None], (64, 1, 3))
    tone = np.sin(np.arange(8000) / 5, dtype=np.float32)
    heard = frames.lasting(Sound(np.stack([tone, tone]), 16000), 25 / 24)
    path = frames.write(tmp_path / "shot.mp4", (ramp.tobytes() for _ in range(25)), 128, 64, 24, heard)
    with av.open(path) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        pictures = [*container.decode(video)]
        assert [round(float(p.pts * video.time_base) * 24) for p in pictures] == list(range(25))
        context = video.codec_context
        assert (context.pix_fmt, context.colorspace, context.color_primaries, context.color_trc) == ("yuv420p", 1, 1, 1)
        error = pictures[12].to_ndarray(format="rgb24").astype(float) - ramp
        assert 10 * np.log10(255**2 / (error**2).mean()) > 40
        assert float(audio.duration * audio.time_base) == pytest.approx(25 / 24, abs=0.001)
    listen = [ffmpeg.binary(), *ffmpeg.QUIET, "-i", path, "-f", "f32le", "-ac", "1", "pipe:1"]
    samples = np.frombuffer(subprocess.run(listen, capture_output=True, check=True).stdout, np.float32)
    assert np.abs(samples[:20000]).max() > 0.9, "the sound begins with the picture"
    assert np.abs(samples[28000:]).max() < 0.01, "and silence follows where there is no more of it"


def test_sound_begins_where_the_shot_begins_and_lasts_as_long():
    sound = Sound(np.arange(10, dtype=np.float32)[None], 10)
    assert frames.lasting(sound, 0.3, start=0.5).samples.tolist() == [[5, 6, 7]]
    assert frames.lasting(sound, 0.3, start=0.8).samples.tolist() == [[8, 9, 0]]


# --- what may be asked for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "made"), [("wan-2.1-1.3b", (1280, 720)), ("ltx-video", (1280, 704))])
def test_a_size_is_brought_to_the_nearest_that_the_model_makes(model, made):
    options = find(model).options(**WORDS, width=1283, height=719)
    assert (options.width, options.height) == made


@pytest.mark.parametrize("model", SHOTS, ids=lambda model: model.id)
def test_what_a_shot_model_cannot_do_is_refused_when_it_is_asked_for(model, picture, film):
    takes = model.cls.Options.model_fields
    given = {name: file for name, file in (("start", picture), ("source", film), ("end", picture)) if name in takes}
    if "source" in given:
        with pytest.raises(Invalid, match="start"):
            model.options(**WORDS, **given)
        assert model.options(**WORDS, **{name: given[name] for name in given if name != "source"}).start == picture
    else:
        with pytest.raises(Invalid, match="start"):
            model.options(**WORDS, start=picture)


@pytest.mark.parametrize(("model", "lacks"), [("wan-2.1-i2v", "start"), ("wan-2.1-between", "end")])
def test_a_model_that_needs_a_picture_says_so(model, lacks, picture):
    given = {} if lacks == "start" else {"start": picture}
    with pytest.raises(Invalid, match=f"{lacks}: "):
        find(model).options(**WORDS, **given)


def test_the_sides_of_the_form_move_in_the_steps_of_the_model():
    assert find("ltx-2").schema()["properties"]["width"]["multipleOf"] == 32


# --- going on --------------------------------------------------------------------------------------------------------


@pytest.fixture
def either(tmp_path):
    return loaded("pipelines.wan:WanEither", wan.EITHER, tmp_path / "weights")


def test_words_and_pictures_are_read_by_the_same_weights_in_their_own_precision(either):
    import torch

    pipeline, _ = either
    other = pipeline.other("WanImageToVideoPipeline")
    assert other.transformer is pipeline.loaded.transformer
    assert other.vae is pipeline.loaded.vae
    assert other.config.expand_timesteps
    assert pipeline.loaded.vae.dtype == torch.float32


def test_a_shot_that_goes_on_from_a_film_does_not_show_its_end_again(either, film, picture, tmp_path):
    pipeline, model = either
    context = Here(tmp_path / "work")
    options = model.options(**SMALL, source=film)
    shot = pipeline.shot(options, context)
    assert (len(shot.past), shot.frames) == (1, 13), "the film's last frame, and twelve after it"
    [path] = pipeline.run(options, context)
    with av.open(path) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12


def test_ltx_goes_on_from_as_much_of_a_film_as_it_reads(film, tmp_path):
    pipeline = ltx.Ltx(find("ltx-video"))
    shot = pipeline.shot(find("ltx-video").options(**SMALL, source=film), Here(tmp_path / "work"))
    assert (len(shot.past), shot.frames) == (17, 33)
    [condition] = ltx.conditions(shot)
    assert (len(condition.video), condition.frame_index) == (17, 0)


# --- the guardrail ---------------------------------------------------------------------------------------------------


def test_cosmos_needs_nvidias_guardrail():
    status, why = find("cosmos-2.5-2b").status()
    assert "cosmos_guardrail" in cosmos.Cosmos.packages
    if find_spec("cosmos_guardrail") is None:
        assert status == "needs_package"
        assert "cosmos_guardrail" in why


def test_a_prompt_that_the_guardrail_refuses_makes_nothing(tmp_path):
    pipeline, model = loaded("tiny.cosmos:Cosmos", tiny_cosmos.world, tmp_path / "weights")
    context = Here(tmp_path / "work")
    with pytest.raises(cosmos.Refused, match="guardrail"):
        [*pipeline.run(model.options(**{**SMALL, "prompt": "something forbidden"}), context)]
    assert not [*context.workdir.iterdir()]


def test_no_entry_of_a_users_own_can_name_a_family_without_it():
    with pytest.raises(ValidationError, match="family"):
        Entry(id="mine", repo="maker/world", family="tiny.cosmos:Cosmos")
