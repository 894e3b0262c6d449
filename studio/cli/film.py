"""`studio film "BRIEF" --out film.mp4`: from words to a film, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.home import AsJson, Home, at_home, deliver, follow


def film(
    brief: Annotated[str, typer.Argument(help="What it is about: a sentence, a page, a script, or a text file")],
    out: Annotated[Path | None, typer.Option(help="Where to put the film, an .mp4")] = None,
    seconds: Annotated[float, typer.Option(help="How long it is to be")] = 30,
    aspect: Annotated[str | None, typer.Option(help="16:9, 9:16, 1:1, 4:5, 4:3 or 21:9")] = None,
    style: Annotated[str | None, typer.Option(help="cinematic, watercolour, ink, paper, noir, ...")] = None,
    voice: Annotated[str | None, typer.Option(help="Who tells it")] = None,
    language: Annotated[str | None, typer.Option(help="en, de, fr, es or it; the brief's own when left out")] = None,
    music: Annotated[str | None, typer.Option(help="What music; none for none")] = None,
    model: Annotated[list[str] | None, typer.Option(help="task=ID, as often as needed: video=wan-2.2-5b")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a film of a brief."""
    from pipelines.faults import Invalid
    from studio.director import film as director

    if (
        len(brief) < 300
        and "\n" not in brief
        and brief.endswith((".txt", ".md", ".fountain"))
        and Path(brief).is_file()
    ):
        brief = Path(brief).read_text("utf-8", errors="replace")
    if out and out.suffix.lower() != ".mp4":
        raise Invalid(f"{out.name} is no .mp4.", "`studio export PROJECT --out FILE` writes every other format.")
    models = dict(pair.partition("=")[::2] for pair in model or [])
    wish = director.wish(brief=brief, seconds=seconds, aspect=aspect, style=style, voice=voice, language=language,
                         music=music, models=models or None)  # fmt: skip
    with at_home(home, working=True) as studio:
        job, _ = director.start(studio, wish)
        deliver(follow(studio, job, as_json), out, as_json)
