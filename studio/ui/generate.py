"""The one way a tab makes media: a form drawn from the chosen model's options, and a stage that follows the work.

A handler only writes rows and answers at once; the stage (static/stage.js) follows them by itself, so a page that is
closed, reloaded or opened elsewhere misses nothing.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import gradio as gr

from pipelines import catalogue
from pipelines.base import Model, Task
from pipelines.faults import Fault
from studio.studio import Studio
from studio.types import GenerationRequest
from studio.ui.controls import Setting, Widget, component, fitting, given, settings, shape
from studio.ui.island import island, words

SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "21:9": (21, 9)}
LEAD = ("prompt", "text")
FILES = ("start", "end", "source", "mask", "references")
FRONT = ("duration_s", "voice")  # below the prompt; whatever is in no group goes under "More"
KEPT = (*LEAD, *FILES, "negative_prompt", "seed", "lyrics")  # what stays when another model is chosen
QUIET = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
STATES = {
    "ready": ("good", "ready"),
    "not_downloaded": ("warn", "not downloaded"),
    "needs_package": ("warn", "needs a package"),
    "needs_gpu": ("warn", "needs a GPU"),
    "needs_server": ("warn", "needs a server"),
}


class Form:
    """A control for every option of every model of a task, of which the chosen model's are shown."""

    def __init__(self, task: Task):
        self.task, self.models = task, catalogue.for_task(task)
        self.first = catalogue.default(task)
        self.known = {model.id: settings(model) for model in self.models}
        self.parts: dict[tuple[str, Widget], gr.components.Component] = {}

    def draw(self, wanted: Iterable[str] | None = None, but: Iterable[str] = (), **look: Any) -> None:
        """Put the controls of these options, or of all but those, where the layout stands."""
        shown = self.known[self.first.id]
        for known in [shown, *self.known.values()]:
            for name, setting in known.items():
                if setting.key in self.parts or name in but or (wanted is not None and name not in wanted):
                    continue
                visible = name in shown and shown[name].key == setting.key
                self.parts[setting.key] = component(
                    setting, visible=visible, elem_id=f"{self.task}-{name}", elem_classes=f"option-{name}", **look
                )

    def named(self, model_id: Any) -> Model:
        """One of this task's models. Raises `UnknownModel`."""
        model = catalogue.find(str(model_id))
        if model.id not in self.known:
            raise catalogue.UnknownModel(f"{model.id} does not make {self.task}.", "Choose a model of this tab.")
        return model

    def has(self, *names: str) -> bool:
        return all(any(key[0] == name for key in self.parts) for name in names)

    def part(self, name: str) -> gr.components.Component:
        return next(part for key, part in self.parts.items() if key[0] == name)

    def options(self, model: Model, held: dict[Any, Any]) -> dict[str, Any]:
        """What the controls hold, as this model's options."""
        chosen = {name: given(s, held.get(self.parts[s.key])) for name, s in self.known[model.id].items()}
        return {name: value for name, value in chosen.items() if value is not None}

    def fit(self, model: Model, values: dict[str, Any] | None = None) -> dict[gr.components.Component, Any]:
        """Show this model's controls, with these values in them; a control that is kept stays as it was."""
        mine = {setting.key: setting for setting in self.known[model.id].values()}
        return {part: self.fitted(mine.get(key), values or {}) for key, part in self.parts.items()}

    def fitted(self, setting: Setting | None, values: dict[str, Any]) -> Any:
        if setting is None:
            return gr.update(visible=False)
        look = {**shape(setting), "visible": True}
        if setting.name in values:
            look["value"] = fitting(setting, values[setting.name])
        elif setting.name in KEPT:
            del look["value"]
        return gr.update(**look)


def bridge(event: str) -> gr.HTML:
    """Carries a wish from an island to Python: `document` hears an event of this name, and its detail is the value."""
    js = f"document.addEventListener({event!r}, (e) => {{ props.value = e.detail; trigger('submit'); }});"
    return island("i", js, look={"elem_classes": "bridge", "elem_id": event})


def stage_for(element: str = "homereel-stage", **said: str) -> gr.HTML:
    """The right-hand side. Its value is the jobs to follow first; what else there is it reads from the studio."""
    js = f"watch('value', () => element.querySelector('{element}').follow?.(props.value));"
    return island(element, js, look={"elem_classes": "stage-holder"}, **said)


def generate(studio: Studio, task: Task, examples: Sequence[str], title: str, lesson: str, hint: str) -> None:
    """Lay out the whole of a generation tab inside the current one."""
    form = Form(task)
    with gr.Row(elem_classes="making"):
        with gr.Column(elem_classes="desk", elem_id=f"{task}-form", scale=0, min_width=0):
            model, state, outline, dice, takes, go, fault, listen = lay_out(form, examples, hint)
        with gr.Column(elem_classes="stage-column", min_width=0):
            stage = stage_for(task=task, heading=title, lesson=lesson, sample=examples[0])
    recall = bridge(f"{task}-recall")
    wire_form(form, model, state, outline, dice, recall)
    wire_submit(studio, form, model, takes, go, fault, stage)
    if listen:
        wire_listen(studio, form, model, listen, fault)


def lay_out(form: Form, examples: Sequence[str], hint: str) -> tuple[Any, ...]:
    task, first = form.task, form.first
    form.draw(LEAD, placeholder=hint, autofocus=False)
    island("homereel-prompts", task=task, examples=json.dumps(list(examples)))
    choices = [(model.title, model.id) for model in form.models]
    model = gr.Dropdown(choices, value=first.id, label="Model", elem_id=f"{task}-model", filterable=len(choices) > 8)
    state = words(state_of(first), elem_classes="model-state")
    with gr.Row(elem_classes="files"):
        form.draw(FILES)
    outline = gr.Radio(
        list(SHAPES),
        value=outline_of(form.known[first.id]),
        label="Shape",
        elem_classes="shapes",
        visible="width" in form.known[first.id],
    )
    form.draw(FRONT)
    listen = island("homereel-listen", LISTEN_JS, look={"elem_classes": "listen"}) if form.has("voice") else None
    with gr.Row(elem_classes="seed-row"):
        form.draw(("seed",))
        dice = gr.Button("New seed each time", elem_classes="dice", size="sm", min_width=0)
        takes = gr.Radio([("× 1", 1), ("× 2", 2), ("× 4", 4)], value=1, label="Takes", elem_classes="takes-count")
    with gr.Accordion("More", open=False, elem_classes="more"):
        form.draw(but=())
    with gr.Column(elem_classes="going", min_width=0):
        fault = words(elem_id=f"{task}-fault", elem_classes="fault-holder")
        go = gr.Button("Generate", variant="primary", elem_id=f"{task}-go", elem_classes="go")
    return model, state, outline, dice, takes, go, fault, listen


def wire_form(form: Form, model: Any, state: Any, outline: Any, dice: Any, recall: Any) -> None:
    """What happens in the form itself: another model, another shape, settings brought back."""
    everything = [model, state, outline, *form.parts.values()]

    def refit(model_id: str, values: dict[str, Any] | None = None) -> dict[Any, Any]:
        chosen = catalogue.find(model_id) if model_id in form.known else form.first
        sides = values or {}
        return {
            model: chosen.id,
            state: state_of(chosen),
            outline: gr.update(
                value=outline_of(form.known[chosen.id], sides), visible="width" in form.known[chosen.id]
            ),
            **form.fit(chosen, values),
        }

    model.input(refit, model, everything, **QUIET)

    def brought_back(wish: Any, current: str) -> dict[Any, Any]:
        wish = wish if isinstance(wish, dict) else {}
        values = wish.get("options") if isinstance(wish.get("options"), dict) else {}
        if wish.get("model") in form.known:
            return refit(wish["model"], values)
        known = form.known.get(current, form.known[form.first.id])
        mine = {name: s for name, s in known.items() if name in values}
        changed = {form.parts[s.key]: gr.update(value=fitting(s, values[name])) for name, s in mine.items()}
        return {**{part: gr.skip() for part in everything}, **changed}

    recall.submit(brought_back, [recall, model], everything, preprocess=False, **QUIET)
    dice.click(None, None, form.part("seed"), js="() => -1", **QUIET)

    if form.has("width", "height"):
        sides = [form.part("width"), form.part("height")]
        outline.input(lambda name, id: fitting_sides(form.known.get(id, {}), name), [outline, model], sides, **QUIET)
        for side in sides:
            side.input(None, sides, outline, js=OUTLINE_JS, **QUIET)


def wire_submit(studio: Studio, form: Form, model: Any, takes: Any, go: Any, fault: Any, stage: Any) -> None:
    def submit(held: dict[Any, Any]) -> dict[Any, Any]:
        try:
            chosen = form.named(held.get(model))
            options = form.options(chosen, held)
            if not (options.get("prompt") or options.get("text") or "").strip():
                raise NothingSaid("The prompt is empty.", "Say what you want in a few words, or take an example above.")
            jobs = studio.submit_all(list(requests(chosen, options, held.get(takes))))
        except Fault as error:
            return {fault: told(error), stage: gr.skip()}
        return {fault: "", stage: [job.id for job in jobs]}

    inputs = {model, takes, *form.parts.values()}
    go.click(submit, inputs, [fault, stage], preprocess=False, **QUIET)


def wire_listen(studio: Studio, form: Form, model: Any, listen: Any, fault: Any) -> None:
    """A few words in the chosen voice: a job like any other, which the island plays once it is done."""

    def sound(held: dict[Any, Any]) -> dict[Any, Any]:
        try:
            chosen = form.named(held.get(model))
            options = form.options(chosen, held)
            said = first_words(options.get("text") or "") or "This is how I sound."
            job, _ = studio.submit(GenerationRequest(model=chosen.id, options=options | {"text": said}, priority=5))
        except Fault as error:
            return {fault: told(error), listen: gr.skip()}
        return {fault: "", listen: job.id}

    listen.submit(sound, {model, *form.parts.values()}, [fault, listen], preprocess=False, **QUIET)


def first_words(text: str) -> str:
    """Enough of a text to know a voice by."""
    plain = re.sub(r"\[[^\]]*\]", " ", text).strip()
    return plain if len(plain) <= 90 else f"{plain[:90].rsplit(' ', 1)[0]}."


class NothingSaid(Fault):
    """A request without words."""


def requests(model: Model, options: dict[str, Any], takes: Any) -> Iterable[GenerationRequest]:
    """One request for each take; a fixed seed counts up, so that no two are alike."""
    count = takes if takes in (1, 2, 4) else 1
    for n in range(count):
        seed = options.get("seed", -1)
        numbered = isinstance(seed, int) and seed >= 0
        yield GenerationRequest(model=model.id, options={**options, "seed": (seed + n) % 2**32 if numbered else seed})


# --- words and shapes ------------------------------------------------------------------------------------------------


def told(error: Fault) -> str:
    """A fault as it stands beside the button: one sentence, what to do, and the details to copy."""
    details = html.escape(f"{error.type}: {error.message} {error.advice}", quote=True)
    advice = f"<span>{html.escape(error.advice)}</span>" if error.advice else ""
    said = f"<strong>{html.escape(error.message)}</strong>{advice}"
    return f'<homereel-fault role="alert" details="{details}"><div class="said">{said}</div></homereel-fault>'


def state_of(model: Model) -> str:
    status, why = model.status()
    mark, said = STATES[status]
    if model.draft and status == "ready":
        mark, said = "draft", "draft" if model.task == "restore" else "draft · instant"  # a whole film takes its time
    licence = f'<span class="muted">{html.escape(model.licence)}</span>' if model.licence else ""
    memory = f'<span class="muted">{model.vram_gb:g} GB</span>' if model.vram_gb else ""
    reason = f'<p class="muted">{html.escape(why)}</p>' if why else ""
    return f'<div class="house state"><span class="badge {mark}">{said}</span>{licence}{memory}{reason}</div>'


def outline_of(known: dict[str, Setting], values: dict[str, Any] | None = None) -> str | None:
    """Which of the shapes a picture has, if any."""
    if not {"width", "height"} <= known.keys():
        return None
    sides = [(values or {}).get(name, known[name].default) for name in ("width", "height")]
    if not all(isinstance(side, (int, float)) and side > 0 for side in sides):
        return None
    ratio = sides[0] / sides[1]
    return next((name for name, (w, h) in SHAPES.items() if abs(ratio / (w / h) - 1) < 0.03), None)


def fitting_sides(known: dict[str, Setting], outline: str) -> list[Any]:
    """Width and height in pixels: this shape, with about as many pixels as the model draws by itself."""
    if outline not in SHAPES or not {"width", "height"} <= known.keys():
        return [gr.skip(), gr.skip()]
    sides, parts = [known["width"], known["height"]], SHAPES[outline]
    area = (sides[0].default or 1024) * (sides[1].default or 1024)
    unit = math.sqrt(area / (parts[0] * parts[1]))
    unit = min(unit, *((side.high or math.inf) / part for side, part in zip(sides, parts, strict=True)))
    return [on_grid(side, unit * part) for side, part in zip(sides, parts, strict=True)]


def on_grid(setting: Setting, value: float) -> int:
    step = int(setting.step or 1)
    return int(min(max(round(value / step) * step, setting.low or step), setting.high or 1e9))


LISTEN_JS = """
    const button = element.querySelector("homereel-listen");
    button.addEventListener("listen", () => trigger("submit"));
    watch("value", () => button.play?.(props.value));
"""
OUTLINE_JS = (
    "(w, h) => { const known = " + json.dumps({name: w / h for name, (w, h) in SHAPES.items()}) + ";"
    " return Object.keys(known).find((name) => Math.abs(w / h / known[name] - 1) < 0.03) ?? null; }"
)
