"""Every option of every model becomes a control a person can use, and comes back as the option it was."""

from __future__ import annotations

import gradio as gr
import pytest

from pipelines import catalogue
from pipelines.faults import Invalid
from studio.ui import tabs
from studio.ui.controls import component, fitting, given, settings, shape
from studio.ui.generate import SHAPES, Form, fitting_sides, outline_of, requests, told

EVERY = [(model, name) for model in catalogue.MODELS for name in model.cls.Options.model_fields]
ids = [f"{model.id}-{name}" for model, name in EVERY]
MADE_BY_HAND = {"prompt": "a harbour", "text": "Good morning.", "source": "a" * 64, "start": "b" * 64, "end": "c" * 64}


def lead_of(model) -> dict[str, str]:
    """What a person gives this model: words, and the file it changes or the ones it cannot do without."""
    fields = model.cls.Options.model_fields
    wanted = {name for name, field in fields.items() if field.is_required()} | {"prompt", "text"}
    return {
        name: MADE_BY_HAND[name] for name in MADE_BY_HAND if name in fields and (name in wanted or name == "source")
    }


TASKS = sorted({model.task for model in catalogue.MODELS} & {"image", "video", "music", "sound", "speech"})


@pytest.mark.parametrize(("model", "name"), EVERY, ids=ids)
def test_every_option_has_a_control_with_its_words_and_bounds(model, name):
    setting, declared = settings(model)[name], model.schema()["properties"][name]
    with gr.Blocks(analytics_enabled=False):
        made = component(setting)
    assert made.label == setting.title
    assert made.label.strip()
    assert setting.info.strip() or setting.title.lower() != name.replace("_", " "), "it says what it does"
    if isinstance(made, gr.Slider | gr.Number):
        assert made.minimum == declared.get("minimum", declared.get("exclusiveMinimum"))
        assert made.maximum == declared.get("maximum", declared.get("exclusiveMaximum"))
    if isinstance(made, gr.Slider):
        assert made.step > 0
        assert (made.maximum - made.minimum) / made.step >= 1
    if "enum" in declared:
        assert [value for _, value in made.choices] == declared["enum"]
    if "x-media" in declared:
        assert made.props["kinds"] == declared["x-media"]


@pytest.mark.parametrize("model", catalogue.MODELS, ids=lambda model: model.id)
def test_an_untouched_form_is_the_models_defaults(model):
    lead = lead_of(model)
    held = {name: shape(setting)["value"] for name, setting in settings(model).items()} | lead
    chosen = {name: given(settings(model)[name], value) for name, value in held.items()}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    assert model.options(**chosen) == model.options(**lead)


@pytest.mark.parametrize("model", catalogue.MODELS, ids=lambda model: model.id)
def test_a_recipes_values_come_back_to_the_form_as_they_were(model):
    lead = lead_of(model)
    recipe = model.options(**lead, seed=77).model_dump(mode="json")
    back = {name: given(s, fitting(s, recipe[name])) for name, s in settings(model).items()}
    assert model.options(**{name: value for name, value in back.items() if value is not None}).seed == 77
    assert {name: back[name] for name in lead} == lead


@pytest.mark.parametrize("nonsense", [None, True, 1e300, -5, "<script>", ["x"], {"a": 1}, [None]], ids=repr)
@pytest.mark.parametrize("model", catalogue.MODELS, ids=lambda model: model.id)
def test_a_control_takes_nothing_it_cannot_hold(model, nonsense):
    for setting in settings(model).values():
        value = fitting(setting, nonsense)
        if setting.widget in ("slider", "number") and value is not None:
            assert setting.low is None or value >= setting.low
            assert setting.high is None or value <= setting.high
        if setting.widget == "choice" and not setting.free:
            assert value in [choice for _, choice in setting.choices]
        if setting.widget == "asset":
            assert value == []
        if setting.widget == "words":
            assert isinstance(value, str)


@pytest.mark.parametrize("task", TASKS)
def test_a_form_shows_the_chosen_models_controls_and_hides_the_rest(task):
    with gr.Blocks(analytics_enabled=False):
        form = Form(task)
        form.draw()
    for model in form.models:
        shown = {part for part, look in form.fit(model).items() if look["visible"]}
        assert shown == {form.parts[setting.key] for setting in settings(model).values()}


@pytest.mark.parametrize("outline", SHAPES)
@pytest.mark.parametrize("model", [m for m in catalogue.MODELS if "width" in settings(m)], ids=lambda model: model.id)
def test_a_shape_is_a_size_the_model_takes(model, outline):
    width, height = fitting_sides(settings(model), outline)
    lead = lead_of(model)
    options = model.options(**lead, width=width, height=height)
    assert outline_of(settings(model), {"width": options.width, "height": options.height}) == outline


def test_takes_of_a_fixed_seed_count_up_and_of_a_free_one_stay_free():
    model = catalogue.default("image")
    seeds = [request.options["seed"] for request in requests(model, {"seed": 2**32 - 1}, 2)]
    assert seeds == [2**32 - 1, 0]
    assert [request.options["seed"] for request in requests(model, {"seed": -1}, 4)] == [-1] * 4
    assert len(list(requests(model, {}, "many"))) == 1


def test_a_fault_beside_the_button_is_words_and_never_markup():
    said = told(Invalid("<img src=x onerror=alert(1)>", '"><script>'))
    assert "<img" not in said
    assert "<script" not in said


def test_every_tab_says_its_title_and_they_stand_in_order():
    titles = [tab.TITLE for tab in tabs()]
    wanted = ["Film", "Image", "Video", "Music", "Sound", "Speech", "Timeline", "Library", "Queue", "Models"]
    assert [title for title in titles if title in wanted] == [title for title in wanted if title in titles]
