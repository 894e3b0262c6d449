"""`studio backup` and `studio restore-backup`: a home as one zip, and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.home import AsJson, Home, at_home, say
from studio.settings import Settings


def backup(
    out: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Where to write it")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Write everything of a home to one zip: ledger, library and projects. A studio that runs on it may go on."""
    from studio.backup.pack import pack

    with bar("backing up", as_json) as progress:
        said = pack(Settings.load(home).home, out, progress)
    if as_json:
        say({**said, "file": str(out)})
        return
    print(f"{out}: {said['files']} files, {said['bytes'] / 1e6:.0f} MB")
    if said["missing"]:
        print(f"studio: {len(said['missing'])} files of the library are lost, and not in it.", file=sys.stderr)


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A backup")],
    replace: Annotated[bool, typer.Option("--replace", help="Set what is in the home aside")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Bring a home back from a backup. What was there is set aside in it, never deleted."""
    from studio.backup.unpack import unpack

    place = Settings.load(home).home
    with bar("restoring", as_json) as progress:
        said = unpack(file, place, progress, replace)
    if as_json:
        say({**said, "home": str(place)})
        return
    print(f"{place} is as it was on {str(said.get('created', ''))[:16].replace('T', ' ')}: {said.get('files')} files.")
    if said["before"]:
        print(f"What was there is in {said['before']}.")


def empty_trash(
    older_than_days: Annotated[float, typer.Option(min=0, help="Only what has been there so long")] = 0,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Delete for good what is in the trash. What a project holds stays."""
    with at_home(home) as studio:
        said = studio.empty_trash(older_than_days * 86_400)
    if as_json:
        say(said)
        return
    print(f"{said['deleted']} files and {said['projects']} projects are gone, {said['freed'] / 1e6:.1f} MB are free.")


@contextmanager
def bar(words: str, quiet: bool) -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    silent = quiet or not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=silent) as shown:
        line = shown.add_task(words, total=1.0)
        yield lambda done: shown.update(line, completed=done)


def install(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore-backup")(restore_backup)
    app.command("empty-trash")(empty_trash)
