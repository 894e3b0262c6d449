"""What the tests of fal's door share: a client, things made through it, and how a fault is told there."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

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


def jobs(client):
    return [job["id"] for job in client.get("/api/v1/jobs?limit=20").json()["items"]]


def job_of(client, url):
    return client.get(urlsplit(url).path.removesuffix("/file")).json()
