"""The built-in planner: fifty briefs in five languages become scripts that can be said in the time, and shots that can
be drawn."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from briefs import BRIEFS
from pipelines.draft.painting.reading import phrases
from studio.director import shots, tongue
from studio.director.plan import CAMERAS, Brief, description
from studio.director.reading import folded, read
from studio.director.script import speaking

EVERY = [(code, brief) for code, briefs in BRIEFS.items() for brief in briefs]
NAMED = [f"{code}-{n}" for code, briefs in BRIEFS.items() for n, _ in enumerate(briefs)]
LENGTHS = (15.0, 30.0, 60.0)


def drawable(prompt: str) -> bool:
    return any(kind in ("subject", "place") for kind, _, _ in phrases(prompt))


@pytest.mark.parametrize(("code", "brief"), EVERY, ids=NAMED)
def test_a_brief_becomes_a_film_of_its_length(code, brief):
    assert len(EVERY) == 50
    reading = read(brief)
    assert reading.language == code
    for seconds in LENGTHS:
        plan = shots.plan(Brief(brief=brief, seconds=seconds))
        assert plan == shots.plan(Brief(brief=brief, seconds=seconds)), "the same brief is the same plan"
        assert plan.seconds == pytest.approx(seconds, abs=0.05)
        assert plan.title
        said = [folded(shot.line) for shot in plan.shots if shot.line]
        assert said
        assert len(set(said)) == len(said), "no sentence is said twice"
        pace = reading.tongue.pace
        for shot in plan.shots:
            assert speaking(shot.line, pace) < shot.seconds, f"{shot.line} has no time"
            assert drawable(shot.prompt), shot.prompt
            assert shot.camera in CAMERAS
            assert not re.search(r"[{}]", f"{shot.line} {shot.prompt}")
        told = sum(speaking(shot.line, pace) for shot in plan.shots)
        steps = any(passage.step for passage in reading.passages)
        assert told > min(seconds, 30) * (0.35 if steps or not reading.written else 0.08), "told, not only shown"
        moves = [shot.camera for shot in plan.shots]
        assert all(a != b for a, b in pairwise(moves)), "the camera does not do the same twice"


@pytest.mark.parametrize(("code", "brief"), EVERY, ids=NAMED)
def test_nothing_is_said_that_neither_the_brief_nor_the_stock_says(code, brief):
    speech = tongue.tongue(code)
    names = [value.rpartition(": ")[0] for kind in tongue.THINGS for value in speech.said[kind].values()]
    known = {folded(brief), *(folded(line) for line in every_line(speech.said["lines"]))}
    for shot in shots.plan(Brief(brief=brief)).shots:
        line = folded(shot.line)
        filled = any(re.fullmatch(re.sub(r"\b[spt]\b", "(.+)", k), line) for k in known if re.search(r"\b[spt]\b", k))
        assert line in known or line in folded(brief) or (filled and any(folded(n) in line for n in names)) or (
            overlap(line, folded(brief)) > 0.8
        ), shot.line  # fmt: skip


def every_line(table):
    for value in table.values():
        yield from every_line(value) if isinstance(value, dict) else value


def overlap(line: str, brief: str) -> float:
    words = line.split()
    return sum(word in brief for word in words) / max(1, len(words))


def test_every_language_knows_the_same_things_and_can_draw_them():
    english = tongue.tongue("en").said
    for code in tongue.codes():
        said = tongue.tongue(code).said
        for kind in (*tongue.THINGS, "mood", "structure", "lines"):
            assert said[kind].keys() == english[kind].keys(), (code, kind)
    for kind in ("subject", "place"):
        assert all(drawable(key) for key in english[kind])


def test_the_stock_has_no_sentence_twice():
    for code in tongue.codes():
        lines = [folded(line) for line in every_line(tongue.tongue(code).said["lines"])]
        assert len(set(lines)) == len(lines)


def test_steps_are_numbered_on_the_picture():
    plan = shots.plan(Brief(brief=BRIEFS["en"][4]))
    assert [shot.title for shot in plan.shots if shot.title][:2] == [
        "1. Mix flour, water and salt",
        "2. Let the dough rest overnight",
    ]
    assert "0:" in description(plan)


def test_a_script_keeps_its_words_its_scenes_and_its_light():
    plan = shots.plan(Brief(brief=BRIEFS["en"][9], seconds=12))
    told = [shot for shot in plan.shots if shot.line]
    assert [shot.line for shot in told] == ["Every day begins with tea.", "And some days end with a goodbye."]
    assert told[0].scene != told[1].scene
    assert "kitchen" in told[0].prompt
    assert "night" in told[1].prompt


def test_a_page_is_told_in_its_own_order():
    page = BRIEFS["it"][9]
    lines = [shot.line for shot in shots.plan(Brief(brief=page, seconds=30)).shots if shot.line]
    assert [page.index(line.rstrip(".")[1:20]) for line in lines] == sorted(
        page.index(line.rstrip(".")[1:20]) for line in lines
    )


def test_who_is_described_is_described_the_same_in_every_shot():
    plan = shots.plan(Brief(brief="An old woman with a red umbrella waits in the street in the rain", seconds=30))
    assert sum("an old woman with a red umbrella" in shot.prompt for shot in plan.shots) >= len(plan.shots) // 2


def test_what_nobody_can_read_is_still_a_film():
    for brief in ("x", "日本の海", "?!", "a poem", "🎬", "a" * 15_000, "\n1.\n2.\n", "word " * 3000):
        plan = shots.plan(Brief(brief=brief, seconds=20))
        assert plan.seconds == pytest.approx(20, abs=0.05)
        assert all(drawable(shot.prompt) for shot in plan.shots)


@pytest.mark.parametrize("seconds", [5, 7.5, 180, 300])
def test_the_shortest_and_the_longest_have_their_length_too(seconds):
    for _, brief in EVERY[::7]:
        plan = shots.plan(Brief(brief=brief, seconds=seconds))
        assert plan.seconds == pytest.approx(seconds, abs=0.05)
        assert max(shot.seconds for shot in plan.shots) < 16
