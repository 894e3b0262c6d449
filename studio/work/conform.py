"""The finals of a film, as parts of one job: voices first, then pictures, then what is made from them or to their
length. Each goes into its draft's places as soon as it is there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pipelines import catalogue, vtt
from pipelines.vtt import Cue
from studio.db import Db
from studio.library.store import Library
from studio.timeline.edit import finals
from studio.timeline.edit.finals import Pair, Place
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Projects
from studio.types import Asset, Job, Recipe
from studio.work.whole import Part


class Conform:
    """The trade of making drafts final. A part is named by its draft's asset; its wish says the model's recipe, the
    draft's places, and the seconds that these played when it was asked for."""

    def __init__(self, db: Db, library: Library):
        self.library, self.projects = library, Projects(db)

    def recipe(self, part: Part, others: Sequence[Part]) -> Recipe:
        """The recipe as it was planned, made from the finals of what the draft was made from, and as long as its
        places are by now."""
        recipe = Recipe(**part.wish["recipe"])
        model, options = catalogue.find(recipe.model), dict(recipe.options)
        finals_of = {other.name: other.made[0] for other in others if other.made}
        for name in model.cls.Options.media().keys() & options.keys():
            given = options[name]
            if isinstance(given, str):
                options[name] = finals_of.get(given, given)
            elif given:
                options[name] = [finals_of.get(one, one) for one in given]
        asked = float(finals.asked_of(self.timeline(part), places_of(part)))
        if "duration_s" in options and asked and abs(asked - part.wish["seconds"]) > 1e-3:
            options["duration_s"] = lasting(model.schema()["properties"], options, asked)
        return recipe.model_copy(update={"options": options})

    def keep(self, part: Part, assets: Sequence[Asset]) -> str:
        """The take into its places, as one step. A start picture that no clip plays has none, and needs none."""
        if not (places := places_of(part)):
            return ""
        before, draft = self.timeline(part), self.library.get(part.name, trashed=True)
        media = self.library.many(before.assets())
        after = finals.put(before, places, Pair(draft, assets[0], part.wish["task"] == "speech"), media)
        check_against(after, {assets[0].id: assets[0]})
        after = finals.said(after, places, assets[0], cues_of(assets))
        self.projects.save(part.wish["project"], after, label="Final take")
        shorter = any(finals.held(after, places))
        return "It is shorter than its place and holds its last frame." if shorter else ""

    def result(self, whole: Job, parts: Sequence[Part]) -> dict[str, Any]:
        states = [part.state for part in parts]
        counts = {state: states.count(state) for state in ("done", "aside", "failed")}
        return {"project": whole.project, "takes": counts}

    def timeline(self, part: Part) -> Timeline:
        return Timeline.parse(self.projects.get(part.wish["project"]).timeline)


def cues_of(assets: Sequence[Asset]) -> list[Cue]:
    """When each word of a voice is said, where it told."""
    told = next((asset for asset in assets if asset.kind == "captions"), None)
    return vtt.read(told.path.read_text("utf-8", errors="replace")) if told else []


def places_of(part: Part) -> list[Place]:
    return [Place.model_validate(place) for place in part.wish["places"]]


def lasting(takes: dict[str, Any], options: dict[str, Any], seconds: float) -> float:
    """The seconds to ask a model for, to have so many: whole frames at its own rate, within what it can."""
    fps = options.get("fps") or takes.get("fps", {}).get("default")
    if fps:
        seconds = math.ceil(seconds * float(fps) - 1e-6) / float(fps)
    field = takes["duration_s"]
    return round(min(max(seconds, field.get("minimum", seconds)), field.get("maximum", seconds)), 6)
