"""fal's queue: one request is one job, followed, timed out and answered as fal does."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from conftest import until
from faldoor import FOX, client, jobs
from studio import api
from studio.settings import Settings
from studio.studio import Studio


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


def test_the_same_request_at_once_is_as_many_jobs_as_were_asked_for(client):
    def ask(_):
        return client.post("/fal/queue/fal-ai/flux/dev", json=FOX).json()["request_id"]

    with ThreadPoolExecutor(6) as several:
        assert len(set(several.map(ask, range(12)))) == 12
