"""What every model must do. A new entry in the catalogue is tested here by being there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from pipelines import catalogue
from pipelines.catalogue import MODELS
from pipelines.faults import Cancelled, Invalid
from studio.library.media import probe

MAKES = {"image": "image", "video": "video", "music": "audio", "sound": "audio", "speech": "audio", "restore": "image"}
PUBLIC_NAMES = {
    "prompt", "text", "negative_prompt", "width", "height", "duration_s", "fps", "seed", "steps", "guidance", "start",
    "end", "source", "mask", "references", "loras", "voice", "speed", "language", "lyrics",
}  # fmt: skip
SMALL = {"width": 256, "height": 256, "duration_s": 1, "seed": 7}


@pytest.fixture(params=MODELS, ids=lambda model: model.id)
def model(request):
    return request.param


@pytest.fixture
def options(model, tmp_path):
    """A small job for this model, whatever it takes."""
    given = tmp_path / "given.png"
    Image.linear_gradient("L").resize((96, 64)).convert("RGB").save(given)
    fields = model.cls.Options.model_fields
    words = {
        name: "A lighthouse by the sea." for name in ("text", "prompt") if name in fields and model.task != "restore"
    }
    begins = ("start", "end") if model.repo else ()  # some of these make nothing from words alone
    media = model.cls.Options.media()
    files = {name: given for name in media if fields[name].is_required() or name in begins}
    least = {name: max([value, *(m.ge for m in fields[name].metadata if hasattr(m, "ge"))])
             for name, value in SMALL.items() if name in fields}  # fmt: skip
    return model.options(**words, **files, **least)


class Here:
    """Whoever runs the pipeline, listening; `stop_after` reports it asks it to stop."""

    def __init__(self, workdir: Path, stop_after: int | None = None):
        self.workdir, self.heard, self.stop_after = workdir, [], stop_after
        workdir.mkdir(exist_ok=True)

    def progress(self, fraction, note=""):
        self.heard.append(fraction)
        if self.stop_after is not None and len(self.heard) > self.stop_after:
            raise Cancelled


def ready_or_skip(model):
    """A model with weights is tested by test_families.py; whichever others can run here are."""
    status, why = model.status()
    if model.repo or status != "ready":
        pytest.skip(why or "has weights")


def run(model, options, context):
    pipeline = model.cls(model)
    pipeline.load()
    try:
        return [*pipeline.run(options, context)]
    finally:
        pipeline.unload()


def test_its_defaults_are_options_it_takes(model):
    assert set(model.defaults) <= set(model.cls.Options.model_fields)


def test_every_option_says_what_it_does(model):
    for name, field in model.cls.Options.model_fields.items():
        assert field.description, name


def test_it_asks_for_words_under_their_public_name(model):
    needed = [name for name, field in model.cls.Options.model_fields.items() if field.is_required()]
    assert set(needed) <= PUBLIC_NAMES


def test_its_schema_is_drawn_with_its_own_defaults(model):
    schema = model.schema()
    assert schema["additionalProperties"] is False
    assert all(schema["properties"][name]["default"] == value for name, value in model.defaults.items())


def test_what_it_does_not_know_is_refused_by_name(model):
    with pytest.raises(Invalid, match="wdith"):
        model.options(**({"prompt": "a fox"} if "prompt" in model.cls.Options.model_fields else {}), wdith=3)


def test_it_tells_its_licence_and_whether_it_can_run(model):
    status, why = model.status()
    assert model.licence
    assert (status == "ready") == (not why)


def test_a_draft_says_so(model):
    assert model.draft == model.id.startswith("draft-")
    assert not model.draft or "raft" in model.title


def test_it_makes_what_it_says_and_tells_how_far_it_is(model, options, tmp_path):
    ready_or_skip(model)
    context = Here(tmp_path / "work")
    first, *rest = run(model, options, context)
    assert probe(first).kind == MAKES[model.task]
    assert all(path.parent == context.workdir for path in (first, *rest))
    assert all(0 <= now <= 1 for now in context.heard)
    assert context.heard == sorted(context.heard)


def test_the_same_options_make_the_same_bytes(model, options, tmp_path):
    ready_or_skip(model)
    made = [[path.read_bytes() for path in run(model, options, Here(tmp_path / name))] for name in "ab"]
    assert made[0] == made[1]


def test_it_stops_when_asked(model, options, tmp_path):
    ready_or_skip(model)
    with pytest.raises(Cancelled):
        run(model, options, Here(tmp_path / "work", stop_after=0))


def test_ids_are_unique_and_fit_for_an_address():
    ids = [model.id for model in MODELS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", id) for id in ids)


@pytest.mark.parametrize("task", MAKES)
def test_every_task_has_a_model_that_runs_on_any_machine(task):
    assert any(m.draft and m.status()[0] == "ready" for m in catalogue.for_task(task))


def test_an_unknown_model_is_answered_with_the_list():
    with pytest.raises(catalogue.UnknownModel) as refused:
        catalogue.find("dall-e")
    assert "draft-image" in refused.value.advice
