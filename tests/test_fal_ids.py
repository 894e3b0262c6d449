"""Which of our models an id of fal's means."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from faldoor import FOX, at_fault, client, picture, sound
from pipelines import catalogue
from studio.api.fal import ids, wishes


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
