"""The command-line door. With a studio running on the same home the jobs are its workers'; without one, ours."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.faults import Fault, Invalid
from studio import __version__
from studio.cli import backup, batch, bench, bring, film, finals, keys, models, sync, tui
from studio.cli.given import TASKS, models_like, options_of, tasks_like, with_files
from studio.cli.home import AsJson, Home, JobId, at_home, deliver, follow, say
from studio.cli.restore import restore
from studio.cli.words import words_of
from studio.settings import Settings

app = typer.Typer(
    name="studio", no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, help="Homereel's studio."
)
app.add_typer(models.app, name="models")
app.add_typer(bench.app, name="bench")
app.add_typer(keys.app, name="keys")
app.command()(keys.password)
app.command()(film.film)
app.command()(finals.conform)
app.command()(sync.sync)
app.command("import")(bring.bring)
app.command()(restore)
for room in (batch, backup, tui):
    room.install(app)


@app.command()
def generate(
    task: Annotated[str, typer.Argument(help="image, video, music, sound or speech", autocompletion=tasks_like)],
    prompt: Annotated[str, typer.Argument(help="What to make; for speech, what to say")],
    model: Annotated[str | None, typer.Option(help="A model's id", autocompletion=models_like)] = None,
    option: Annotated[list[str] | None, typer.Option("-o", help="name=value, as often as needed")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to put the file")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make something now, and say where it is."""
    from pipelines import catalogue
    from studio.types import GenerationRequest

    if task not in TASKS:
        raise typer.BadParameter(f"{task} is not one of image, video, music, sound, speech.")
    with at_home(home, working=True) as studio:
        chosen = catalogue.find(model) if model else catalogue.default(task)  # type: ignore[arg-type]
        if chosen.task != task:
            raise Invalid(f"{chosen.id} makes {chosen.task}, not {task}.", "`studio models list` shows which makes it.")
        options = with_files(studio, chosen, options_of(option or []))
        options["text" if task == "speech" else "prompt"] = prompt
        job, _ = studio.submit(GenerationRequest(model=chosen.id, options=options))
        deliver(follow(studio, job, as_json), out, as_json)


@app.command()
def export(
    project: Annotated[str | None, typer.Argument(help="A project's id, or a timeline file")] = None,
    *,
    out: Annotated[Path, typer.Option(help="The film; its suffix picks the format")],
    preset: Annotated[
        str | None, typer.Option(help="How fine, or where it is to be shown: youtube-1080p, shorts")
    ] = None,
    option: Annotated[list[str] | None, typer.Option("-o", help="name=value: codec, from, to, at, encoder")] = None,
    from_manifest: Annotated[Path | None, typer.Option(help="A film's manifest: make that film again")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Cut a project together and write the film, its manifest and its credits beside it."""
    from studio.timeline.model import Timeline

    if (project is None) == (from_manifest is None):
        raise typer.BadParameter("Name a project, or a film's manifest with --from-manifest.")
    with at_home(home, working=True) as studio:
        format = out.suffix.lstrip(".")
        settings = options_of(option or []) | ({"preset": preset} if preset else {})
        if from_manifest is not None:
            job = finals.again(studio, from_manifest, format, settings, as_json)
        elif Path(project or "").is_file():
            timeline = Timeline.parse(Path(project or "").read_text("utf-8", errors="replace"))
            job, _ = studio.export(timeline=timeline, format=format, settings=settings)
        else:
            job, _ = studio.export(project, format, settings=settings)
        done = follow(studio, job, as_json)
        deliver(done, out, as_json)
        finals.beside(studio, done, out)


@app.command()
def jobs(job_id: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False, home: Home = None) -> None:
    """List the latest jobs, or show one."""
    with at_home(home) as studio:
        found = [studio.queue.get(job_id)] if job_id else studio.queue.page(limit=50).items
        if as_json:
            listed = [job.model_dump(mode="json") for job in found]
            say(listed[0] if job_id else listed)
            return
        for job in found:
            error = f"  {job.error.message}" if job.error else ""
            print(f"{job.id}  {job.status:9}  {job.progress:4.0%}  {job.model:16}  {words_of(job)}{error}")


@app.command()
def cancel(job_id: JobId, as_json: AsJson = False, home: Home = None) -> None:
    """Stop a job, waiting or running."""
    with at_home(home) as studio:
        job = studio.queue.cancel(job_id)
        say(job.model_dump(mode="json")) if as_json else print(job.status)


@app.command()
def retry(job_id: JobId, as_json: AsJson = False, home: Home = None) -> None:
    """Do a job again, as a new one."""
    with at_home(home, working=True) as studio:
        deliver(follow(studio, studio.retry(job_id), as_json), None, as_json)


@app.command()
def pause(as_json: AsJson = False, home: Home = None) -> None:
    """Start no more jobs; what runs goes on."""
    with at_home(home) as studio:
        studio.queue.pause()
    if as_json:
        say({"paused": True})


@app.command()
def resume(as_json: AsJson = False, home: Home = None) -> None:
    """Go on with the queue."""
    with at_home(home) as studio:
        studio.queue.resume()
    if as_json:
        say({"paused": False})


@app.command()
def doctor(as_json: AsJson = False, home: Home = None) -> None:
    """Check what this machine has, and say what to do about what it has not."""
    from studio.doctor import examine

    checks = examine(Settings.load(home))
    if as_json:
        say([check.model_dump(mode="json") for check in checks])
    else:
        for check in checks:
            cure = f"\n      {check.cure}" if check.cure and check.state != "ok" else ""
            print(f"{check.state:>4}  {check.name}: {check.found}{cure}")
    if any(check.state == "bad" for check in checks):
        raise typer.Exit(1)


def version(wanted: bool) -> None:
    if wanted:
        print(f"Homereel {__version__}")
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=version, is_eager=True)] = False) -> None:
    pass


def main(arguments: list[str] | None = None) -> None:
    """Run a command. 0 done, 1 failed with one line that says why, 2 wrong usage, 130 interrupted."""
    try:
        app(arguments, standalone_mode=True)
    except Fault as fault:
        print(f"studio: {fault.message} {fault.advice}".strip(), file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:  # a folder nobody may write to, a disk that is full, a file that is not there
        where = f": {error.filename}" if error.filename else ""
        print(f"studio: {error.strerror or error}{where}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
