"""Whoever asked to be told of a job is told, signed, at least once, and nobody inside is ever called for a stranger."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
import time

import pytest

from conftest import until
from listener import Answer, ear, studio
from studio.library.outside import ForbiddenAddress, StudioIsOffline
from studio.settings import Settings
from studio.studio import Studio
from studio.types import GenerationRequest
from studio.work import webhooks
from test_api import refused

FOX = {"prompt": "a fox", "width": 256, "height": 256}


@pytest.fixture
def tell(studio):
    """Make the calls that are due, here and now."""

    def tell():
        for row in studio.db.all(webhooks.DUE, time.time()):
            studio.webhooks.call(row)
        return studio.webhooks.of()

    return tell


def asked(studio, url):
    return studio.submit(GenerationRequest(model="draft-image", options=FOX, webhook=url))[0]


def genuine(hit, secret):
    """Whether a call is signed as Standard Webhooks say, worked out here once more."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{hit.headers['webhook-id']}.{hit.headers['webhook-timestamp']}.".encode() + hit.body
    return hit.headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()


def test_the_address_is_told_once_when_the_job_is_over(studio, worker, ear, tell):
    job = asked(studio, f"{ear.url}/hook?token=secret")
    assert tell()[0]["state"] == "waiting"
    assert ear.hits == []
    worker.run_next()
    (call,) = tell()
    assert (call["state"], call["about"], call["tries"]) == ("told", job.id, 1)
    assert "secret" not in call["url"]
    tell()
    (hit,) = ear.hits
    said = json.loads(hit.body)
    assert (hit.method, hit.path, said["type"]) == ("POST", "/hook?token=secret", "job.done")
    assert said["data"] == json.loads(studio.queue.get(job.id).model_dump_json())
    assert genuine(hit, (studio.home / "webhook.secret").read_text().strip())
    assert abs(int(hit.headers["webhook-timestamp"]) - time.time()) < 60


def test_the_secret_is_its_owners_alone_and_stays_the_same(studio):
    file = studio.home / "webhook.secret"
    secret = webhooks.secret_in(studio.home)
    assert secret == webhooks.secret_in(studio.home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_of_ones_own_signs_too(home, ear):
    opened = Studio(Settings.load(home, lan_hosts=ear.host, webhook_secret="hush"))
    said = opened.webhooks.signed("msg_1", b"{}")
    key = hmac.digest(b"hush", f"msg_1.{said['webhook-timestamp']}.".encode() + b"{}", hashlib.sha256)
    assert said["webhook-signature"] == "v1," + base64.b64encode(key).decode()
    assert not (home / "webhook.secret").exists()
    opened.close()


def test_a_cancelled_job_is_news_as_well(studio, ear, tell):
    job = asked(studio, f"{ear.url}/hook")
    studio.queue.cancel(job.id)
    tell()
    assert json.loads(ear.hits[0].body)["type"] == "job.cancelled"


@pytest.mark.parametrize("answer", [Answer(500), Answer(302, headers={"location": "/hook"}), Answer(404)])
def test_one_that_does_not_take_it_is_called_again_later_and_then_no_more(studio, ear, tell, answer):
    ear.answers["/busy"] = answer
    job = asked(studio, f"{ear.url}/busy")
    studio.queue.cancel(job.id)
    for tries in range(1, len(webhooks.WAITS_S) + 2):
        (call,) = tell()
        assert (call["tries"], str(answer.status) in call["note"]) == (tries, True)
        before = len(ear.hits)
        tell()
        assert len(ear.hits) == before, "not before its time"
        studio.db.change("update webhook set due = 0")
    assert call["state"] == "given up"
    assert {hit.path for hit in ear.hits} == {"/busy"}, "a redirect is not followed"


def test_one_that_is_gone_is_not_called_again(studio, ear, tell):
    ear.answers["/gone"] = Answer(410)
    studio.queue.cancel(asked(studio, f"{ear.url}/gone").id)
    assert tell()[0]["state"] == "given up"


def test_one_that_never_ends_its_answer_does_not_hold_the_studio(studio, ear, tell, monkeypatch):
    monkeypatch.setattr(webhooks, "PATIENCE_S", 0.5)
    ear.answers["/drip"] = Answer(200, drips=0.05)
    studio.queue.cancel(asked(studio, f"{ear.url}/drip").id)
    assert tell()[0]["state"] == "told", "its answer's head is all that counts"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://[::1]/", "http://2130706433/", "http://localhost:1/", "file:///x", "nonsense"],
)
def test_an_address_inside_is_refused_with_the_job(studio, url):
    with pytest.raises(ForbiddenAddress):
        asked(studio, url)
    assert studio.queue.counts() == {}
    assert studio.webhooks.of() == []


def test_an_offline_studio_promises_no_call(home):
    opened = Studio(Settings.load(home, offline=True))
    with pytest.raises(StudioIsOffline):
        asked(opened, "https://example.com/hook")
    opened.close()


def test_a_machine_that_moved_inside_since_is_not_called(studio, ear, tell, monkeypatch):
    """The address was fine when the job was sent in; what it leads to is looked at again when it is called."""
    job = asked(studio, f"{ear.url}/hook")
    studio.queue.cancel(job.id)
    object.__setattr__(studio.outside, "friends", frozenset())
    (call,) = tell()
    assert "open internet" in call["note"]
    assert ear.hits == []


def test_the_call_outlives_the_studio(studio, home, ear):
    """It was closed, or killed, before anybody took the news: the next studio on this home makes the call by itself."""
    ear.answers["/hook"] = [Answer(503), Answer(204)]
    job = asked(studio, f"{ear.url}/hook")
    studio.webhooks.start()
    studio.queue.cancel(job.id)
    until(lambda: studio.webhooks.of()[0]["tries"])
    studio.close()
    studio.db.change("update webhook set due = 0")
    later = Studio(Settings.load(home, lan_hosts=ear.host))
    later.webhooks.start()
    until(lambda: later.webhooks.of()[0]["state"] == "told")
    later.close()
    assert [json.loads(hit.body)["data"]["id"] for hit in ear.hits] == [job.id] * 2
    assert ear.hits[0].headers["webhook-id"] == ear.hits[1].headers["webhook-id"], "so that it can be told apart"


def test_over_http_an_address_inside_is_refused_in_words(server):
    with server.client() as client:
        for url in ("http://169.254.169.254/", "http://127.0.0.1:7860/", "ftp://example.com/"):
            answer = client.post("/api/v1/jobs", json={"model": "draft-image", "options": FOX, "webhook": url})
            refused(answer, 422, "forbidden_address")
