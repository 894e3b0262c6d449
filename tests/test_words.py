"""Words from a language model: an answer is what was asked for, or a refusal in words, within its bounds."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, ConfigDict

from fakewords import Fake
from pipelines import answers, server, words
from pipelines.faults import Unavailable
from pipelines.words import BadAnswer, Bounds, Endpoint, NoAnswer


class Plan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    shots: list[str]


GOOD = {"title": "Harbour", "shots": ["a boat", "a gull"]}
ASKED = [{"role": "user", "content": "Plan a film."}]
SHORT = Bounds(tokens=400, seconds=20)


@pytest.fixture
def fake():
    server.forget()
    made = Fake([json.dumps(GOOD)])
    yield made
    made.close()


def ask(fake: Fake, bounds: Bounds = SHORT, **more) -> Plan:
    return words.ask(Endpoint(f"{fake.url}/v1", "little-writer"), Plan, ASKED, bounds=bounds, **more)


@pytest.mark.parametrize("stream", [True, False])
def test_a_good_answer_is_taken_as_it_is(fake, stream):
    fake.stream = stream
    assert ask(fake) == Plan(**GOOD)
    (asked,) = fake.asked
    schema = asked["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["title", "shots"]
    assert schema["additionalProperties"] is False
    assert asked["max_tokens"] == 400


@pytest.mark.parametrize(
    "said",
    [
        f"Of course! Here is your plan:\n```json\n{json.dumps(GOOD, indent=1)}\n```\nI hope {{you}} like it.",
        f"<think>{{maybe}} a harbour?</think>{json.dumps(GOOD)}",
        f"A note {{first}}: {json.dumps(GOOD)} and {{that}} is all",
        '{"title": "Harbour", "shots": ["a boat", "a gull",],}',
        "{'title': 'Harbour', 'shots': ['a boat', 'a gull']}",
        '{"title": "Harbour", "shots": ["a boat", "a gull", "a thi',
        "{“title”: “Harbour”, “shots”: [“a boat”, “a gull”]}",
    ],
    ids=["fenced", "thought", "prose", "commas", "python", "broken off", "curly"],
)
def test_the_answer_is_found_in_what_stands_around_it(fake, said):
    fake.says = [said]
    assert ask(fake) == Plan(**GOOD)
    assert len(fake.asked) == 1, "nothing had to be asked twice"


def test_a_bad_answer_is_told_what_is_wrong_and_asked_again(fake):
    fake.says = ['{"title": "Harbour", "shots": "none"}', json.dumps(GOOD)]
    assert ask(fake) == Plan(**GOOD)
    again = fake.asked[1]["messages"]
    assert "shots: Input should be a valid list" in again[-1]["content"]
    assert again[-2]["content"] == '{"title": "Harbour", "shots": "none"}'


def test_what_fits_the_schema_may_still_be_refused(fake):
    with pytest.raises(BadAnswer, match="two shots are too few"):
        ask(fake, check=lambda plan: "two shots are too few")
    assert len(fake.asked) == 3


@pytest.mark.parametrize("said", ["I am sorry, I cannot do that.", "[]", "{" * 5000, '{"a":' * 3000, "\x00\ud7ff{"])
def test_what_is_no_answer_is_refused_in_words(fake, said):
    fake.says = [said]
    with pytest.raises(BadAnswer) as refusal:
        ask(fake, Bounds(tokens=4000, seconds=20))
    assert "little-writer" in refusal.value.message
    assert len(refusal.value.message) <= 400


def test_an_endless_answer_is_cut_off(fake):
    fake.says = ["endless"]
    with pytest.raises(BadAnswer):
        ask(fake, Bounds(tokens=200, seconds=60))
    assert len(fake.asked) == 1, "its tokens are spent"


@pytest.mark.parametrize("said", ["silent", "drip"])
def test_a_slow_answer_is_not_waited_for(fake, said):
    fake.says = [said]
    with pytest.raises(NoAnswer, match=r"within 0\.4 s"):
        ask(fake, Bounds(tokens=100_000, seconds=0.4))


def test_an_answer_that_breaks_off_is_asked_for_again(fake):
    fake.says = ["broken", json.dumps(GOOD)]
    assert ask(fake) == Plan(**GOOD)


def test_a_busy_endpoint_is_asked_again(fake):
    fake.says = [(503, "loading the model"), json.dumps(GOOD)]
    assert ask(fake) == Plan(**GOOD)


@pytest.mark.parametrize("takes", [{"json_object", "max_tokens", "temperature"}, {"temperature"}, set()])
def test_what_an_endpoint_does_not_take_is_left_out(fake, takes):
    fake.takes = frozenset(takes)
    assert ask(fake) == Plan(**GOOD)
    assert fake.asked[-1].get("max_completion_tokens", fake.asked[-1].get("max_tokens")) == 400, "the bound stays"


def test_a_wrong_key_is_said_and_never_shown(fake):
    fake.key = "the-right-one"
    where = words.find(fake.url, "m", "a-wrong-secret")
    with pytest.raises(Unavailable, match="does not accept the key") as refusal:
        words.ask(where, Plan, ASKED, bounds=SHORT)
    assert "a-wrong-secret" not in f"{refusal.value} {where!r}"


def test_a_refusal_is_passed_on(fake):
    fake.says = [(404, "model 'm' not found, try pulling it first")]
    with pytest.raises(NoAnswer, match="try pulling it first"):
        ask(fake)


def test_nobody_there_is_no_endpoint():
    server.forget()
    assert words.find("http://127.0.0.1:9") is None


def test_the_endpoint_of_the_environment_is_found_with_its_first_model(fake, monkeypatch):
    monkeypatch.setenv("STUDIO_LLM_URL", fake.url)
    found = words.find()
    assert (found.url, found.model, found.key) == (f"{fake.url}/v1", "little-writer", None)


def test_the_ollama_of_this_machine_is_found_by_itself(fake, monkeypatch):
    monkeypatch.delenv("STUDIO_LLM_URL", raising=False)
    monkeypatch.setattr(words, "OLLAMA", fake.url)
    assert words.find().url == f"{fake.url}/v1"


@pytest.mark.parametrize("given", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/chat/completions"])
def test_an_address_may_be_given_whole_or_in_part(given):
    assert words.address(given) == "http://h:1/v1"


def test_plain_words_are_plain_words(fake):
    fake.says = ["Good morning."]
    assert words.chat(Endpoint(f"{fake.url}/v1", "m"), ASKED, bounds=SHORT) == "Good morning."


def test_a_schema_keeps_a_field_that_is_called_title():
    assert answers.schema_of(Plan)["properties"].keys() == {"title", "shots"}
