"""What fal's clients ask, as our models take it; what is at fault is named in fal's words."""

from __future__ import annotations

import base64
import json

import pytest

from faldoor import FOX, at_fault, client, picture, sound
from pipelines import catalogue
from studio import api
from studio.api.fal import bounds, ids, wishes
from test_api import png


def wish(id, **said):
    target = ids.target_of(id)
    return wishes.generation(target, said, lambda url: pytest.fail(f"{url} was fetched")).request.options


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ({"image_size": "landscape_16_9"}, (1024, 576)),
        ({"image_size": "square_1_1", "aspect_ratio": "16:9"}, (1024, 1024)),
        ({"image_size": {"width": 300, "height": 100}}, (768, 256)),
        ({"image_size": {"width": 8000, "height": 4000}}, (2048, 1024)),
        ({"aspect_ratio": "1:1"}, (960, 960)),
        ({"aspect_ratio": "9:16"}, (720, 1280)),
        ({"width": 500, "height": 333}, (496, 336)),
        ({"resolution": "1024x768"}, (1024, 768)),
        ({"aspect_ratio": "0:0", "image_size": "huge", "resolution": "auto"}, (None, None)),
    ],
)
def test_a_size_is_what_the_model_takes_in_the_shape_that_was_said(said, size):
    options = wish("homereel/draft-image", prompt="x", **said)
    assert (options.get("width"), options.get("height")) == size


def test_a_shot_takes_its_shape_from_the_words_and_its_lines_from_the_resolution():
    said = {"prompt": "x", "image_size": "portrait_16_9", "aspect_ratio": "9:16", "seconds_total": 30}
    options = wish("homereel/draft-video", **said)
    assert (options["width"], options["height"]) == (720, 1280)
    assert "duration_s" not in options, "seconds_total speaks of sound alone"
    assert wish("homereel/draft-video", prompt="x", resolution="480p")["height"] == 480
    assert wish("homereel/draft-video", prompt="x", duration="5s", fps=29)["fps"] == 30
    assert wish("homereel/draft-video", prompt="x", num_frames=93, fps=24)["duration_s"] == pytest.approx(3.875)


def test_what_is_out_of_bounds_comes_to_the_bound_and_what_is_unknown_is_left_out():
    options = wish("homereel/draft-music", prompt="x", duration=9999, seed=2**40 + 5, guidance_scale=99, wow={"a": [1]})
    assert options == {"prompt": "x", "duration_s": 600, "seed": 5}


def test_a_song_is_asked_for_by_its_tags_and_words():
    assert wish("homereel/draft-music", tags="slow waltz")["prompt"] == "slow waltz"


def test_voices_that_are_not_here_give_way_and_speakers_still_differ():
    target = ids.target_of("homereel/draft-speech")
    said = {
        "input": "Ada: Well?\nBen: Well.",
        "prompt": "not this",
        "voice": "Jennifer (English (US)/American)",
        "voices": [{"voice": "Jennifer", "turn_prefix": "Ada: "}, {"voice": "en-us", "turn_prefix": "Ben: "}],
    }
    made = wishes.generation(target, said, lambda url: None)
    assert made.request.options["text"] == said["input"]
    assert "voice" not in made.request.options
    cast = made.request.options["cast"]
    assert cast["Ben"] == "en-us"
    assert cast["Ada"] != "Jennifer"
    assert any("Jennifer" in note for note in made.notes)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, ["body", "prompt"]),
        ({"prompt": "  "}, ["body", "prompt"]),
        ({"prompt": ["x"]}, ["body", "prompt"]),
        ({"prompt": "x", "num_inference_steps": "many"}, None),
        ({"prompt": "x", "image_size": {"width": 0, "height": 10}}, ["body", "image_size"]),
        ({"prompt": "x", "image_size": {"width": 10**400, "height": 1}}, ["body", "image_size", "width"]),
        ({"prompt": "x", "image_url": 7}, None),
        ({"prompt": "x", "image_url": "file:///etc/passwd"}, ["body", "image_url"]),
        ({"prompt": "x", "image_url": "http://127.0.0.1:1/a.png"}, ["body", "image_url"]),
        ({"prompt": "x", "image_url": "data:image/png;base64,AAAA"}, ["body", "image_url"]),
        ({"prompt": "x", "image_urls": ["http://[::1]/a.png"]}, ["body", "image_urls"]),
        ({"prompt": "x" * 5000}, ["body", "prompt"]),
    ],
)
def test_a_field_at_fault_is_named(client, said, field):
    answer = client.post("/fal/queue/fal-ai/flux/dev", json=said)
    if field is None:
        assert answer.status_code in (200, 422)
    else:
        assert at_fault(answer)["detail"][0]["loc"] == field


@pytest.mark.parametrize(
    "body", ["{", "[]", "7", "[" * 500, '{"prompt": "x", "fps": NaN}', '{"prompt": "\\ud800"}', b"\xff"]
)
@pytest.mark.parametrize("way", ["/fal/queue/fal-ai/flux/dev", "/fal/run/fal-ai/ffmpeg-api/compose", "/fal-ai/any"])
def test_a_body_that_is_no_input_is_refused(client, way, body):
    answer = client.post(way, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 404, 422)
    assert answer.json()["detail"]


def test_what_is_no_text_is_not_said_back(client):
    said = '{"prompt": "calm piano", "tags": 1e400, "lyrics": {"a": 1}, "duration": 1}'
    answer = client.post("/fal/run/fal-ai/ace-step", content=said, headers={"content-type": "application/json"})
    assert set(answer.json()) == {"audio", "seed"}


def test_a_data_uri_is_the_picture_it_holds(client):
    said = {**FOX, "image_url": f"data:image/png;base64,{base64.b64encode(png()).decode()}", "image_size": None}
    answer = client.post("/fal/run/homereel/draft-image", json=said).json()
    assert answer["images"][0]["width"] > answer["images"][0]["height"], "its shape is the picture's"


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ({}, "2x"),
        ({"upscale_factor": 4}, "4x"),
        ({"upscale_factor": 1.1}, "same"),
        ({"upscale_mode": "target", "target_resolution": "1080p", "upscale_factor": 2}, "1080p"),
        ({"target_resolution": "2160p"}, "4K"),
        ({"upscale_mode": "target", "target_resolution": "720p"}, "720p"),
    ],
)
def test_larger_is_said_as_our_models_say_it(said, size):
    assert bounds.enlarged(said) == size


def test_of_named_values_the_nearest_is_taken():
    assert bounds.nearest("fps", 29.97, ("same", "24", "30")) == "30"
    assert bounds.nearest("fps", "same", ("same", "24", "30")) == "same"
    assert bounds.nearest("style", "loud", ("auto", "oil")) is None


def test_bounds_are_read_from_the_model():
    model = catalogue.find("draft-video")
    assert bounds.limits(model, "width") == (256, 1920, 8)
    assert bounds.fitted(model, "fps", 26) == 25
