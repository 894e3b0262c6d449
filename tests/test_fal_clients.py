"""fal's own clients, JavaScript and Python, do their whole work against the studio."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import fal_client
import fal_client.client
import httpx
import pytest

from studio.api.fal import table
from test_api import png

SCRIPTS = Path(__file__).parent / "fal"
ASK = {"prompt": "a fox at dawn", "image_size": {"width": 256, "height": 256}}


# --- JavaScript: the newest one, and 1.2.1, which video-starter-kit has ---------------------------------------------


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """A folder in which the packages are installed, once for all tests."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed: the JavaScript clients cannot be tried")
    folder = tmp_path_factory.mktemp("node")
    for file in SCRIPTS.iterdir():
        shutil.copy(file, folder)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--loglevel=error"]
    done = subprocess.run(["npm", "install", *quiet], cwd=folder, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def js(node, server):
    """Run one of the scripts' parts, and say what it saw."""

    def js(what):
        done = subprocess.run(
            ["node", "clients.mjs", server.url, what], cwd=node, capture_output=True, text=True, timeout=150
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return js


def test_js_asks_waits_and_gets_its_pictures(js, server):
    seen = js("queue")
    for way in ("polled", "streamed"):
        assert seen[way][-1]["status"] == "COMPLETED"
        assert {now["status"] for now in seen[way]} <= {"IN_QUEUE", "IN_PROGRESS", "COMPLETED"}
        assert any("Draft picture" in line["message"] for line in seen[way][-1]["logs"])
    for answer in seen["pictures"]:
        picture = answer["data"]["images"][0]
        assert (picture["width"], picture["content_type"]) == (256, "image/png")
        assert httpx.get(picture["url"]).content.startswith(b"\x89PNG")
        assert (answer["data"]["seed"], answer["data"]["prompt"]) == (7, "a fox at dawn")
        assert answer["data"]["has_nsfw_concepts"] == [False]
        assert answer["requestId"]
    assert seen["pictures"][0]["data"]["images"][0]["url"] == seen["pictures"][1]["data"]["images"][0]["url"]
    assert seen["run"]["images"][0]["url"].startswith("data:image/png;base64,")
    assert len({one["request_id"] for one in [*seen["twice"], seen["asked"]]}) == 3
    with server.client() as client:
        assert client.get(f"/api/v1/jobs/{seen['asked']['request_id']}").json()["priority"] == -5


def test_js_streams_a_run(js):
    seen = js("stream")
    assert seen["events"][-1] == seen["done"]
    assert seen["done"]["images"][0]["width"] == 256


def test_js_is_refused_in_its_own_words(js):
    seen = js("refusals")
    assert (seen["early"]["status"], seen["early"]["name"]) == (400, "ApiError")
    assert (seen["status"]["status"], seen["status"]["error_type"]) == ("COMPLETED", "request_cancelled")
    assert seen["cancelled"]["message"] == "The request was cancelled."
    assert seen["again"]["body"]["status"] == "ALREADY_COMPLETED"
    assert seen["missing"]["name"] == "ValidationError"
    assert seen["missing"]["fields"][0]["loc"] == ["body", "prompt"]
    assert seen["wrong"]["fields"][0]["loc"] == ["body", "image_size", "width"]
    assert (seen["unknown"]["status"], seen["nobody"]["status"]) == (404, 404)
    assert seen["inside"]["fields"][0]["loc"] == ["body", "image_url"]


def test_js_uploads_files_whole_in_parts_and_inside_its_input(js):
    seen = js("uploads")
    assert seen["url"].endswith("/a%20tone.wav")
    assert len(httpx.get(seen["large"]).content) > 90 << 20
    assert (seen["media"]["duration"], seen["media"]["sample_rate"]) == (2, 8000)
    assert isinstance(seen["token"], str)


def test_the_starter_kit_goes_from_an_idea_to_an_export(js):
    made = js("film")
    assert set(made["title"]) == {"title", "description"}
    assert made["image"]["images"][0]["width"] == 1024
    assert made["video"]["video"]["duration"] == 1
    assert made["music"]["audio_file"]["duration"] == 2
    assert made["own metadata"]["file_name"] == "my tone.wav"
    assert made["video metadata"]["start_frame_url"]
    assert len(made["waveform"]["waveform"]) == made["waveform"]["points"] == 10
    film = httpx.get(made["compose"]["video_url"].removesuffix("/file")).json()
    assert (film["kind"], film["width"], film["height"], film["sound"]) == ("video", 1024, 576, True)
    assert film["duration_s"] == pytest.approx(1.5, abs=0.06)
    assert httpx.get(made["compose"]["thumbnail_url"]).headers["content-type"] == "image/jpeg"


# --- Python ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def fal(server, monkeypatch):
    """fal's Python client pointed at the studio: its addresses are variables of its module."""
    names = {
        "RUN_URL_FORMAT": f"{server.url}/fal/run/",
        "QUEUE_URL_FORMAT": f"{server.url}/fal/queue/",
        "REST_URL": f"{server.url}/fal",
        "CDN_URL": f"{server.url}/fal",
    }
    for name, address in names.items():
        monkeypatch.setattr(fal_client.client, name, address)
    return fal_client.SyncClient(key="local")


def test_python_asks_waits_and_gets_its_picture(fal):
    seen = []
    said = fal.subscribe("fal-ai/flux/dev", ASK, with_logs=True, on_queue_update=seen.append)
    assert said["images"][0]["width"] == 256
    assert isinstance(seen[-1], fal_client.Completed)
    assert any("Draft picture" in line["message"] for line in seen[-1].logs)
    assert fal.run("fal-ai/flux/schnell", ASK)["images"]
    assert list(fal.stream("fal-ai/flux/dev", ASK))[-1]["images"]


def test_python_follows_and_cancels_what_it_asked_for(fal):
    handle = fal.submit("fal-ai/minimax-music", {"prompt": "calm piano", "duration": 60}, priority="low")
    assert isinstance(handle.status(with_logs=True), fal_client.Queued | fal_client.InProgress)
    handle.cancel()
    assert handle.status().error == "The request was cancelled."
    with pytest.raises(fal_client.FalClientHTTPError) as refused:
        handle.get()
    assert (refused.value.status_code, refused.value.error_type) == (422, "request_cancelled")
    again = fal.get_handle("fal-ai/minimax-music/anything", handle.request_id)
    assert again.status_url.endswith(f"/fal-ai/minimax-music/requests/{handle.request_id}/status")
    assert isinstance(again.status(), fal_client.Completed)


def test_python_is_refused_in_its_own_words(fal):
    for id, said, status, type in (
        ("fal-ai/flux/dev", {}, 422, "missing_field"),
        ("fal-ai/no-such-thing", ASK, 404, "unknown_endpoint"),
        ("fal-ai/flux/dev", {**ASK, "image_url": "http://localhost:1/a.png"}, 422, "forbidden_address"),
    ):
        with pytest.raises(fal_client.FalClientHTTPError) as refused:
            fal.submit(id, said)
        assert (refused.value.status_code, refused.value.error_type) == (status, type)


def test_python_uploads_files_whole_and_in_parts(fal, tmp_path, monkeypatch):
    file = tmp_path / "a boat.png"
    file.write_bytes(png(640, 480))
    url = fal.upload_file(file)
    assert httpx.get(url).content == file.read_bytes()
    said = fal.run("homereel/draft-image", {"prompt": "a boat", "image_url": url, "image_size": ASK["image_size"]})
    assert said["images"]
    fallen = fal.upload(png(), "image/png", file_name="b.png", repository="fal")
    assert httpx.get(fallen).content == png()
    monkeypatch.setattr(fal_client.client, "MULTIPART_THRESHOLD", 100)
    monkeypatch.setattr(fal_client.client, "MULTIPART_CHUNK_SIZE", 700)
    parts = fal.upload_file(file)
    assert httpx.get(parts).content == file.read_bytes()
    assert fal.run("fal-ai/flux/dev", {**ASK, "image_url": fal_client.encode_file(str(file))})["images"]


class Breaking:
    """A line to the studio that is cut, the first time, as soon as the request is through; then it holds."""

    def __init__(self, port):
        self.port, self.cut = port, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with suppress(OSError):
            while True:
                near, _ = self.door.accept()
                with near, socket.create_connection(("127.0.0.1", self.port)) as far:
                    request = b""
                    while not whole(request):
                        request += near.recv(65536)
                    far.sendall(request)
                    if not self.cut:
                        self.cut += 1
                        continue
                    while data := far.recv(65536):
                        near.sendall(data)


def whole(request):
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.I)
    return bool(end) and len(body) >= int(length[1] if length else 0)


def test_python_tries_again_what_got_no_answer_and_it_is_one_job(fal, server, monkeypatch):
    line = Breaking(server.port)
    monkeypatch.setattr(
        fal_client.client, "QUEUE_URL_FORMAT", f"http://127.0.0.1:{line.door.getsockname()[1]}/fal/queue/"
    )
    said = {**ASK, "prompt": "a fox, once"}
    handle = fal.submit("fal-ai/flux/dev", said, headers={"connection": "close"})
    line.door.close()
    with server.client() as client:
        asked = [
            job
            for job in client.get("/api/v1/jobs").json()["items"]
            if job["recipe"]["options"].get("prompt") == said["prompt"]
        ]
    assert line.cut == 1
    assert [job["id"] for job in asked] == [handle.request_id]


# --- the page for people ---------------------------------------------------------------------------------------------

PAGE = Path(__file__).parent.parent / "docs" / "fal.md"


def example(language, server):
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    return text.replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")


def test_the_python_example_of_its_page_runs(server):
    done = subprocess.run([sys.executable, "-c", example("python", server)], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(server.url), done.stderr


def test_the_javascript_example_of_its_page_runs(server, node):
    script = example("js", server).replace('"@fal-ai/client"', '"newest"')
    (node / "example.mjs").write_text(script)
    done = subprocess.run(["node", "example.mjs"], cwd=node, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(server.url), done.stderr


def test_its_table_of_ids_is_the_doors():
    assert table.filled(PAGE.read_text()) == PAGE.read_text(), "make tables"
    assert table.table() in PAGE.read_text()
