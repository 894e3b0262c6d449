"""From draft to final, what a film is made of, and the film again from that: on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.home import AsJson, Home, at_home, follow, say

Chosen = Annotated[str | None, typer.Option(metavar="MODEL", help="The model that makes these finals")]


def conform(
    project: Annotated[str, typer.Argument(help="A project's id")],
    image: Chosen = None,
    video: Chosen = None,
    music: Chosen = None,
    sound: Chosen = None,
    speech: Chosen = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made, and make nothing")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a film real: every draft take again, by the models named, in its place."""
    from studio.conform.ask import ask
    from studio.conform.plan import Finals, plan

    chosen = Finals(image=image, video=video, music=music, sound=sound, speech=speech)
    with at_home(home, working=not dry_run) as studio:
        wanted = plan(studio, project, chosen)
        if dry_run and as_json:
            say(wanted.model_dump(mode="json"))
            return
        if not as_json:
            tell(wanted, sys.stdout if dry_run else sys.stderr)
        if not dry_run:
            job = follow(studio, ask(studio, project, chosen)[0], as_json)
            report(studio, job, as_json)


def tell(plan: Any, out: Any) -> None:
    """The plan in lines that a person reads."""
    for take in plan.takes:
        print(f"{take.made_by} -> {take.recipe.model}  {take.words[:60]}", *take.notes, sep="\n    ", file=out)
    for left in plan.left:
        print(f"stays a draft: {left.words[:60]}\n    {left.why}", file=out)
    for model in plan.models:
        price = [f"{model.takes} takes", model.licence or "licence unknown"]
        price += [f"{model.download_gb:g} GB to download"] if model.download_gb else []
        price += [f"{model.vram_gb:g} GB of memory"] if model.vram_gb else []
        price += [f"about {model.seconds:.0f} s" if model.seconds is not None else "never timed here"]
        price += [] if model.status == "ready" else [model.why]
        print(f"{model.title}: {', '.join(price)}", file=out)
    print(f"About {plan.disk_bytes / 1e6:.0f} MB on the disk; {plan.free_bytes / 1e9:.0f} GB are free.", file=out)


def report(studio: Any, job: Any, as_json: bool) -> None:
    if as_json:
        say(job.model_dump(mode="json"))
        return
    takes = job.result["takes"]
    print(f"{takes['done']} made, {takes['aside']} had no place any more, {takes['failed']} failed")
    print(f"studio export {job.project} --out film.mp4")


# --- a film's manifest -------------------------------------------------------------------------------------------


def beside(studio: Any, job: Any, out: Path) -> None:
    """The film's manifest, its credits and its signed content credentials, next to it."""
    from studio.library import credentials
    from studio.timeline.export.export import FILMS, SOUNDS
    from studio.timeline.manifest import credits, manifest

    film = job.assets[0]
    if job.recipe.options["format"] in (*FILMS, *SOUNDS, "gif"):
        told = manifest(film, studio.library.many)
        out.with_suffix(".manifest.json").write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
        out.with_suffix(".credits.txt").write_text(credits(told), encoding="utf-8")
        origin = studio.origin(film)
        if origin and (said := credentials.beside(film, origin, studio.home)):
            out.with_suffix(".c2pa").write_bytes(said)


def again(studio: Any, file: Path, format: str, settings: dict[str, Any], as_json: bool) -> Any:
    """The job of exporting a film anew, once all that it needs is there; what differs is said on stderr."""
    from studio.remake import remake
    from studio.timeline.manifest import read

    told = read(file.read_bytes())
    made = remake(studio, told, lambda job: follow(studio, job, as_json))
    names = {one.sha256: one.name for one in told.media}
    for was, now in made.differs.items():
        print(f"not the same: {names[was]} was {was[:12]} and is {now[:12]}", file=sys.stderr)
    job, _ = studio.export(timeline=made.timeline, format=format, settings={**told.film.settings, **settings})
    done = follow(studio, job, as_json)
    if format == told.film.format:
        same = done.assets[0].id == told.film.sha256
        print("It is the same film, byte for byte." if same else "The film's bytes are not the same.", file=sys.stderr)
    return done
