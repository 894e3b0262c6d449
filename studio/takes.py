"""Another take for a place on a timeline: a retake of what lies there, or something new for a gap.

The request is made to measure (length, canvas, the frames before and after), goes through the queue like any other, and
the take comes back by itself: see `work/delivery.py`.
"""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field, StrictBool

from pipelines import catalogue
from pipelines.base import Model, Task
from pipelines.faults import Invalid
from studio.studio import Studio
from studio.timeline.edit.slots import marked
from studio.timeline.edit.splice import item_at, rebuilt, row
from studio.timeline.items import Clip, Gap
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Asset, Frozen, GenerationRequest, Job, new_id
from studio.work.delivery import Deliveries

TASKS: dict[str, tuple[Task, ...]] = {"video": ("video", "image"), "audio": ("music", "sound", "speech")}
ROLES: dict[str | None, Task] = {"narration": "speech", "music": "music"}
WORDS = ("prompt", "text")


class TakeRequest(Frozen):
    """What is wanted for item `at` of a track. Options not named are those of the take that is there, with a new seed;
    in a gap, made to its measure."""

    track: int = Field(ge=0)
    at: int = Field(ge=0)
    model: str | None = Field(None, max_length=200, description="The model of the take that is there, when left out")
    options: dict[str, Any] = {}
    start: StrictBool = Field(False, description="Begin with the last frame before, if the model takes a first picture")
    end: StrictBool = Field(False, description="End with the first frame after, if the model takes a last picture")


def ask(studio: Studio, project_id: str, wish: TakeRequest, *, if_version: int) -> tuple[Job, Project]:
    """Put a take in line for a place on the timeline: the job, and the project, whose item now bears a slot's name.

    Raises `Stale` when the project is not at that version any more, and `Invalid` for a place or options that cannot
    be."""
    timeline = Timeline.parse(studio.projects.at_version(project_id, if_version).timeline)
    request = measured(studio, timeline, wish).model_copy(update={"project": project_id})
    with studio.db.transaction():
        named, slot = marked(timeline, wish.track, wish.at)
        project = studio.projects.remark(project_id, named, if_version=if_version)
        job, _ = studio.submit(request)
        Deliveries(studio.db, studio.library).promise(job.id, project_id, slot)
    return job, project


def measured(studio: Studio, timeline: Timeline, wish: TakeRequest) -> GenerationRequest:
    """The request for this place, with its length, and for a gap its canvas and its neighbours' frames."""
    item, kind = item_at(timeline, wish.track, wish.at), row(timeline, wish.track).kind
    if not isinstance(item, Clip | Gap) or kind not in TASKS:
        raise Invalid(f"tracks[{wish.track}].items[{wish.at}]: nothing is made for that.", "Choose a clip or a gap.")
    had = studio.library.many([item.asset]).get(item.asset) if isinstance(item, Clip) else None
    model = chosen(timeline, wish, had)
    if model.task not in TASKS[kind]:
        raise Invalid(f"{model.title} makes {model.task}, which cannot lie on a row of kind '{kind}'.")
    takes = model.schema()["properties"]
    options: dict[str, Any] = {}
    if had and had.recipe:
        same = had.recipe.model == model.id
        old = had.recipe.options.items()
        options = {k: v for k, v in old if k in takes and k != "seed" and (same or k in WORDS)}
    else:
        options |= canvas(takes, timeline)
    options |= length(takes, options | wish.options, timeline, item)
    options |= beside(studio, timeline, wish, takes)
    return GenerationRequest(model=model.id, options={**options, **wish.options})


def chosen(timeline: Timeline, wish: TakeRequest, had: Asset | None) -> Model:
    """The model asked for, the one that made what is there, or the first that fits the row."""
    if wish.model:
        return catalogue.find(wish.model)
    if had is not None:
        if had.recipe is None or not any(model.id == had.recipe.model for model in catalogue.MODELS):
            raise Invalid(f"“{had.name}” was not made here: there is no recipe.", "Name a model and a prompt.")
        return catalogue.find(had.recipe.model)
    track = row(timeline, wish.track)
    return catalogue.default("video" if track.kind == "video" else ROLES.get(track.role, "sound"))


def length(takes: dict[str, Any], given: dict[str, Any], timeline: Timeline, item: Clip | Gap) -> dict[str, Any]:
    """As long as the place, as near above it as the model can: whole frames of its own where it has a rate."""
    if "duration_s" not in takes:
        return {}
    seconds = float(item.frames * (item.speed if isinstance(item, Clip) else 1) / timeline.fps)
    options: dict[str, Any] = {}
    if (rate := takes.get("fps")) and "fps" not in given and float(timeline.fps) in rate.get("enum", ()):
        options["fps"] = int(timeline.fps)
    fps = (given | options).get("fps") or (rate or {}).get("default")
    if fps:
        seconds = math.ceil(seconds * float(fps) - 1e-6) / float(fps)
    return options | {"duration_s": within(takes["duration_s"], seconds, math.ceil)}


def canvas(takes: dict[str, Any], timeline: Timeline) -> dict[str, Any]:
    """The film's shape, in a size that the model makes."""
    if not {"width", "height"} <= takes.keys():
        return {}
    sides = {"width": timeline.width, "height": timeline.height}
    most = min(takes[name].get("maximum", side) / side for name, side in sides.items())
    least = max(takes[name].get("minimum", side) / side for name, side in sides.items())
    factor = max(least, min(1.0, most))
    return {name: within(takes[name], side * factor, round) for name, side in sides.items()}


def within(field: dict[str, Any], value: float, to_whole: Any) -> float | int:
    """The value inside a number field's bounds, in its steps."""
    step = field.get("multipleOf") or (1 if field.get("type") == "integer" else 0)
    low, high = field.get("minimum", value), field.get("maximum", value)
    value = min(max(value, low), high)
    if not step:
        return round(value, 6)
    stepped = to_whole(value / step - 1e-9 * (to_whole is math.ceil)) * step
    while stepped > high:
        stepped -= step
    return int(stepped) if float(stepped).is_integer() else stepped


def beside(studio: Studio, timeline: Timeline, wish: TakeRequest, takes: dict[str, Any]) -> dict[str, Any]:
    """The frames before and after the place, brought into the library, for the options that were asked to take them."""
    track = row(timeline, wish.track)
    first = track.starts[wish.at]
    after = first + track.items[wish.at].frames
    places = {"start": first - 1 if wish.start else -1, "end": after if wish.end and after < track.frames else -1}
    found: dict[str, Any] = {}
    for name, frame in places.items():
        if name in takes and frame >= 0 and track.kind == "video" and name not in wish.options:
            found[name] = still(studio, timeline, wish.track, frame).id
    return found


def still(studio: Studio, timeline: Timeline, track: int, frame: int) -> Asset:
    """What one row alone shows at a frame, as a picture in the library."""
    import cv2

    from studio.timeline.export.export import frame as painted

    alone = rebuilt(timeline, tracks=(timeline.tracks[track],))
    media = studio.library.many(alone.assets())
    with studio.easel:
        image = painted(alone, media, frame)
    path = studio.library.tmp / f"frame-{new_id()}.png"
    try:
        cv2.imwrite(str(path), image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        return studio.library.add(path, name=f"Frame {frame} of {timeline.title or 'the film'}.png", tags=("frame",))
    finally:
        path.unlink(missing_ok=True)
