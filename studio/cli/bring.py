"""`studio import PATH`: a project of a folder of clips, or of another studio's or editor's file, in a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.home import AsJson, Home, at_home, follow, say


def bring(
    path: Annotated[Path, typer.Argument(help="A folder, or a .zip, an .otio or a timeline's .json", exists=True)],
    title: Annotated[str, typer.Option(help="The project's title; the folder's name when left out")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a project: of a folder its pictures, shots and sounds one after the other, by name."""
    with at_home(home, working=path.is_file()) as studio:
        project = of_folder(studio, path, title, as_json) if path.is_dir() else of_file(studio, path, title, as_json)
        if as_json:
            say(project.model_dump(mode="json"))
            return
        print(f"{project.id}  {project.title}")


def of_folder(studio: Any, folder: Path, title: str, quiet: bool) -> Any:
    """Every file that the library takes; what it does not is named, and left."""
    from pipelines.faults import Fault
    from studio.assembly import assemble
    from studio.timeline.edit.assembly import in_order

    files = [path for path in folder.rglob("*") if path.is_file() and not hidden(path.relative_to(folder))]
    found = list[str]()
    for path in sorted(files, key=lambda path: in_order(str(path.relative_to(folder)))):
        try:
            found.append(taken_in(studio, path).id)
        except Fault as fault:
            print(f"left out: {path.name}: {fault.message}", file=sys.stderr)
            continue
        if not quiet:
            print(f"{len(found)} of {len(files)}  {path.name}", file=sys.stderr)
    return assemble(studio, found, title or folder.resolve().name)


def taken_in(studio: Any, path: Path) -> Any:
    with path.open("rb") as file:
        return studio.library.upload(iter(lambda: file.read(1 << 20), b""), path.name)


def hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def of_file(studio: Any, path: Path, title: str, quiet: bool) -> Any:
    asset = taken_in(studio, path)
    job = follow(studio, studio.open_file(asset.id)[0], quiet)
    project = studio.projects.get(job.result["project"])
    return studio.projects.save(project.id, title=title) if title else project
