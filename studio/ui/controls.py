"""Draws a model's options as Gradio components, so that no tab lists them by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin

import gradio as gr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipelines.base import Model
from studio.ui.island import island

LONG = ("prompt", "text", "lyrics", "negative_prompt", "cast", "lexicon")
ASSET_ID = re.compile(r"[0-9a-f]{64}")
Widget = Literal["asset", "choice", "switch", "slider", "number", "words", "list"]


@dataclass(frozen=True)
class Setting:
    """One option as a person meets it: its words, its bounds, and which kind of control it takes."""

    name: str
    title: str
    info: str
    widget: Widget
    default: Any = None
    low: float | None = None
    high: float | None = None
    step: float | None = None
    whole: bool = False
    optional: bool = False
    free: bool = False
    choices: tuple[tuple[str, Any], ...] = ()
    kinds: tuple[str, ...] = ()
    many: bool = False
    paint: str = ""
    """The option that this one is painted over."""
    longest: int | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, Widget]:
        """What makes two models' options the same control."""
        return self.name, self.widget


def settings(model: Model) -> dict[str, Setting]:
    """A model's options by name, in the order it declares them, with its own defaults."""
    media, schemas = model.cls.Options.media(), model.schema()["properties"]
    found = {}
    for name, info in model.cls.Options.model_fields.items():
        default = model.defaults.get(name, info.get_default(call_default_factory=True))
        default = None if default is PydanticUndefined else default
        setting = plain(name, info, default, schemas[name])
        if name in media:
            many = get_origin(bare(info.annotation)) is tuple
            setting = Setting(
                name,
                setting.title,
                setting.info,
                "asset",
                kinds=media[name].kinds,
                many=many,
                paint=schemas[name].get("x-paint", ""),
            )
        found[name] = setting
    return found


def plain(name: str, info: FieldInfo, default: Any, schema: dict[str, Any]) -> Setting:
    kind = bare(info.annotation)
    low, high = bound(info, "ge", "gt"), bound(info, "le", "lt")
    whole, number, bounded = kind is int, kind in (int, float), low is not None and high is not None
    choices = choices_of(kind, schema)
    optional = default is None and not info.is_required()
    widget: Widget = "words"
    if get_origin(kind) in (tuple, list):
        widget = "list"
    elif choices:
        widget = "choice"
    elif kind is bool:
        widget = "switch"
    elif number:
        widget = "slider" if bounded and name != "seed" and not optional else "number"
    step = bound(info, "multiple_of") or (1 if whole else nice_step(low, high))
    title = info.title or name.removesuffix("_s").replace("_", " ").capitalize()
    return Setting(
        name, title, info.description or "", widget, default, low, high, step, whole, optional,
        get_origin(kind) is not Literal, choices,
        longest=bound(info, "max_length"),
    )  # fmt: skip


def bare(annotation: Any) -> Any:
    """`int | None` is drawn as an int that may be left empty."""
    if get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        return bare(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation


def bound(info: FieldInfo, *names: str) -> Any:
    return next((getattr(m, n) for m in info.metadata for n in names if getattr(m, n, None) is not None), None)


def choices_of(kind: Any, schema: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What may be chosen: a Literal's values, or what a free field's schema suggests, by the names it gives."""
    if get_origin(kind) is Literal:
        return tuple((words_for(value), value) for value in get_args(kind))
    names = schema.get("x-names", {})
    return tuple((f"{names[v]} · {v}" if v in names else words_for(v), v) for v in schema.get("examples", ()))


def words_for(value: Any) -> str:
    text = str(value).replace("_", " ")
    return text[:1].upper() + text[1:] if text.isascii() and text.islower() else text


def nice_step(low: float | None, high: float | None) -> float:
    span = (high - low) if low is not None and high is not None else 1
    return 0.01 if span <= 2 else 0.1 if span <= 200 else 0.5


# --- components --------------------------------------------------------------------------------------------------


def asset_picker(**look: Any) -> gr.HTML:
    """Chooses files from the library, or takes new ones: static/picker.js draws it. Its value is a list of ids."""
    js = """
        const picker = element.querySelector("homereel-picker");
        const told = (value) => { props.value = value; trigger("change"); };
        customElements.whenDefined("homereel-picker").then(() => picker.bind(props, told));
        watch(["value", "kinds", "many", "said", "paint"], () => picker.bind?.(props, told));
    """
    return island("homereel-picker", js, look=look)


def ids_of(value: Any) -> list[str]:
    """The asset ids in what may be one, several or anything else a client sent."""
    given = value if isinstance(value, (list, tuple)) else [value]
    return [one for one in given if isinstance(one, str) and ASSET_ID.fullmatch(one)]


def component(setting: Setting, **more: Any) -> gr.components.Component:
    """The control a setting is met as, with its label, bounds and default."""
    look = {**shape(setting), **more}
    match setting.widget:
        case "asset":
            return asset_picker(**look)
        case "choice" | "list":
            return gr.Dropdown(**look)
        case "switch":
            return gr.Checkbox(**look)
        case "slider":
            return gr.Slider(**look, buttons=[])
        case "number":
            return gr.Number(**look)
        case _:
            return gr.Textbox(**look)


def shape(setting: Setting) -> dict[str, Any]:
    """What a component of this setting is given, at first and when another model is chosen."""
    look: dict[str, Any] = {"label": setting.title, "value": setting.default}
    info = {"info": setting.info or None}
    match setting.widget:
        case "asset":
            return {
                "label": setting.title,
                "value": [],
                "said": setting.info,
                "kinds": list(setting.kinds),
                "many": setting.many,
                "paint": setting.paint,
            }
        case "choice":
            many = len(setting.choices) > 8
            return (
                look
                | info
                | {
                    "choices": list(setting.choices),
                    "filterable": many or setting.free,
                    "allow_custom_value": setting.free,
                }
            )
        case "list":
            given = [str(value) for value in setting.default or ()]
            offered = given + [str(value) for _, value in setting.choices if str(value) not in given]
            return look | info | {"choices": offered, "value": given, "multiselect": True, "allow_custom_value": True}
        case "slider":
            return look | info | {"minimum": setting.low, "maximum": setting.high, "step": setting.step}
        case "number":
            bounds = {"minimum": setting.low, "maximum": setting.high}
            return look | info | bounds | {"precision": 0 if setting.whole else None, "placeholder": "auto"}
        case "switch":
            return look | info | {"value": bool(setting.default)}
    lines = 3 if setting.name in LONG else 1
    return look | info | {"value": setting.default or "", "lines": lines, "max_lines": 12 if lines > 1 else 1}


def given(setting: Setting, value: Any) -> Any:
    """What a component holds, as the option's value; None leaves it to the model."""
    match setting.widget:
        case "asset":
            ids = ids_of(value)
            return ids if setting.many else (ids[0] if ids else None)
        case "number" | "slider":
            whole = setting.whole and isinstance(value, float) and value.is_integer()
            return None if value == "" else int(value) if whole else value
        case "words":
            return value if value or not setting.optional else None
    return value


def fitting(setting: Setting, value: Any) -> Any:
    """A value from a recipe, made such that the component can hold it; the default where it cannot."""
    match setting.widget:
        case "asset":
            return ids_of(value)
        case "choice":
            known = isinstance(value, str) if setting.free else value in [choice for _, choice in setting.choices]
            return value if known else setting.default
        case "list":
            return [str(one) for one in value] if isinstance(value, (list, tuple)) else []
        case "switch":
            return value is True
        case "number" | "slider":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return setting.default
            low, high = setting.low, setting.high
            return max(value if low is None else low, min(value, value if high is None else high))
    return str(value)[: setting.longest or 100_000] if isinstance(value, str) else setting.default or ""
