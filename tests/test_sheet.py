"""The call sheet: what a film needs of which models, what serves, and how the cut follows from it. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from pipelines import catalogue
from studio.director import shots
from studio.director.cutting import cut, on_beats
from studio.director.films import Film, Take
from studio.director.plan import ASPECTS, Brief
from studio.director.sheet import call_sheet, lengths
from studio.types import Asset, Job, Recipe, now

MODELS = {"image": "draft-image", "video": "draft-video", "music": "draft-music", "sound": "draft-sound",
          "speech": "draft-speech"}  # fmt: skip


def film(brief: str = "A fishing boat leaves the harbour at dawn and comes home in the evening", **more) -> Film:
    models = MODELS | more.pop("models", {})
    wish = Brief(brief=brief, models=models, **more)
    return Film(id="f", brief=wish, plan=shots.plan(wish), created=now(), updated=now())


def done(part, seconds: float = 3.0) -> Take:
    """A take as a job would have left it, as long as was asked for."""
    options = part.request.options
    kinds = {"image": "image", "video": "video"}
    kind = kinds.get(catalogue.find(part.request.model).task, "audio")
    asset = Asset(id=f"{part.name}-{part.key}", kind=kind, name=part.name, mime="x/y", bytes=1, path="/nowhere",
                  duration_s=None if kind == "image" else options.get("duration_s", seconds))  # fmt: skip
    recipe = Recipe(model=part.request.model, revision="1", options=options)
    job = Job(task=kind, model=part.request.model, recipe=recipe, status="done", assets=(asset,))
    return Take(part.name, part.key, job)


def filled(of: Film, seconds: float = 3.0) -> list[Take]:
    """Every take a film needs, made in as many rounds as it takes."""
    takes = list[Take]()
    for _ in range(6):
        sheet = call_sheet(of, takes)
        if sheet.ready:
            return takes
        takes += [done(part, seconds) for part in sheet.missing]
    raise AssertionError([part.name for part in call_sheet(of, takes).missing])


def test_voices_come_first_then_what_is_as_long_as_they_are():
    small = film()
    first = call_sheet(small, [])
    assert {part.name.split("-")[0] for part in first.parts} == {"voice"}
    assert not first.ready
    sheet = call_sheet(small, filled(small))
    assert {part.name.split("-")[0] for part in sheet.parts} == {"voice", "shot", "sound", "music"}
    assert sum(sheet.slots) == pytest.approx(30, abs=0.05)


def test_a_real_model_for_shots_begins_each_with_a_picture():
    real = film(models={"video": "wan-2.2-i2v"})
    sheet = call_sheet(real, filled(real))
    shot = next(part for part in sheet.parts if part.name == "shot-s1")
    assert shot.request.options["start"] == sheet.takes["picture-s1"].asset.id
    assert "camera" in shot.request.options["prompt"]


@pytest.mark.parametrize("model", [m.id for m in catalogue.MODELS if m.task in MODELS and not m.also])
def test_what_any_model_of_the_catalogue_is_asked_for_it_takes(model):
    chosen = catalogue.find(model)
    needed = {name for name in chosen.cls.Options.media() if chosen.cls.Options.model_fields[name].is_required()}
    if needed - {"start"}:
        pytest.skip(f"it needs {needed}")
    made = film(models={chosen.task: model}, aspect="9:16", style="ink", seconds=20)
    sheet = call_sheet(made, filled(made))
    for part in sheet.parts:
        if part.request.model == model:
            chosen.options(**part.request.options)
    assert cut(made, sheet).frames == 20 * 24


def test_another_line_needs_another_voice_and_nothing_else():
    small = film()
    takes = filled(small)
    plan = small.plan
    other = plan.shots[2].model_copy(update={"line": "Something else is said."})
    changed = small.model_copy(update={"plan": plan.with_shots([*plan.shots[:2], other, *plan.shots[3:]])})
    assert [part.name for part in call_sheet(changed, takes).missing] == [f"voice-{other.id}"]


def test_a_longer_line_takes_its_time_from_the_others_and_the_film_keeps_its_length():
    plan = film().plan
    said = {shot.id: 2.0 for shot in plan.shots if shot.line}
    first = next(iter(said))
    slots = lengths(plan, said | {first: 5.0})
    assert slots[0] >= 5.9
    assert sum(slots) == pytest.approx(30, abs=0.05)


def test_a_locked_shot_keeps_its_take_whatever_changes():
    small = film()
    takes = filled(small)
    plan = small.plan
    locked = plan.shots[0].model_copy(update={"locked": True})
    changed = small.model_copy(
        update={"plan": plan.with_shots([locked, *plan.shots[1:]]).model_copy(update={"look": "red"})}
    )
    missing = {part.name for part in call_sheet(changed, takes).missing}
    assert missing == {f"shot-{shot.id}" for shot in plan.shots[1:]}


def test_cuts_meet_the_beats_and_never_cut_a_line():
    small = film()
    sheet = call_sheet(small, filled(small, 2.0))
    plain = on_beats(small.plan, sheet, [])
    beats = [n * 0.6 for n in range(60)]
    moved = on_beats(small.plan, sheet, beats)
    assert moved != plain
    assert moved[-1] == plain[-1]
    assert sum(min(abs(end / 24 - b) for b in beats) < 0.03 for end in moved[1:-1]) > len(moved) // 3
    assert all(b - a > 2.0 * 24 for a, b in pairwise(moved))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_shape_is_cut_in_that_shape(aspect):
    made = film(aspect=aspect, seconds=12)
    timeline = cut(made, call_sheet(made, filled(made)))
    wide, high = map(int, aspect.split(":"))
    assert timeline.width / timeline.height == pytest.approx(wide / high, rel=0.01)
    assert timeline.frames == 12 * 24


def test_a_take_that_is_too_short_plays_slower_and_holds():
    made = film(seconds=12)
    sheet = call_sheet(made, filled(made))
    short = sheet.takes["shot-s1"]
    asset = short.asset.model_copy(update={"duration_s": 1.0})
    takes = sheet.takes | {"shot-s1": replace(short, job=short.job.model_copy(update={"assets": (asset,)}))}
    clip = cut(made, replace(sheet, takes=takes)).tracks[0].items[0]
    assert clip.freeze
    assert float(clip.speed) == pytest.approx(0.6)


def test_who_is_in_several_shots_is_drawn_once_and_shown_with_each():
    brief = "An old dog with a red scarf walks along the beach. The dog sleeps by the sea. Stars come out."
    real = film(brief, models={"image": "flux2-klein", "video": "wan-2.2-i2v"})
    takes = filled(real)
    sheet = call_sheet(real, takes)
    (portrait,) = [part for part in sheet.parts if part.name.startswith("cast-")]
    assert "red scarf" in portrait.request.options["prompt"]
    drawn = sheet.takes[portrait.name].asset.id
    with_dog = [shot for shot in real.plan.shots if any("dog" in name for name in shot.cast)]
    assert len(with_dog) >= 2
    for shot in real.plan.shots:
        part = next(part for part in sheet.parts if part.name == f"picture-{shot.id}")
        assert part.request.options.get("references", []) == [drawn] * (shot in with_dog)


def test_a_model_that_looks_at_no_other_picture_is_shown_none():
    for models in ({"video": "stills"}, {"video": "wan-2.2-i2v"}):
        small = film("An old dog walks by the sea. The dog sleeps.", models=models)
        assert not [part.name for part in call_sheet(small, filled(small)).parts if part.name.startswith("cast-")]
