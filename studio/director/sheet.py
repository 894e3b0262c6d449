"""The call sheet: which takes a film needs, of what each is made, and which of them are there. Pure.

A take's key says of what it is made, but not how long: a take that is long enough still serves when its shot is
trimmed. What a change does not touch keeps its key, and so its take.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from pipelines import catalogue
from pipelines.spoken.voices import nearest
from studio.director.films import Film, Take
from studio.director.plan import FPS, SHAPES, Plan, Shot
from studio.director.tongue import UNKNOWN, tongue
from studio.types import GenerationRequest

LEAD_S, BREATH_S, TAIL_S = 0.35, 0.55, 1.2  # quiet before a line, after it, and after the last
FIRST_S = 0.9
SPARE_S = 0.5  # a take is so much longer than its shot, for what the cut moves
STILLS = "stills"  # the video "model" of films made of pictures alone


def digest(value: Any) -> str:
    said = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Part:
    """A take that is needed: of at least so many seconds, and, where more would not do, of at most so many."""

    name: str
    request: GenerationRequest
    least_s: float = 0.0
    most_s: float = math.inf
    locked: bool = False

    @property
    def key(self) -> str:
        options = {name: value for name, value in self.request.options.items() if name != "duration_s"}
        return digest([self.request.model, options])


@dataclass(frozen=True)
class Sheet:
    """What is needed now. `slots` are the shots' seconds, once the voices are known."""

    parts: list[Part] = field(default_factory=list)
    takes: dict[str, Take] = field(default_factory=dict)
    slots: list[float] = field(default_factory=list)
    whole: bool = False
    """Whether every part of the film is on the sheet: nothing waits for the length of something else."""

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if part.name not in self.takes]

    @property
    def ready(self) -> bool:
        return self.whole and not self.missing


def call_sheet(film: Film, takes: Sequence[Take]) -> Sheet:
    """Everything the film needs that can be said yet, with the takes that serve."""
    plan, sheet = film.plan, Sheet()
    if plan is None:
        return sheet

    def call(part: Part) -> Take | None:
        sheet.parts.append(part)
        take = serving(part, takes)
        if take:
            sheet.takes[part.name] = take
        return take

    voices = {shot.id: call(voice(film, shot)) for shot in plan.shots if shot.line.strip()}
    seconds = {id: take.asset.duration_s or 0.0 for id, take in voices.items() if take and take.asset}
    if len(seconds) < len(voices):
        return sheet
    slots = lengths(plan, seconds)
    models = {name: call(portrait(film, name)) for name in recurring(film)}
    whole = all(models.values())
    for shot, slot in zip(plan.shots, slots, strict=True):
        still = None
        if needs_picture(film):
            sitters = [models[name] for name in shot.cast if name in models]
            still = call(picture(film, shot, sitters)) if all(sitters) else None
            whole &= still is not None
        if film.brief.models["video"] != STILLS and (still or not needs_picture(film)):
            call(moving(film, shot, slot, still))
    for first, last in beds(plan):
        call(bed(film, plan.shots[first], sum(slots[first : last + 1])))
    if plan.music:
        call(music(film, sum(slots)))
    return Sheet(sheet.parts, sheet.takes, slots, whole)


def serving(part: Part, takes: Sequence[Take]) -> Take | None:
    """The latest take that serves; of a locked shot, the latest there is."""
    return next(
        (t for t in reversed(takes) if t.part == part.name and t.asset and (part.locked or serves(t, part))), None
    )


def serves(take: Take, part: Part) -> bool:
    """Whether a take is, or will be, made of the same, and is long enough or as long as the model was asked for."""
    asked, lasts = part.request.options.get("duration_s"), take.asset.duration_s if take.asset else None
    told = take.job.recipe.options.get("duration_s")
    return take.key == part.key and (
        asked is None or asked == told or (lasts is not None and part.least_s <= lasts + 1e-3 and lasts <= part.most_s)
    )


def lengths(plan: Plan, voices: dict[str, float]) -> list[float]:
    """Each shot's seconds: as planned, or longer where its line is; what that takes comes from the shots that have
    some to spare, so that the film stays as long as it was to be."""
    last = len(plan.shots) - 1
    least = [needed(voices.get(shot.id, 0.0), n == 0, n == last) for n, shot in enumerate(plan.shots)]
    slots = [max(shot.seconds, low) for shot, low in zip(plan.shots, least, strict=True)]
    over = sum(slots) - plan.seconds
    spare = [slot - low for slot, low in zip(slots, least, strict=True)]
    if over > 1e-6 and sum(spare) > 0:
        share = min(1.0, over / sum(spare))
        slots = [slot - give * share for slot, give in zip(slots, spare, strict=True)]
    ends, at = [0], 0.0
    for slot in slots:
        at += slot
        ends.append(round(at * FPS))
    return [(b - a) / FPS for a, b in pairwise(ends)]


def needed(voice: float, first: bool, last: bool) -> float:
    if not voice:
        return 1.5
    return (FIRST_S if first else LEAD_S) + voice + (TAIL_S if last else BREATH_S)


# --- the parts -------------------------------------------------------------------------------------------------------


def voice(film: Film, shot: Shot) -> Part:
    assert film.plan
    model, takes = film.brief.models["speech"], fields(film.brief.models["speech"])
    code, asked = film.plan.language, film.brief.voice
    options: dict[str, Any] = {"text": shot.line, "seed": film.plan.seed}
    if asked != "auto":
        options["voice"] = asked
    elif code != UNKNOWN and "auto" in takes["voice"].get("examples", ()):
        options["language"] = code
    elif code != UNKNOWN:
        spoken = nearest(catalogue.find(model).cls.voices(), tongue(code).said["voice"])  # type: ignore[attr-defined]
        options |= {"voice": spoken.id} if spoken else {}
    return Part(f"voice-{shot.id}", GenerationRequest(model=model, options=options), locked=shot.locked)


def needs_picture(film: Film) -> bool:
    """Whether shots begin as pictures: where there is nothing else, and where a real model takes its first one."""
    model = film.brief.models["video"]
    return model == STILLS or (not catalogue.find(model).draft and "start" in fields(model))


def recurring(film: Film) -> list[str]:
    """Who and what is in several shots, where the model for pictures looks at others: each is drawn once by itself, and
    shown to it with every shot it is in."""
    assert film.plan
    if not needs_picture(film) or "references" not in fields(film.brief.models["image"]):
        return []
    seen = Counter(name for shot in film.plan.shots for name in dict.fromkeys(shot.cast))
    return [name for name, times in seen.items() if times > 1]


def portrait(film: Film, name: str) -> Part:
    """One of the cast alone."""
    assert film.plan
    model = film.brief.models["image"]
    sitting = Shot(id="cast", prompt=f"{name}, whole, alone before a plain background", seconds=2, seed=film.plan.seed)
    return Part(f"cast-{digest(name)[:8]}", GenerationRequest(model=model, options=seen(film, sitting, model)))


def picture(film: Film, shot: Shot, cast: Sequence[Take | None] = ()) -> Part:
    model = film.brief.models["image"]
    options = seen(film, shot, model)
    if shown := [take.asset.id for take in cast if take and take.asset]:
        options["references"] = shown[: fields(model)["references"].get("maxItems", len(shown))]
    return Part(f"picture-{shot.id}", GenerationRequest(model=model, options=options), locked=shot.locked)


def moving(film: Film, shot: Shot, slot: float, still: Take | None) -> Part:
    model = film.brief.models["video"]
    takes, options = fields(model), seen(film, shot, model)
    if "camera" in takes:
        options["camera"] = shot.camera
    else:
        options["prompt"] = f"{options['prompt']}, slow {shot.camera} camera"
    if still and still.asset:
        options["start"] = still.asset.id
    if FPS in takes.get("fps", {}).get("enum", ()):
        options["fps"] = FPS
    least = slot + SPARE_S
    if "duration_s" in takes:
        asked = within(takes["duration_s"], math.ceil(2 * (least + 0.25)) / 2)
        options["duration_s"], least = asked, min(least, asked - 0.2)
    else:
        least = 0.0
    return Part(f"shot-{shot.id}", GenerationRequest(model=model, options=options), least, locked=shot.locked)


def seen(film: Film, shot: Shot, model: str) -> dict[str, Any]:
    """What any picture of this shot is asked for: its prompt with the film's look, shape, style and seed."""
    assert film.plan
    takes = fields(model)
    options: dict[str, Any] = {"prompt": ", ".join(filter(None, (shot.prompt, film.plan.look))), "seed": shot.seed}
    width, height = SHAPES[film.brief.aspect]
    if {"width", "height"} <= takes.keys():
        most = min(takes["width"].get("maximum", width) / width, takes["height"].get("maximum", height) / height, 1.0)
        options["width"] = within(takes["width"], width * most)
        options["height"] = within(takes["height"], height * most)
    if film.brief.style != "auto" and film.brief.style in takes.get("style", {}).get("enum", ()):
        options["style"] = film.brief.style
    return options


def beds(plan: Plan) -> list[tuple[int, int]]:
    """Runs of shots over which the same is heard, as (first, last)."""
    found = list[tuple[int, int]]()
    for n, shot in enumerate(plan.shots):
        if shot.sound and found and found[-1][1] == n - 1 and plan.shots[n - 1].sound == shot.sound:
            found[-1] = (found[-1][0], n)
        elif shot.sound:
            found.append((n, n))
    return found


def bed(film: Film, shot: Shot, seconds: float) -> Part:
    assert film.plan
    model = film.brief.models["sound"]
    takes = fields(model)
    options: dict[str, Any] = {"prompt": shot.sound, "seed": film.plan.seed}
    asked = within(takes["duration_s"], math.ceil(seconds + 1.5)) if "duration_s" in takes else 0.0
    options |= {"duration_s": asked} if asked else {}
    return Part(f"sound-{shot.id}", GenerationRequest(model=model, options=options), min(seconds, asked - 0.2))


def music(film: Film, seconds: float) -> Part:
    assert film.plan
    model = film.brief.models["music"]
    takes = fields(model)
    asked = within(takes["duration_s"], round(seconds, 2)) if "duration_s" in takes else 0.0
    options: dict[str, Any] = {"prompt": film.plan.music, "seed": film.plan.seed}
    options |= {"duration_s": asked} if asked else {}
    options |= {"bpm": float(film.plan.bpm)} if "bpm" in takes else {}
    return Part("music", GenerationRequest(model=model, options=options), min(seconds, asked) - 0.3, seconds + 1.0)


@cache
def fields(model: str) -> dict[str, Any]:
    """A model's options by name, as its schema has them."""
    return dict(catalogue.find(model).schema()["properties"])


def within(option: dict[str, Any], value: float) -> Any:
    """The value inside a number option's bounds, in its steps."""
    step = option.get("multipleOf") or (1 if option.get("type") == "integer" else 0)
    value = min(max(value, option.get("minimum", value)), option.get("maximum", value))
    if not step:
        return round(value, 3)
    stepped = round(value / step) * step
    stepped -= step if stepped > option.get("maximum", stepped) else 0
    return int(stepped) if float(stepped).is_integer() else stepped
