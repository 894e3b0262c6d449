"""What came of a film's finals: each beside its draft, to be kept or gone back from, clip by clip."""

from __future__ import annotations

from typing import Literal

from pipelines.base import Task
from pipelines.faults import Unknown
from studio.conform.plan import Where, played
from studio.conform.translate import WORDS
from studio.studio import Studio
from studio.timeline.edit import finals
from studio.timeline.edit.finals import Place
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Frozen, Job
from studio.work.conform import cues_of
from studio.work.whole import OPEN, Part, Parts

PLAYING = {(True, True): "both", (True, False): "draft", (False, True): "final", (False, False): "neither"}


class NoFinal(Unknown):
    """The draft named has no final."""


class Final(Frozen):
    """A draft and its final. `playing` says which of the two its places play; `verdict` which one a person chose."""

    draft: str
    final: str | None
    task: Task
    words: str
    model: str
    state: str
    note: str = ""
    verdict: str = ""
    playing: Literal["draft", "final", "both", "neither"]
    places: list[Where]
    job: Job | None


def made(studio: Studio, project_id: str) -> list[Final]:
    """Every draft of a film that was to be made final, the latest try of each, in the order of the film."""
    timeline, found = Timeline.parse(studio.projects.get(project_id).timeline), list[Final]()
    for part in latest(studio, project_id).values():
        found.append(final_of(studio, timeline, part))
    return sorted(found, key=lambda one: min(((p.start_s, p.track) for p in one.places), default=(-1.0, 0)))


def latest(studio: Studio, project_id: str) -> dict[str, Part]:
    jobs = studio.db.all("select id from job where task = 'conform' and project = ? order by n", project_id)
    return {part.name: part for (job,) in jobs for part in Parts(studio.db).of(job)}


def final_of(studio: Studio, timeline: Timeline, part: Part) -> Final:
    places, wish = [Place.model_validate(place) for place in part.wish["places"]], part.wish
    there = {(track, at) for track, at, _ in finals.spots(timeline, places)}
    now, final = finals.playing(timeline, places), part.made[0] if part.made else None
    options = wish["recipe"]["options"]
    return Final(
        draft=part.name, final=final, task=wish["task"], model=wish["recipe"]["model"], state=part.state,
        note=part.note, verdict=part.verdict, playing=PLAYING[part.name in now, final in now],
        words=next((str(options[name]) for name in WORDS if options.get(name)), ""),
        places=[where for where, _ in played(timeline) if (where.track, where.at) in there],
        job=studio.queue.get(part.job) if part.job and part.state in (*OPEN, "failed") else None,
    )  # fmt: skip


def choose(studio: Studio, project_id: str, draft_id: str, use: Literal["draft", "final"]) -> Project:
    """Keep the final, or go back to the draft, in every place of it; a change of what plays is one step to undo."""
    with studio.db.transaction():
        project = studio.projects.get(project_id)
        part = latest(studio, project_id).get(draft_id)
        if part is None or not part.made:
            raise NoFinal("That draft has no final.", "GET /api/v1/projects/{id}/conform lists them.")
        timeline, places = Timeline.parse(project.timeline), [Place.model_validate(p) for p in part.wish["places"]]
        draft, final = studio.library.get(draft_id), studio.library.get(part.made[0])
        if (draft if use == "final" else final).id in finals.playing(timeline, places):
            turn = finals.put if use == "final" else finals.back
            media = studio.library.many(timeline.assets())
            after = turn(timeline, places, finals.Pair(draft, final, part.wish["task"] == "speech"), media)
            if use == "final":
                after = finals.said(after, places, final, cues_of([*studio.library.many(part.made).values()]))
            label = "Final take" if use == "final" else "Back to the draft"
            project = studio.projects.save(project_id, after, label=label)
        Parts(studio.db).change(part, verdict=use)
        return project
