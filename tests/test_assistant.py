"""The assistant: does what it is asked by its tools alone, asks first, stops, takes back, and remembers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import HOUSE, until
from fakewords import Fake
from pipelines import server as neighbour
from pipelines.faults import Conflict, Invalid, Unknown
from studio.director import commands
from studio.director.agent import Assistant
from studio.director.memory import Entry, Memory
from studio.director.tools import TOOLS, checked
from studio.director.turns import INTERRUPTED
from studio.people import Person, acting
from studio.sample import sample
from studio.timeline.edit.ending import shortened
from studio.timeline.model import Timeline


@pytest.fixture
def project(studio):
    return sample(studio)


@pytest.fixture
def assistant(studio):
    return Assistant(studio)


def settled(assistant, turn, yes=None):
    """The request once it is over; what it asks is answered."""

    def over():
        now = assistant.get(turn.id)
        if now.state == "asking" and yes is not None:
            assistant.answer(turn.id, yes)
        return now.state not in ("thinking", "asking") and now

    return until(over)


def timeline(studio, project) -> Timeline:
    return Timeline.parse(studio.projects.get(project.id).timeline)


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ("make the third shot a night scene", [("retake", {"shot": 3, "change": "night"})]),
        ("shot 2: a boat in the fog", [("retake", {"shot": 2, "change": "a boat in the fog"})]),
        ("Make the last shot darker", [("retake", {"shot": 4, "change": "darker"})]),
        ("shorten it to 20 seconds", [("shorten", {"seconds": 20.0})]),
        ("find the boat pictures", [("search", {"query": "boat", "kind": "image"})]),
        ("warmer music under the ending", [("music", {"change": "warmer"})]),
        ("the voice louder", [("volume", {"row": "voice", "db": 3.0})]),
        ("music quieter", [("volume", {"row": "music", "db": -3.0})]),
        ("title: The Last Boat", [("title", {"text": "The Last Boat"})]),
        ("captions off and then export as webm", [("captions", {"on": False}), ("export", {"format": "webm"})]),
        ("say “Nobody came back.” in shot 2", [("line", {"shot": 2, "line": "Nobody came back."})]),
        ("what is the meaning of it all?", []),
        ("captions off; dance", []),
    ],
)
def test_plain_commands_are_understood_or_nothing_is_done(said, calls):
    assert commands.understood(said, 4) == calls


def test_every_command_and_tool_stands_in_the_page():
    page = (HOUSE / "docs" / "assistant.md").read_text()
    for example, _, _ in commands.TABLE:
        assert commands.understood(example, 3), example
        assert f"`{example}`" in page
    assert [name for name in TOOLS if f"| `{name}` |" not in page] == []


def test_a_quick_request_is_done_at_once_and_taken_back_as_a_whole(studio, project, assistant):
    before = timeline(studio, project)
    turn = settled(
        assistant, assistant.ask(project.id, "title: The Last Boat and then music quieter and then captions off")
    )
    assert turn.state == "done"
    assert [step.tool for step in turn.steps] == ["title", "volume", "captions"]
    assert timeline(studio, project).title == studio.projects.get(project.id).title == "The Last Boat"
    assert assistant.undo(turn.id).state == "undone"
    assert timeline(studio, project) == before
    assert studio.projects.get(project.id).title == project.title
    with pytest.raises(Conflict):
        assistant.undo(turn.id)


def test_what_takes_away_is_asked_about_first(studio, project, assistant):
    before = timeline(studio, project)
    turn = settled(assistant, assistant.ask(project.id, "shorten it to 4 seconds"), yes=False)
    assert (turn.state, timeline(studio, project)) == ("stopped", before)
    turn = settled(assistant, assistant.ask(project.id, "shorten it to 4 seconds"), yes=True)
    assert turn.state == "done"
    assert float(timeline(studio, project).seconds) == pytest.approx(4, abs=0.05)


def test_a_shot_is_made_anew_in_its_place_and_a_stop_stops_its_job(studio, project, assistant, worker):
    first = assistant.ask(project.id, "make the first shot a night scene")
    until(lambda: assistant.get(first.id).state == "asking")
    with pytest.raises(Conflict, match="still at its last request"):
        assistant.ask(project.id, "captions off")
    assistant.answer(first.id, True)
    turn = settled(assistant, first)
    (job,) = turn.jobs
    assert studio.queue.get(job).recipe.options["prompt"].startswith("night, ")
    assistant.stop(turn.id)
    assert studio.queue.get(job).status == "cancelled"


def test_the_library_is_searched(studio, project, assistant):
    turn = settled(assistant, assistant.ask(project.id, "find the boat pictures"))
    assert "boat" in turn.say.lower()
    assert not turn.undo


def test_a_refusal_is_told_and_nothing_is_half_done(studio, project, assistant):
    turn = settled(assistant, assistant.ask(project.id, "make shot 99 blue"), yes=True)
    assert turn.state == "failed"
    assert "shots" in turn.say
    turn = settled(assistant, assistant.ask(project.id, "please dance"))
    assert (turn.state, turn.steps) == ("done", ())
    assert "not understood" in turn.say


def test_no_tool_is_there_but_those_of_the_table():
    for name, arguments in (("shell", {"x": 1}), ("title", {"text": ""}), ("title", {"text": "x", "path": "/"}),
                            ("edit", {"edits": []}), ("volume", {"row": "music", "db": 1e9})):  # fmt: skip
        with pytest.raises(Invalid):
            checked(name, arguments)


@pytest.fixture
def llm(monkeypatch):
    fake = Fake([""])
    neighbour.forget()
    monkeypatch.setenv("STUDIO_LLM_URL", fake.url)
    yield fake
    fake.close()
    neighbour.forget()


def step(tool: str = "", say: str = "Done.", **arguments) -> str:
    return json.dumps({"say": say, "tool": tool, "arguments": arguments})


def test_a_language_model_works_by_the_same_tools_and_its_wrong_steps_are_sent_back(studio, project, assistant, llm):
    llm.says = [step("rm", path="/"), step("title", text="By Night"), step(say="It is called By Night now.")]
    turn = settled(assistant, assistant.ask(project.id, "give it a darker name, whatever you like"))
    assert (turn.state, turn.say) == ("done", "It is called By Night now.")
    assert [s.tool for s in turn.steps] == ["title"]
    assert "There is no tool 'rm'" in llm.asked[1]["messages"][-1]["content"]
    assert timeline(studio, project).title == "By Night"


def test_a_language_model_that_never_ends_is_stopped_after_ten_steps(studio, project, assistant, llm):
    llm.says = [step("captions", on=False)]
    turn = settled(assistant, assistant.ask(project.id, "go on and on with whatever comes to mind"))
    assert len(turn.steps) == 10
    assert "10 steps" in turn.say


def test_what_was_said_and_done_is_kept_searched_and_told(studio, project, assistant):
    settled(assistant, assistant.ask(project.id, "title: The Last Boat"))
    memory = Memory(studio.home, project.id)
    with Path(memory.path).open("a") as file:
        file.write('{"at": "2026-01-01T00:00:00Z", "who": "yo')  # the power went
    memory.add(Entry(who="you", kind="said", text="after the cut"))
    assert [entry.kind for entry in memory.entries()] == ["said", "did", "said"]
    assert memory.entries(q="last boat")[0].text == "title: The Last Boat"
    summary = memory.summary("Harbour")
    assert summary.startswith("# Harbour\n")
    assert "**you** title: The Last Boat" in summary


def test_a_request_that_was_under_way_when_the_studio_stopped_has_ended(studio, project, assistant):
    done = settled(assistant, assistant.ask(project.id, "music quieter"))
    before = timeline(studio, project)
    waiting = assistant.ask(project.id, "shorten it to 20 seconds")
    until(lambda: assistant.get(waiting.id).state == "asking")
    again = Assistant(studio)  # as the next start makes it
    ended = again.get(waiting.id)
    assert (ended.state, ended.say, ended.asks) == ("failed", INTERRUPTED, "")
    assert Memory(studio.home, project.id).entries()[-1].text == INTERRUPTED
    with pytest.raises(Conflict):
        again.answer(waiting.id, True)
    assert timeline(studio, project) == before
    assert again.get(done.id) == done
    again.undo(done.id)
    assert timeline(studio, project) != before
    assistant.stop(waiting.id)


def test_nobody_looks_at_or_stops_another_persons_request(studio, project, assistant):
    asked = settled(assistant, assistant.ask(project.id, "music quieter"))
    with acting(Person("ada1", "Ada", "make")), pytest.raises(Unknown):
        assistant.get(asked.id)


@pytest.mark.parametrize("frames", [1, 13, 40, 77, 120])
def test_a_film_ends_wherever_it_is_told_to(studio, project, frames):
    whole = timeline(studio, project)
    short = shortened(whole, frames)
    assert Timeline.parse(short.dump()) == short
    assert short.frames <= frames


def test_over_http_it_is_asked_answered_and_remembered(server):
    with server.client() as client:
        project = client.post("/api/v1/projects/sample").json()["id"]
        turn = client.post("/api/v1/assistant", json={"project": project, "text": "shorten it to 4 seconds"}).json()
        look = f"/api/v1/assistant/{turn['id']}"
        until(lambda: client.get(look).json()["state"] == "asking")
        assert client.post(f"{look}/answer", json={"yes": True}).status_code == 200
        assert until(lambda: (now := client.get(look).json())["state"] == "done" and now)["undo"]
        assert client.post(f"{look}/undo").json()["state"] == "undone"
        assert client.post(f"{look}/answer", json={"yes": True}).status_code == 409
        assert len(client.get(f"/api/v1/projects/{project}/memory", params={"q": "shorten"}).json()["items"]) >= 2
        assert "shorten it" in client.get(f"/api/v1/projects/{project}/memory/summary").text
        assert client.post("/api/v1/assistant", json={"project": "nobody", "text": "x"}).status_code == 404
        assert client.get("/api/v1/assistant/nobody").status_code == 404
