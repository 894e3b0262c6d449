"""`studio restore`: a film or a picture in, a better one out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.faults import Invalid
from studio.cli.given import options_of
from studio.cli.home import AsJson, Home, at_home, deliver, follow, say

if TYPE_CHECKING:
    from pipelines.base import Model
    from studio.types import Job, Recipe


def restore(
    file: Annotated[Path, typer.Argument(help="A film or a picture of this machine", exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option(help="Where to put it: .mp4 for a film, .png for a picture")] = None,
    model: Annotated[str, typer.Option(help="A model's id; the draft, which measures, without one")] = "draft-restore",
    option: Annotated[list[str] | None, typer.Option("-o", help="name=value, as often as needed")] = None,
    report: Annotated[bool, typer.Option("--report", help="Only measure it, and say what would help")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Restore a film or a picture: denoised, deinterlaced, larger. Killed, the same command goes on where it was."""
    from pipelines import catalogue
    from studio.types import GenerationRequest

    if out is None and not report:
        raise typer.BadParameter("--out says where to put it; --report only measures.")
    with at_home(home, working=not report) as studio:
        chosen = catalogue.find(model)  # one's own are known where its home is
        if chosen.task != "restore":
            raise Invalid(f"{chosen.id} makes {chosen.task}, not restorations.", "`studio models list` shows which do.")
        source = studio.library.add(file, name=file.name)
        if report:
            from studio.library.condition import condition

            found = condition(studio.library, source.id)
            say(found) if as_json else told(found)
            return
        options = {**options_of(option or []), "source": source.id}
        wish = GenerationRequest(model=chosen.id, options=options)
        job = at_work(studio, chosen, options) or studio.submit(wish)[0]
        deliver(follow(studio, job, as_json), out, as_json)


def at_work(studio: Any, model: Model, options: dict[str, Any]) -> Job | None:
    """The job that does just this already: one that an earlier command put in line, and was killed over."""
    recipe = studio.settle(model, options)

    def but_seed(given: Recipe) -> dict[str, Any]:
        return {name: value for name, value in given.options.items() if name != "seed" or "seed" in options}

    same = (j for j in studio.queue.line() if j.model == model.id and but_seed(j.recipe) == but_seed(recipe))
    return next(same, None)


def told(found: dict[str, Any]) -> None:
    """A report on the terminal."""
    for line in found["findings"]:
        print(f"{'!' if line['state'] == 'warn' else ' '} {line['name']:16} {line['said']}")
    settings = " ".join(f"-o {name}={str(value).lower()}" for name, value in found["suggested"].items())
    print(f"\nIt suggests: {settings}")
