"""Make old, small and noisy footage good: what is the matter with it, a trial of two seconds, then the whole."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pipelines.faults import Fault, Invalid
from studio.studio import Studio
from studio.types import GenerationRequest
from studio.ui.controls import fitting
from studio.ui.generate import QUIET, Form, bridge, stage_for, state_of, told
from studio.ui.island import island, words

TITLE, ORDER = "Restore", 55
FRONT = ("size", "deinterlace", "denoise", "deblock", "sharpen", "sound")
TRIAL_S = 2.0
SPOT_JS = """
    const panel = element.querySelector("homereel-condition");
    watch("value", () => panel.look?.(props.value));
"""


def build(studio: Studio) -> None:
    form = Form("restore")
    with gr.Row(elem_classes="making"):
        with gr.Column(elem_classes="desk", elem_id="restore-form", scale=0, min_width=0):
            with gr.Row(elem_classes="files"):
                form.draw(("source",))
            panel = island("homereel-condition", SPOT_JS, look={"elem_classes": "condition-holder"})
            choices = [(model.title, model.id) for model in form.models]
            model = gr.Dropdown(choices, value=form.first.id, label="Model", elem_id="restore-model", filterable=False)
            state = words(state_of(form.first), elem_classes="model-state")
            form.draw(FRONT)
            with gr.Accordion("More", open=False, elem_classes="more"):
                form.draw(but=("from_s", "duration_s"))
            with gr.Accordion("A stretch of it", open=False, elem_classes="more"):
                form.draw(("from_s", "duration_s"))
            with gr.Column(elem_classes="going", min_width=0):
                fault = words(elem_id="restore-fault", elem_classes="fault-holder")
                with gr.Row(elem_classes="goes"):
                    trial = gr.Button("Try 2 seconds", elem_id="restore-trial", elem_classes="trial", min_width=0)
                    go = gr.Button("Restore", variant="primary", elem_id="restore-go", elem_classes="go", min_width=0)
        with gr.Column(elem_classes="stage-column", min_width=0):
            stage = stage_for(
                "homereel-restored", task="restore", heading="Old footage, made good", sample="",
                lesson="Bring in a film or a picture. What is the matter with it is measured, and two seconds of it can"
                " be tried before the whole.",
            )  # fmt: skip
    recall, spot = bridge("restore-recall"), bridge("restore-spot")
    source = form.part("source")
    source.change(None, source, panel, js="(ids) => ids", **QUIET)
    wire_form(form, model, state, recall)
    wire_submit(studio, form, model, fault, stage, go, spot)
    trial.click(None, None, None, js="() => { document.dispatchEvent(new CustomEvent('restore-try')); }", **QUIET)


def wire_form(form: Form, model: Any, state: Any, recall: Any) -> None:
    """Another model, or settings brought to the form: those that a report suggests, or that an earlier job had."""
    everything = [model, state, *form.parts.values()]

    def refit(model_id: str, values: dict[str, Any] | None = None) -> dict[Any, Any]:
        chosen = form.named(model_id) if model_id in form.known else form.first
        return {model: chosen.id, state: state_of(chosen), **form.fit(chosen, values)}

    def brought(wish: Any, current: str) -> dict[Any, Any]:
        wish = wish if isinstance(wish, dict) else {}
        values = wish.get("options") if isinstance(wish.get("options"), dict) else {}
        if wish.get("model") in form.known:
            return refit(wish["model"], values)
        known = form.known.get(current, form.known[form.first.id])
        changed = {form.parts[s.key]: gr.update(value=fitting(s, values[n])) for n, s in known.items() if n in values}
        return {**{part: gr.skip() for part in everything}, **changed}

    model.input(refit, model, everything, **QUIET)
    recall.submit(brought, [recall, model], everything, preprocess=False, **QUIET)


def wire_submit(studio: Studio, form: Form, model: Any, fault: Any, stage: Any, go: Any, spot: Any) -> None:
    """Both buttons put a job in line: the whole, or two seconds from the spot that the panel names."""

    def submit(held: dict[Any, Any], more: dict[str, Any]) -> dict[Any, Any]:
        try:
            chosen = form.named(held.get(model))
            options = form.options(chosen, held) | more
            if not options.get("source"):
                raise Invalid("There is nothing to restore yet.", "Choose or drop a film or a picture above.")
            job, _ = studio.submit(GenerationRequest(model=chosen.id, options=options, priority=5 if more else 0))
        except Fault as error:
            return {fault: told(error), stage: gr.skip()}
        return {fault: "", stage: [job.id]}

    def tried(held: dict[Any, Any]) -> dict[Any, Any]:
        wish = held.get(spot)
        at = wish.get("at") if isinstance(wish, dict) else 0
        first = float(at) if isinstance(at, (int, float)) and 0 <= at <= 86400 else 0.0
        still = isinstance(wish, dict) and wish.get("still") is True
        return submit(held, {} if still else {"from_s": first, "duration_s": TRIAL_S})

    inputs, outputs = {model, *form.parts.values()}, [fault, stage]
    go.click(lambda held: submit(held, {}), inputs, outputs, preprocess=False, **QUIET)
    spot.submit(tried, {spot, *inputs}, outputs, preprocess=False, **QUIET)
