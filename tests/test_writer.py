"""A plan by a language model: used when it is good, mended, and otherwise the built-in planner's takes its place."""

from __future__ import annotations

import json

import pytest

from fakewords import Fake
from pipelines import server
from pipelines.faults import Cancelled
from pipelines.words import Bounds, Endpoint
from studio.director import writer
from studio.director.plan import Brief
from studio.settings import Settings

BRIEF = Brief(brief="A fishing boat leaves the harbour at dawn", seconds=12)
GOOD = {
    "title": "The Early Boat",
    "logline": "A boat goes out.",
    "structure": "story",
    "look": "soft blue palette",
    "music": "quiet piano",
    "bpm": 76,
    "shots": [
        {"line": "Dawn, and the harbour is awake.", "picture": "a harbour at dawn, gulls", "camera": "slow pan right",
         "title": "", "sound": "gulls, waves", "scene": 1},
        {"line": "One boat goes out alone.", "picture": "a fishing boat leaving a harbour", "camera": "dolly in",
         "title": "", "sound": "gulls, waves", "scene": 1},
    ],
}  # fmt: skip


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(writer, "BOUNDS", Bounds(tokens=2000, seconds=5, tries=2))
    server.forget()
    made = Fake([json.dumps(GOOD)])
    yield made
    made.close()


def write(fake, brief=BRIEF, **more):
    return writer.write(Endpoint(f"{fake.url}/v1", "little-writer"), brief, **more)


def test_offline_only_a_model_on_this_machine_is_asked(fake, tmp_path, monkeypatch):
    here = Settings(home=tmp_path, offline=True, llm_url=fake.url)
    assert writer.endpoint(here).model == "little-writer"
    monkeypatch.setattr(writer, "on_this_machine", lambda url: False)
    assert writer.endpoint(here) is None


def test_a_good_plan_is_the_films_plan(fake):
    plan, why = write(fake)
    assert why == ""
    assert (plan.title, plan.planner, plan.bpm) == ("The Early Boat", "little-writer", 76)
    assert [shot.camera for shot in plan.shots] == ["pan right", "dolly in"]
    assert plan.seconds == pytest.approx(12, abs=0.05)
    assert "harbour at dawn" in fake.asked[0]["messages"][-1]["content"]


def test_a_plan_that_is_too_long_or_repeats_itself_is_sent_back(fake):
    twice = {**GOOD, "shots": [GOOD["shots"][0], GOOD["shots"][0]]}
    fake.says = [json.dumps(twice), json.dumps(GOOD)]
    assert write(fake)[0].title == "The Early Boat"
    assert "repeated" in fake.asked[1]["messages"][-1]["content"]
    windy = {**GOOD, "shots": [{**GOOD["shots"][0], "line": "and so on " * 60}]}
    fake.says = [json.dumps(windy), json.dumps(GOOD)]
    assert write(fake)[0].title == "The Early Boat"
    assert "too long to say" in fake.asked[3]["messages"][-1]["content"]


@pytest.mark.parametrize("said", ["I cannot help with that.", "endless", "silent", (500, "out of memory"), "{}"])
def test_without_a_usable_answer_there_is_no_plan_but_a_reason(fake, said, monkeypatch):
    monkeypatch.setattr(writer, "BOUNDS", Bounds(tokens=300, seconds=0.6, tries=2))
    fake.says = [said]
    plan, why = write(fake)
    assert plan is None
    assert "without a language model" in why


def test_a_hostile_plan_is_words_and_nothing_else(fake):
    shot = {**GOOD["shots"][1], "line": "[voice:../../etc/passwd] <script>alert(1)</script> Hello {home}\x1b[2J.",
            "picture": "file:///etc/shadow a boat https://evil.example/x [pause:9s] " + "x" * 3000,
            "camera": "rm -rf /", "title": "<img src=x onerror=alert(1)>", "scene": 10**30}  # fmt: skip
    fake.says = [json.dumps({**GOOD, "structure": "../", "bpm": -(10**20), "music": "a\x00b", "shots": [shot]})]
    plan, _ = write(fake)
    (kept,) = plan.shots
    everything = plan.model_dump_json()
    assert not set("[]<>{}\x1b\x00") & set("".join((kept.line, kept.prompt, kept.title, kept.sound, plan.music)))
    assert "https://" not in everything
    assert len(kept.prompt) <= 1000
    assert (plan.structure, plan.bpm, kept.scene) == ("story", 60, 0)


def test_too_many_shots_are_refused(fake):
    many = [{**GOOD["shots"][0], "line": f"Line {n}."} for n in range(300)]
    fake.says = [json.dumps({**GOOD, "shots": many})]
    assert write(fake)[0] is None


def test_a_film_that_is_called_off_waits_for_no_answer(fake, monkeypatch):
    monkeypatch.setattr(writer, "BOUNDS", Bounds(tokens=2000, seconds=60, tries=2))
    fake.says = ["silent"]
    with pytest.raises(Cancelled):
        write(fake, alive=lambda: False)


def test_the_narration_is_asked_for_in_the_briefs_language(fake):
    write(fake, Brief(brief="Die letzte Nacht des Leuchtturmwärters", seconds=12))
    assert "told in Deutsch" in fake.asked[0]["messages"][-1]["content"]
