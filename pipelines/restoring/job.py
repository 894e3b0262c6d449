"""What every model that restores does first and last: a film or a picture, what was measured, what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines.base import Context, Pipeline
from pipelines.restoring import advice, keep, measure, stills
from pipelines.restoring.engine import Film, Restorer
from pipelines.restoring.options import sized
from pipelines.restoring.source import look

MEASURED = ("denoise", "deblock", "sharpen", "deinterlace")
Maker = Callable[[dict[str, Any], Any, tuple[int, int]], Restorer]


def restored(pipeline: Pipeline, options: Any, context: Context, restorer: Maker) -> Iterator[Path]:
    """The restored file. `restorer` is given the settings with what was measured in them, the source and the size."""
    context.progress(0.0, "looking at it")
    if stills.is_picture(options.source):
        yield stills.restored(pipeline, options, context, restorer)
        return
    source = look(options.source)
    report = measure.film(options.source, lambda part: context.progress(0.02 * part, "looking at it"))
    used = settled(options, report)
    size = sized(source.seen, options.size)
    film = Film(source, options, restorer(used, source, size), size, context)
    pipeline.told = {**pipeline.told, "report": report, "used": told(used), "options": applied(options, used)}
    with keep.kept(context, keep.key(pipeline.model, options, getattr(pipeline, "seeded", False))) as folder:
        out = film.made(folder, report)
        pipeline.told |= {"frames_a_second": round(film.pace, 2)}
        context.progress(1.0, "done")
        yield out
        keep.done(folder)


def settled(options: Any, report: dict[str, Any]) -> dict[str, Any]:
    """The options with every -1 and auto in its place as measured, and which field is first."""
    ways = advice.suggested(report)
    given = options.model_dump()
    auto = {name: ways[name] for name in MEASURED if given.get(name) in (-1, "auto") and name in ways}
    return given | auto | {"first_field": report.get("first_field", "tff")}


def told(used: dict[str, Any]) -> dict[str, Any]:
    """What was decided by measuring, for the job's result."""
    return {name: used[name] for name in (*MEASURED, "first_field") if name in used}


def applied(options: Any, used: dict[str, Any]) -> dict[str, Any]:
    """What of the options was measured, as it was: the take's recipe makes it again."""
    given = options.model_dump()
    return {name: used[name] for name in MEASURED if name in given and given[name] != used[name]}
