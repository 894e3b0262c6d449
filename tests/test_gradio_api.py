"""The named Gradio endpoints, by gradio_client against a running studio."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from conftest import until
from pipelines import catalogue
from test_api import png

PROMPTS = {"image": "a harbour at dawn", "video": "a slow pan over a lake", "music": "calm piano", "sound": "rain"}
SMALL = {
    "image": {"width": 320, "height": 256},
    "video": {"width": 320, "height": 256, "duration_s": 1},
    "music": {"duration_s": 2},
    "sound": {"duration_s": 1},
    "speech": {"voice": "en-gb", "speed": 1.5},
}


@pytest.fixture(scope="module")
def client(server, tmp_path_factory) -> Client:
    return Client(server.url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.mark.parametrize("task", SMALL)
def test_each_task_is_made_by_name_and_its_file_is_the_assets_bytes(client, server, task):
    lead = PROMPTS.get(task, "Good morning, harbour.")
    file, job = client.predict(lead, **SMALL[task], seed=11, api_name=f"/generate_{task}")
    first = job["assets"][0]
    assert job["status"] == "done"
    assert digest(file) == first["id"]
    assert Path(file).suffix == Path(first["name"]).suffix
    assert job["recipe"]["options"]["seed"] == 11
    with server.client() as http:
        assert http.get(f"/api/v1/jobs/{job['id']}").json()["assets"] == job["assets"]
        assert http.get(first["url"]).content == Path(file).read_bytes()


def test_one_file_is_sent_for_several_calls_at_once(client, tmp_path):
    drawing = tmp_path / "drawing.png"
    drawing.write_bytes(png(90, 70))
    small = {**SMALL["image"], "source": handle_file(str(drawing)), "api_name": "/generate_image"}
    calls = [client.submit(f"a harbour, {n}", **small) for n in range(6)]
    sources = {call.result()[1]["recipe"]["options"]["source"] for call in calls}
    assert sources == {digest(str(drawing))}


def test_a_film_is_made_of_a_brief_by_name(client, server):
    models = {"video": "stills"}
    file, job = client.predict("A boat in the harbour at dawn", 5, models=models, music="none", api_name="/make_film")
    assert digest(file) == job["result"]["film"]
    assert {"plan", "project", "description"} <= job["result"].keys()
    with pytest.raises(AppError, match="seconds"):
        client.predict("A boat", 1, api_name="/make_film")


def test_the_first_parameter_is_the_prompt_then_the_model_then_the_tasks_options_by_name(client):
    doors = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    common = {
        "negative_prompt",
        "width",
        "height",
        "duration_s",
        "fps",
        "seed",
        "start",
        "end",
        "source",
        "voice",
        "speed",
    }
    for task in SMALL:
        names = [parameter["parameter_name"] for parameter in doors[f"/generate_{task}"]["parameters"]]
        assert names[:2] == ["text" if task == "speech" else "prompt", "model"]
        for model in catalogue.for_task(task):
            assert common & model.cls.Options.model_fields.keys() <= set(names)
        optional = [p["parameter_name"] for p in doors[f"/generate_{task}"]["parameters"] if p["parameter_has_default"]]
        assert optional == names[1:]
    assert set(doors) == {
        *(f"/generate_{task}" for task in SMALL),
        "/make_film",
        "/restore_video",
        "/export_film",
        "/list_models",
        "/job",
    }


def test_the_same_recipe_is_the_same_bytes(client):
    one, _ = client.predict("two boats", width=320, height=256, seed=5, api_name="/generate_image")
    other, _ = client.predict("two boats", "draft-image", width=320, height=256, seed=5, api_name="/generate_image")
    assert digest(one) == digest(other)


def test_a_picture_goes_in_as_an_upload_or_as_an_assets_id(client):
    still, made = client.predict("a red house", width=320, height=256, seed=1, api_name="/generate_image")
    small = {"width": 320, "height": 256, "duration_s": 1}
    _, shot = client.predict("a slow zoom in", start=handle_file(still), **small, api_name="/generate_video")
    assert shot["recipe"]["options"]["start"] == made["assets"][0]["id"]
    _, again = client.predict("a slow zoom in", start=made["assets"][0]["id"], **small, api_name="/generate_video")
    assert again["recipe"]["options"]["start"] == made["assets"][0]["id"]


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"prompt": "x", "width": 7}, "width"),
        ({"prompt": "x", "model": "nobody"}, "nobody"),
        ({"prompt": "x", "model": "draft-music"}, "draft-music"),
        ({"prompt": "x", "options": {"colour_of_hope": 1}}, "colour_of_hope"),
        ({"prompt": "x", "source": "0" * 64}, "0000"),
        ({"prompt": "x", "source": {"path": "/etc/hostname"}}, "handle_file"),
        ({"prompt": ""}, "prompt"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_done_is_refused_in_words(client, wish, word):
    with pytest.raises(AppError, match=word):
        client.predict(**wish, api_name="/generate_image")


def test_no_file_of_this_machine_can_be_named_even_as_gradio_names_files(client, server):
    secret = server.home / "secret.png"
    secret.write_bytes(b"\x89PNG not for you")
    named = {"path": str(secret), "meta": {"_type": "gradio.FileData"}, "orig_name": "x.png"}
    body = {"data": ["x", "", None, 320, 256, 1, None, None, named, None, None, None, None], "session_hash": "s"}
    with server.client() as http:
        event = http.post("/gradio_api/call/generate_image", json=body).json()["event_id"]
        told = http.get(f"/gradio_api/call/generate_image/{event}").text
    assert "error" in told
    assert "not for you" not in told


def test_a_client_that_goes_away_loses_nothing(client, server):
    waiting = client.submit("a long road", width=1280, height=720, seed=99, api_name="/generate_image")

    def mine():
        with server.client() as http:
            jobs = http.get("/api/v1/jobs?task=image&limit=50").json()["items"]
        return next((job for job in jobs if job["recipe"]["options"]["seed"] == 99), None)

    job = until(mine)
    waiting.cancel()
    assert server.done(job["id"])["status"] == "done"
    file, found = client.predict(job["id"], api_name="/job")
    assert found["status"] == "done"
    assert digest(file) == found["assets"][0]["id"]


@pytest.mark.parametrize("reads", [True, False], ids=["hangs up", "never listens"])
def test_a_program_that_dies_before_its_answer_loses_nothing(server, reads):
    seed = 1001 + reads
    body = {"prompt": "a long road", "width": 320, "height": 256, "duration_s": 3, "seed": seed}
    with server.client() as http:
        event = http.post("/gradio_api/call/v2/generate_video", json=body).json()["event_id"]
        if reads:
            with http.stream("GET", f"/gradio_api/call/generate_video/{event}") as answer:
                assert answer.status_code == 200
        jobs = until(lambda: [j for j in http.get("/api/v1/jobs?task=video").json()["items"]
                              if j["recipe"]["options"]["seed"] == seed])  # fmt: skip
    assert [server.done(job["id"])["status"] for job in jobs] == ["done"]


def test_the_api_page_says_what_everything_is(client):
    doors = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    for name, door in doors.items():
        assert door["description"], name
        for place in [*door["parameters"], *door["returns"]]:
            assert not place["label"][0].isdigit(), (name, place)
            assert place["python_type"]["description"], (name, place)
            assert place["type"] != {}, (name, place)
    width = next(p for p in doors["/generate_image"]["parameters"] if p["parameter_name"] == "width")
    assert (width["label"], width["python_type"]["description"].split(";")[0]) == ("Width", "In pixels")


def test_models_are_listed_with_their_options(client):
    every = client.predict(api_name="/list_models")
    assert {model["id"] for model in every} >= {model.id for model in catalogue.MODELS if model.draft}
    assert {model["task"] for model in client.predict("music", api_name="/list_models")} == {"music"}
    assert all(model["options"]["properties"] for model in every)


def test_a_film_is_exported_from_an_id_an_object_a_text_or_a_file(client, server, tmp_path):
    _, made = client.predict("a red house", width=320, height=256, seed=1, api_name="/generate_image")
    clip = {"type": "clip", "asset": made["assets"][0]["id"], "in": 0, "frames": 12}
    film = {"version": 1, "fps": "24/1", "width": 320, "height": 256, "tracks": [{"kind": "video", "items": [clip]}]}
    (tmp_path / "film.json").write_text(json.dumps(film))
    with server.client() as http:
        project = http.post("/api/v1/projects", json={"title": "Film", "timeline": film}).json()
    given = (project["id"], film, json.dumps(film), handle_file(tmp_path / "film.json"))
    files = [client.predict(one, "mp4", api_name="/export_film") for one in given]
    assert {Path(file).suffix for file, _ in files} == {".mp4"}
    assert len({digest(file) for file, _ in files}) == 1
    assert all(digest(file) == job["assets"][0]["id"] for file, job in files)
    with pytest.raises(AppError, match="frames"):
        client.predict(
            {**film, "tracks": [{"kind": "video", "items": [{**clip, "frames": 0}]}]}, api_name="/export_film"
        )
