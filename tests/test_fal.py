"""Programs that speak fal.ai's language get the studio's own jobs and assets, said in fal's way."""

from __future__ import annotations

import base64
import io
import json
import socket
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from conftest import until
from listener import Answer, listening
from pipelines import catalogue
from studio import api
from studio.api.fal import bounds, ids, wishes
from studio.api.fal.cutting import lasts, row
from studio.settings import Settings
from studio.studio import Studio
from studio.work import webhooks
from studio.work.worker import Worker
from test_api import png

SMALL = {"width": 256, "height": 256}
FOX = {"prompt": "a fox", "image_size": SMALL}


@pytest.fixture(scope="module")
def client(server):
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def picture(client):
    return client.post("/fal/run/fal-ai/flux/dev", json=FOX).json()["images"][0]["url"]


@pytest.fixture(scope="module")
def shot(client, picture):
    asked = {"prompt": "it blinks", "image_url": picture, "duration": "1", "resolution": "256x256", "fps": 24}
    return client.post("/fal-ai/cosmos/image-to-video", json=asked).json()["video"]["url"]


@pytest.fixture(scope="module")
def sound(client):
    return client.post("/fal-ai/audio/music", json={"prompt": "calm piano", "seconds_total": 2}).json()["audio"]["url"]


def at_fault(answer, status=422, type=None):
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said["detail"]
    assert said["message"]
    assert said["error_type"] == answer.headers["x-fal-error-type"] == (type or said["error_type"])
    return said


# --- which model ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ids.IDS)
def test_every_id_of_the_table_leads_to_a_model_that_is_here_or_will_be(id):
    target = ids.target_of(id)
    known = {model.id: model.task for model in catalogue.models()}
    for named in filter(None, (target.model, target.picture)):
        assert named == "seedvr2-3b" or known[named] == target.task or named == "stable-audio-open", named
    if any(model.task == target.task for model in catalogue.models()):
        model, _ = wishes.chosen(target, {})
        assert model.status()[0] == "ready", "where it is not ready, the draft stands in"


@pytest.mark.parametrize(
    ("id", "task", "model"),
    [
        ("fal-ai/kling-video/v1.5/pro/image-to-video", "video", ""),
        ("fal-ai/minimax/video-01-live", "video", ""),
        ("fal-ai/ltx-video-v095/multiconditioning", "video", "ltx-video"),
        ("fal-ai/flux-pro/v1.1-ultra", "image", "flux-dev"),
        ("fal-ai/flux/sdxl-turbo", "image", "sdxl-turbo"),
        ("fal-ai/audio/musicgen-small", "music", "musicgen-small"),
        ("fal-ai/tts/kokoro", "speech", "kokoro"),
        ("homereel/draft-sound", "sound", "draft-sound"),
        ("/fal-ai/flux/dev/", "image", "flux-dev"),
    ],
)
def test_an_id_stands_for_what_it_begins_with_or_for_the_model_it_names(id, task, model):
    target = ids.target_of(id)
    assert (target.task, target.model) == (task, model)


@pytest.mark.parametrize("id", ["fal-ai/nothing", "fal-ai/sync-lipsync", "", "flux", "fal-ai", "fal-ai/whisper/x"])
def test_an_id_that_nothing_here_answers_to_is_unknown(client, id):
    at_fault(client.post(f"/fal/queue/{id}", json=FOX), 404)
    with pytest.raises(ids.UnknownEndpoint):
        ids.target_of(id)


def test_a_model_that_is_ready_is_taken_whatever_it_is_counted_to_here():
    """fal's music may be our sound: stable-audio is."""
    model, notes = wishes.chosen(ids.Target("music", "draft-sound"), {})
    assert (model.id, notes) == ("draft-sound", [])


def test_a_draft_that_stands_in_says_so(client):
    answer = client.post("/fal/queue/fal-ai/flux/schnell", json=FOX)
    assert answer.headers["x-homereel-model"] == "draft-image"
    assert answer.headers["x-fal-request-id"] == answer.json()["request_id"]
    asked = urlsplit(answer.json()["status_url"]).path
    said = client.get(asked, params={"logs": "true"}).json()["logs"]
    assert [line["message"] for line in said if "Draft picture makes it instead" in line["message"]]
    assert {line["level"] for line in said} <= {"WARN", "INFO"}
    assert client.get(asked, params={"logs": "0"}).json()["logs"] is None


# --- what is asked ----------------------------------------------------------------------------------------------------


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


# --- how it goes ----------------------------------------------------------------------------------------------------


def test_the_stream_ends_with_the_last_status(client):
    asked = client.post("/fal/queue/fal-ai/flux/dev", json=FOX).json()
    with client.stream("GET", f"{asked['status_url']}/stream?logs=1", headers={"accept": "application/json"}) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        said = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert said[-1]["status"] == "COMPLETED"
    assert {one["status"] for one in said} <= {"IN_QUEUE", "IN_PROGRESS", "COMPLETED"}
    notes = [line["message"] for one in said for line in one["logs"] or () if line["level"] == "WARN"]
    assert len(notes) == len(set(notes)) == 1


def test_an_answer_names_the_host_it_was_asked_at(server):
    with httpx.Client(base_url=f"http://localhost:{server.port}") as client:
        said = client.post("/fal/run/fal-ai/flux/dev", json=FOX).json()
    url = said["images"][0]["url"]
    assert url.startswith(f"http://localhost:{server.port}/")
    assert httpx.get(url).content.startswith(b"\x89PNG")


def test_a_request_that_does_not_begin_in_time_is_taken_back(server, client):
    client.post("/api/v1/queue/pause")
    try:
        answer = client.post("/fal/run/fal-ai/flux/dev", json=FOX, headers={"x-fal-request-timeout": "0.1"})
    finally:
        client.post("/api/v1/queue/resume")
    assert (answer.status_code, answer.headers["x-fal-request-timeout-type"]) == (504, "user")
    assert client.get("/api/v1/jobs?limit=1").json()["items"][0]["status"] == "cancelled"


def jobs(client):
    return [job["id"] for job in client.get("/api/v1/jobs?limit=20").json()["items"]]


def gone_before_the_answer(server, way, said):
    """A client that sends a request and is gone: its line is cut before the studio can have answered."""
    body = json.dumps(said).encode()
    head = f"POST {way} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncontent-type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # cut, not closed
        line.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)


@pytest.mark.parametrize("way", ["/fal/queue/fal-ai/flux/dev", "/fal/run/fal-ai/flux/dev"])
def test_a_request_whose_answer_got_lost_sent_again_is_the_same_job(server, client, way):
    said = {**FOX, "prompt": f"a fox, asked {way}"}
    before = jobs(client)
    gone_before_the_answer(server, way, said)
    (first,) = until(lambda: [id for id in jobs(client) if id not in before])
    db = Studio(Settings.load(server.home)).db
    until(lambda: db.one("select 1 from fal_request where id = ?", first))
    db.close()
    again = client.post(way, json=said)
    assert again.headers["x-fal-request-id"] == first
    assert client.post(way, json=said).headers["x-fal-request-id"] != first, "that one was answered"


def test_two_requests_that_were_answered_are_two_jobs(client):
    two = [client.post("/fal/queue/fal-ai/flux/dev", json=FOX).json()["request_id"] for _ in range(2)]
    assert len(set(two)) == 2


# --- the cutting room -----------------------------------------------------------------------------------------------


def ask(client, id, **said):
    answer = client.post(f"/fal/run/fal-ai/ffmpeg-api/{id}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def job_of(client, url):
    return client.get(urlsplit(url).path.removesuffix("/file")).json()


def test_metadata_tells_what_a_player_wants_to_know(client, shot, sound):
    film = ask(client, "metadata", media_url=shot, extract_frames=True)["media"]
    assert (film["media_type"], film["codec"], film["fps"], film["frame_count"]) == ("video", "h264", 24, 24)
    assert film["resolution"] == {"width": 256, "height": 256, "aspect_ratio": "1:1"}
    assert (film["format"]["pixel_format"], film["audio"], film["duration"]) == ("yuv420p", None, 1.0)
    assert film["start_frame_url"] != film["end_frame_url"]
    assert client.get(film["end_frame_url"]).content.startswith(b"\x89PNG")
    music = ask(client, "metadata", media_url=sound)["media"]
    assert (music["media_type"], music["sample_rate"], music["channels"], music["duration"]) == ("audio", 48000, 2, 2.0)


def test_a_waveform_has_as_many_points_as_were_asked_for(client, sound):
    said = ask(client, "waveform", media_url=sound, points_per_second=5, precision=3)
    assert len(said["waveform"]) == said["points"] == 10
    assert all(0 <= value <= 1 for value in said["waveform"])
    assert max(said["waveform"]) > 0.05
    assert len(ask(client, "waveform", media_url=sound, points_per_second=50)["waveform"]) == 100


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_frame_is_taken_out_in_the_films_own_pixels(client, shot, which):
    (frame,) = ask(client, "extract-frame", video_url=shot, frame_type=which)["images"]
    assert (frame["width"], frame["height"], frame["content_type"]) == (256, 256, "image/png")


def test_keyframes_become_a_film_of_the_same_length(client, picture, shot, sound):
    def key(timestamp, duration, url):
        return {"timestamp": timestamp, "duration": duration, "url": url}

    tracks = [
        {"id": "1", "type": "video", "keyframes": [key(500.4, 1000.1, shot), key(0, 500.4, picture)]},
        {"id": "2", "type": "audio", "keyframes": [key(250, 1200, sound), key(2000, 10, None)]},
    ]
    said = ask(client, "compose", tracks=tracks)
    film = job_of(client, said["video_url"])
    assert (film["kind"], film["width"], film["height"], film["fps"]) == ("video", 256, 256, 24)
    assert film["duration_s"] == pytest.approx(1.5, abs=0.05)
    assert film["sound"]
    assert film["recipe"]["model"] == "export"
    assert client.get(said["thumbnail_url"]).content.startswith(b"\xff\xd8")


def test_films_and_sounds_are_joined_in_order_and_levelled(client, shot, sound):
    joined = ask(client, "merge-videos", video_urls=[shot, shot])["video"]
    assert (joined["duration"], joined["width"]) == (pytest.approx(2, abs=0.05), 256)
    both = ask(client, "merge-audios", audio_urls=[sound, sound], output_format="mp3_44100_128")["audio"]
    assert (both["content_type"], both["duration"]) == ("audio/mpeg", pytest.approx(4, abs=0.1))
    level = ask(client, "loudnorm", audio_url=sound, integrated_loudness=-23)["audio"]
    assert job_of(client, level["url"])["recipe"]["options"]["timeline"]["loudness_lufs"] == -23


def test_a_sound_is_made_for_a_film_and_laid_under_it(client, shot):
    asked = {"video_url": shot, "prompt": "rain on a roof", "duration": 8, "seed": 3}
    answer = client.post("/fal/run/fal-ai/mmaudio-v2", json=asked)
    assert (answer.status_code, answer.headers["x-homereel-model"]) == (200, "draft-sound")
    made = answer.json()
    film = job_of(client, made["video"]["url"])
    assert (film["kind"], film["sound"], film["duration_s"]) == ("video", True, pytest.approx(1, abs=0.05))
    assert (made["seed"], film["recipe"]["options"]["sound"]["options"]["prompt"]) == (3, "rain on a roof")
    assert max(client.get(made["video"]["url"].replace("/file", "/waveform")).json()["peaks"]) > 0.01
    at_fault(client.post("/fal/run/fal-ai/mmaudio-v2", json={"prompt": "rain"}), 422, "missing_field")


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("compose", {}),
        ("compose", {"tracks": []}),
        ("compose", {"tracks": [{"type": "video", "keyframes": []}]}),
        ("compose", {"tracks": [{"type": "hologram", "keyframes": []}]}),
        ("compose", {"tracks": "all"}),
        ("compose", {"tracks": [{"type": "video", "keyframes": [{"timestamp": -1, "duration": 5, "url": "PICTURE"}]}]}),
        ("compose", {"tracks": [{"type": "audio", "keyframes": [{"timestamp": 0, "duration": 5, "url": "PICTURE"}]}]}),
        (
            "compose",
            {"tracks": [{"type": "video", "keyframes": [{"timestamp": 0, "duration": "x", "url": "PICTURE"}]}]},
        ),
        ("metadata", {}),
        ("metadata", {"media_url": "PICTURE"}),
        ("metadata", {"media_url": "http://10.0.0.1/a.mp4"}),
        ("waveform", {"media_url": "PICTURE"}),
        ("extract-frame", {"video_url": "PICTURE"}),
        ("merge-videos", {"video_urls": ["PICTURE"]}),
        ("merge-videos", {"video_urls": "PICTURE"}),
        ("merge-audios", {"audio_urls": [{}]}),
        ("loudnorm", {"audio_url": "PICTURE"}),
        ("unheard-of", {}),
    ],
)
def test_the_cutting_room_refuses_in_words(client, picture, id, said):
    said = json.loads(json.dumps(said).replace("PICTURE", picture))
    answer = client.post(f"/fal/run/fal-ai/ffmpeg-api/{id}", json=said)
    at_fault(answer, 404 if id == "unheard-of" else 422)


def test_keyframes_that_overlap_are_cut_by_the_later_one_and_short_media_ends(make):
    film = make("draft-video", prompt="x", width=256, height=256, duration_s=1, fps=24)
    assert lasts(film, 24) == 24
    items = row([(0, 2, film), (0.5, 0.9, film), (1.5, 2.6, film), (4, 9, film)], 24)
    kinds = [(item["type"], item["frames"], item.get("freeze", False)) for item in items]
    assert kinds == [
        ("clip", 12, False), ("clip", 10, False), ("gap", 14, False), ("clip", 26, True), ("gap", 34, False),
        ("clip", 24, False),
    ]  # fmt: skip


# --- files on their way in --------------------------------------------------------------------------------------------


def begun(client, name="a.png"):
    return client.post("/fal/storage/upload/initiate?storage_type=fal-cdn-v3", json={"file_name": name}).json()


def test_a_file_may_be_sent_from_a_page_of_any_origin_to_the_address_given_out_for_it(client):
    place = begun(client, "../../blue\u202e sky.png")
    page = {"origin": "https://films.example", "access-control-request-method": "PUT"}
    asked = client.options(place["upload_url"], headers=page)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert "PUT" in asked.headers["access-control-allow-methods"]
    sent = client.put(
        place["upload_url"], content=png(), headers={"origin": page["origin"], "content-type": "image/png"}
    )
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (200, "*")
    assert "access-control-allow-credentials" not in sent.headers
    file = client.get(place["file_url"])
    assert file.content == png()
    assert "sandbox" in file.headers["content-security-policy"]
    assert "access-control-allow-origin" not in file.headers


@pytest.mark.parametrize("way", ["/fal/queue/fal-ai/flux/dev", "/fal/storage/upload/initiate", "/api/fal", "/fal-ai/x"])
def test_a_page_of_another_origin_can_do_nothing_else(client, way):
    before = jobs(client)
    answer = client.post(way, json=FOX, headers={"origin": "https://films.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert jobs(client) == before


def test_what_was_announced_and_never_came_is_refused_and_nobody_can_guess_an_address(client):
    place = begun(client)
    said = at_fault(client.post("/fal/run/fal-ai/flux/dev", json={**FOX, "image_url": place["file_url"]}), 404)
    assert "Upload it first" in said["message"]
    assert client.get(place["file_url"]).status_code == 404
    assert len(urlsplit(place["upload_url"]).path.rpartition("/")[2]) == 43
    for path in ("/fal/storage/put/" + "A" * 43, "/fal/storage/put/1", "/api/uploadthing/put/" + "A" * 43):
        assert client.put(path, content=png()).status_code in (400, 404)


def test_a_file_that_is_no_media_leaves_nothing(server, client):
    place = begun(client)
    at_fault(client.put(place["upload_url"], content=b"<script>"), 422)
    assert client.get(place["file_url"]).status_code == 404
    assert not list((server.home / "tmp").glob("upload-*"))


def test_parts_that_are_missing_are_asked_for(client):
    place = client.post("/fal/storage/upload/initiate-multipart", json={"file_name": "a.png"}).json()
    whole = png()
    first = client.put(f"{place['upload_url']}/1", content=whole[:50])
    assert first.json()["etag"] == first.headers["etag"]
    wanted = {"parts": [{"partNumber": 1, "etag": first.json()["etag"]}, {"partNumber": 2, "etag": "x"}]}
    at_fault(client.post(f"{place['upload_url']}/complete", json=wanted), 422)
    client.put(f"{place['upload_url']}/2", content=whole[50:])
    assert client.post(f"{place['upload_url']}/complete", json=wanted).status_code == 200
    assert client.get(place["file_url"]).content == whole
    at_fault(client.put(f"{place['upload_url']}/0", content=b"x"), 422)


# --- the proxy's address ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (None, 400),
        ("https://evil.example/fal-ai/flux/dev", 412),
        ("http://queue.fal.run/fal-ai/flux/dev", 412),
        ("https://queue.fal.run.evil.example/x", 412),
        ("https://queue.fal.run@evil.example/x", 412),
        ("https://queue.fal.run/", 412),
        ("https://[", 412),
        ("https://queue.fal.run/../../api/v1/jobs", 404),
        ("https://fal.run/%2e%2e/%2e%2e/api/v1/jobs", 404),
        ("https://rest.fal.ai/../api/v1/jobs", 404),
        ("https://rest.fal.ai/nothing", 404),
    ],
)
def test_the_proxy_leads_to_fals_addresses_alone(client, target, status):
    before = jobs(client)
    answer = client.post("/api/fal", json=FOX, headers={"x-fal-target-url": target} if target else {})
    at_fault(answer, status)
    assert jobs(client) == before


def test_the_proxy_takes_every_method_and_keeps_the_query(client):
    asked = client.post(
        "/api/fal", json=FOX, headers={"x-fal-target-url": "https://queue.fal.run/fal-ai/flux/dev"}
    ).json()
    at = f"https://queue.fal.run/fal-ai/flux/requests/{asked['request_id']}"
    said = client.get("/api/fal/proxy", headers={"x-fal-target-url": f"{at}/status?logs=1"}).json()
    assert said["logs"]
    until(lambda: client.get("/api/fal", headers={"x-fal-target-url": at}).status_code == 200)
    over = client.put("/api/fal", headers={"x-fal-target-url": f"{at}/cancel"})
    assert over.json()["status"] == "ALREADY_COMPLETED"


def test_no_other_method_and_no_other_address_of_fals_is_left_to_the_window(client):
    for method, path in (
        ("GET", "/fal"),
        ("DELETE", "/fal/queue/x"),
        ("GET", "/fal-ai/flux/dev"),
        ("PATCH", "/fal/run/x"),
    ):
        assert "detail" in client.request(method, f"{path}").text or path == "/fal"


# --- being told -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ear():
    with listening() as heard:
        heard.answers = {"/hook": Answer(200), "/a.png": Answer(200, png())}
        yield heard


@pytest.fixture
def studio(home, ear):
    """One that may speak to the listener."""
    opened = Studio(Settings.load(home, lan_hosts=ear.host))
    yield opened
    opened.close()


def test_a_webhook_of_fals_is_told_in_fals_words(studio, worker, ear):
    client = TestClient(api.create(studio), base_url="http://films.example")
    way = {"params": {"fal_webhook": f"{ear.url}/hook?x=1"}}
    asked = client.post("/fal/queue/fal-ai/flux/dev", json=FOX, **way).json()
    told = client.post("/fal/queue/fal-ai/ffmpeg-api/metadata", json={"media_url": sent(client)}, **way).json()
    worker.run_next()
    dropped = client.post("/fal/queue/fal-ai/flux/dev", json={**FOX, "seed": 1}, **way).json()
    assert client.put(dropped["cancel_url"]).status_code == 202
    for call in studio.db.all(webhooks.DUE, time.time()):
        studio.webhooks.call(call)
    said = {(body := json.loads(hit.body))["request_id"]: body for hit in ear.hits}
    assert len(said) == len(ear.hits) == 3
    assert said[asked["request_id"]]["status"] == "OK"
    assert said[asked["request_id"]]["payload"]["images"][0]["url"].startswith("http://films.example/api/v1/assets/")
    assert said[told["request_id"]]["payload"]["media"]["media_type"] == "audio"
    lost = said[dropped["request_id"]]
    assert (lost["status"], lost["error"]) == ("ERROR", "The request was cancelled.")


@pytest.mark.parametrize("inside", ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://2130706433/", "file:///x"])
def test_a_webhook_that_leads_inside_is_refused_with_its_job(studio, inside):
    client = TestClient(api.create(studio), raise_server_exceptions=False)
    at_fault(client.post("/fal/queue/fal-ai/flux/dev", json=FOX, params={"fal_webhook": inside}))
    assert studio.queue.counts() == {}


def test_a_remote_picture_is_brought_in_and_the_same_request_is_read_again(studio, ear):
    client = TestClient(api.create(studio))
    remote = {**FOX, "image_url": f"{ear.url}/a.png"}
    asked = client.post("/fal/queue/homereel/draft-image", json=remote)
    source = studio.queue.get(asked.json()["request_id"]).recipe.options["source"]
    assert studio.library.get(source).name == "a.png"
    studio.db.change("update fal_request set answered = 'a run that was killed'")
    assert (
        client.post("/fal/queue/homereel/draft-image", json=remote).json()["request_id"] == asked.json()["request_id"]
    )
    studio.db.change("update fal_request set answered = 'no', at = at - 61")
    assert (
        client.post("/fal/queue/homereel/draft-image", json=remote).json()["request_id"] != asked.json()["request_id"]
    )


SYSTEM = "Answer with JSON that has a title and a description."


def test_a_question_without_a_language_model_is_refused_unless_it_wants_a_title(studio, monkeypatch):
    monkeypatch.setenv("STUDIO_LLM_URL", "http://127.0.0.1:1/v1")
    client = TestClient(api.create(studio))
    said = {"prompt": "A short film about an old harbour", "model": "meta-llama/llama-3.2-1b-instruct"}
    at_fault(client.post("/fal/queue/fal-ai/any-llm", json=said), 422, "no_language_model")
    at_fault(client.post("/fal/queue/fal-ai/any-llm", json={}), 422, "missing_field")
    answer = client.post("/fal/run/fal-ai/any-llm", json={**said, "system_prompt": SYSTEM}).json()
    assert json.loads(answer["output"]) == {"title": "Old harbour", "description": said["prompt"]}


def test_a_question_goes_to_the_language_model_that_is_set(studio, ear, monkeypatch):
    ear.answers |= {
        "/v1/models": Answer(200, b'{"data": [{"id": "small"}]}', {"content-type": "application/json"}),
        "/v1/chat/completions": Answer(
            200, b'{"choices": [{"message": {"content": "It was late."}}]}', {"content-type": "application/json"}
        ),
    }
    monkeypatch.setenv("STUDIO_LLM_URL", f"{ear.url}/v1")
    client = TestClient(api.create(studio))
    asked = client.post(
        "/fal/queue/fal-ai/any-llm", json={"prompt": "A first line?", "system_prompt": "Be brief."}
    ).json()
    Worker(studio.home, "net-here", ("net",)).run_next()
    answer = client.get(asked["response_url"]).json()
    assert answer == {"output": "It was late.", "partial": False, "error": None}
    told = json.loads(next(hit.body for hit in ear.hits if hit.path == "/v1/chat/completions"))
    assert [line["content"] for line in told["messages"]] == ["Be brief.", "A first line?"]


def sent(client):
    """A second of sound, sent as the Python client sends it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as tone:
        tone.setnchannels(1)
        tone.setsampwidth(2)
        tone.setframerate(8000)
        tone.writeframes(bytes(16000))
    head = {"x-fal-file-name": "a%20tone.wav"}
    return client.post("/fal/files/upload", content=out.getvalue(), headers=head).json()["access_url"]


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


def test_the_same_request_at_once_is_as_many_jobs_as_were_asked_for(client):
    def ask(_):
        return client.post("/fal/queue/fal-ai/flux/dev", json=FOX).json()["request_id"]

    with ThreadPoolExecutor(6) as several:
        assert len(set(several.map(ask, range(12)))) == 12
