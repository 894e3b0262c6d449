"""What fal's door asks of other machines: webhooks, remote files, a language model."""

from __future__ import annotations

import io
import json
import time
import wave

import pytest
from fastapi.testclient import TestClient

from faldoor import FOX, at_fault
from listener import Answer, ear, studio
from studio import api
from studio.work import webhooks
from studio.work.worker import Worker
from test_api import png


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
    ear.answers["/a.png"] = Answer(200, png())
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
