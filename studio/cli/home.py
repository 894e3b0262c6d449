"""What the commands share: whose home it is, how a job is followed on a terminal, and how its take is handed over."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.faults import Fault
from studio.settings import Settings

Home = Annotated[Path | None, typer.Option(help="Where everything is kept", envvar="STUDIO_HOME")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
JobId = Annotated[str, typer.Argument(help="A job's id, as `studio jobs` prints it")]


@contextmanager
def at_home(home: Path | None, working: bool = False) -> Iterator[Any]:
    """The studio of a home; `working` sees to it that somebody does the jobs."""
    from studio.studio import Studio
    from studio.work.local import HomeInUse

    studio, floor = Studio(Settings.load(home)), None
    if working:
        from studio.director.floor import Floor

        floor = Floor(studio).open()  # which waits until this studio has workers of its own
        with suppress(HomeInUse):  # a running studio's workers will do it
            studio.open()
    try:
        yield studio
    finally:
        if floor:
            floor.close()
        studio.close()


def say(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def follow(studio: Any, job: Any, quiet: bool) -> Any:
    """Wait for a job, and raise what it failed of. Ctrl-C cancels it."""
    try:
        ended = asyncio.run(watch(studio, job, quiet))
    except KeyboardInterrupt:
        from studio.work.queue import JobIsOver

        with suppress(JobIsOver):
            studio.queue.cancel(job.id)
        raise
    if ended.status != "done":
        error = ended.error
        raise Fault(error.message, error.advice) if error else Fault(f"The job was {ended.status}.")
    return ended


async def watch(studio: Any, job: Any, quiet: bool) -> Any:
    """The job once it is over, with a bar on the terminal until then."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from studio.work.local import HomeInUse

    columns = (
        "{task.description}",
        BarColumn(),
        "{task.percentage:>3.0f} %",
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    silent, looks = quiet or not sys.stderr.isatty(), itertools.count(1)
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=silent) as bar:
        line = bar.add_task(job.model, total=1.0, note="")
        while not (now := studio.queue.get(job.id)).over:
            note = "the queue is paused" if studio.queue.paused else now.note
            bar.update(line, completed=now.progress, note=note)
            if next(looks) % 20 == 0 and not studio.crew:  # whoever was to do it may have closed since
                with suppress(HomeInUse):
                    studio.open()
            await asyncio.sleep(0.05)
        return now


def deliver(job: Any, out: Path | None, as_json: bool) -> None:
    """Put the take where it was asked for, and say where it is."""
    if out:
        put(job.assets[0].path, out)
    if as_json:
        say(job.model_dump(mode="json"))
    else:
        for place in [out] if out else [asset.path for asset in job.assets]:
            print(place)


def put(path: Path, out: Path) -> None:
    """A copy where it was asked for, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    try:
        shutil.copyfile(path, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
