"""A film again from its manifest: what is missing is made anew from its recipe, and held against its hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines import catalogue
from pipelines.faults import Conflict, Unavailable
from studio.studio import Studio, lane_of
from studio.timeline.manifest import Manifest, Used
from studio.timeline.model import Timeline
from studio.types import Job, Recipe

Follow = Callable[[Job], Job]
"""Waits for a job and gives it back, done. Raises what it failed of."""


class CannotRemake(Conflict):
    """A file of the film is neither here nor can it be made."""


@dataclass
class Again:
    """What came of it: the timeline that now can be exported, what was made, and what of that is not the same."""

    timeline: Timeline
    made: list[str] = field(default_factory=list)
    differs: dict[str, str] = field(default_factory=dict)
    """Which asset stands for which, where the bytes are not those that the manifest names."""


def remake(studio: Studio, told: Manifest, follow: Follow) -> Again:
    """Have everything there that the film needs. Raises `CannotRemake` or `Unavailable` before anything is made."""
    missing = absent(studio, told)
    for one in missing:
        check(one)
    again = Again(Timeline.parse(told.timeline))
    for one in missing:
        assert one.recipe is not None
        job = follow(run(studio, one.recipe, again.differs))
        ids = [asset.id for asset in job.assets]
        alike = [asset.id for asset in job.assets if asset.kind == one.kind]
        again.made.append(one.sha256)
        if one.sha256 not in ids:
            again.differs[one.sha256] = (alike or ids)[0]
    text = again.timeline.model_dump_json(by_alias=True, exclude_unset=True)
    for was, now in again.differs.items():
        text = text.replace(was, now)
    again.timeline = Timeline.parse(text)
    return again


def absent(studio: Studio, told: Manifest) -> list[Used]:
    """What the film needs and the library has not, in an order in which it can be made. What is in the trash comes out
    of it; what something was made from is needed only where that itself is missing."""
    there = studio.library.many([one.sha256 for one in told.media], trashed=True)
    usable = {id for id, asset in there.items() if asset.path.is_file()}
    needed = Timeline.parse(told.timeline).assets()
    found = list[Used]()
    for one in reversed(told.media):  # what it is made from comes before it
        if one.sha256 in needed and one.sha256 not in usable:
            found.append(one)
            if one.recipe:
                said = one.recipe.model_dump_json()
                needed |= {other.sha256 for other in told.media if other.sha256 in said}
    studio.library.restore(usable & needed)
    return found[::-1]


def check(one: Used) -> None:
    if one.recipe is None:
        raise CannotRemake(
            f"{one.name} ({one.sha256[:12]}) is not in the library, and was not made by a model.", "Bring it in first."
        )
    model = catalogue.find(one.recipe.model)
    status, why = model.status()
    if status != "ready":
        raise Unavailable(f"{model.title} cannot run here now: {why}", f"studio models download {model.id}")


def run(studio: Studio, recipe: Recipe, differs: dict[str, str]) -> Job:
    """The very recipe again, made from what now stands for its sources."""
    text = recipe.model_dump_json()
    for was, now in differs.items():
        text = text.replace(was, now)
    recipe = Recipe.model_validate_json(text)
    model = catalogue.find(recipe.model)
    job = Job(task=model.task, model=model.id, recipe=recipe)
    return studio.queue.put(job, lane_of(job))
