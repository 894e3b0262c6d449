"""`studio batch`: a list of takes, from a CSV or JSON Lines file, one a line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from pipelines.base import Model
from pipelines.faults import Fault, Invalid
from studio.cli.given import TASKS, value_of, with_files
from studio.cli.home import AsJson, Home, at_home, put, say, watch

OWN = ("task", "model", "prompt", "text", "out", "options")
MOST_LINES, MOST_BYTES = 10_000, 64 << 20


class Wish(NamedTuple):
    """One line: what is to be made, and where its file is to go."""

    line: int
    model: Model
    options: dict[str, Any]
    out: Path | None


class BadList(Invalid):
    """The list cannot be worked through: which lines, and why."""


def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv|FILE.jsonl", help="The list")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every line, and make nothing")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the takes, or only put them in line")] = True,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a take for every line of a list. Columns: task or model, prompt, out (a file), and any of the model's
    options; an empty cell is its default. All lines are put in line, or, when one of them is at fault, none."""
    from studio.types import GenerationRequest

    lines = list(read(file))
    with at_home(home, working=not dry_run and wait) as studio:
        wishes = checked(lines, file.absolute().parent)
        if dry_run:
            report(wishes, as_json)
            return
        asked = [
            GenerationRequest(model=wish.model.id, options=with_files(studio, wish.model, wish.options))
            for wish in wishes
        ]
        jobs = studio.submit_all(asked)
        if wait:
            jobs = followed(studio, jobs, wishes, as_json)
        if as_json:
            say([job.model_dump(mode="json") for job in jobs])
        elif not wait:
            print("\n".join(job.id for job in jobs))
    failed = [job for job in jobs if wait and job.status != "done"]
    if failed:
        raise Fault(f"{len(failed)} of {len(jobs)} takes were not made.", "`studio jobs` says why.")


# --- the list --------------------------------------------------------------------------------------------------------


def read(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every line that says something, with its number. Raises `BadList`."""
    if not file.is_file():
        raise BadList(f"There is no file {file}.", "Name a .csv or .jsonl file.")
    if file.stat().st_size > MOST_BYTES:
        raise BadList(f"{file.name} is larger than {MOST_BYTES >> 20} MB.", "Split it.")
    text = file.read_text("utf-8-sig", errors="replace")
    found = list((from_json if file.suffix.lower() in (".jsonl", ".ndjson") else from_csv)(text))
    if not found:
        raise BadList(f"{file.name} lists nothing.", "Write a line for each take.")
    if len(found) > MOST_LINES:
        raise BadList(f"{file.name} has more than {MOST_LINES} lines.", "Split it.")
    yield from found


def from_json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise BadList(f"Line {n} is no JSON object.", 'Write {"task": "image", "prompt": "..."}, one a line.')
        more = said.pop("options", None) or {}
        yield n, said | (more if isinstance(more, dict) else {"options": more})


def from_csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        for row in rows:
            if "" in row:
                raise BadList(f"Line {rows.line_num} has more cells than the first line has names.", "Quote commas.")
            plain = {name.strip(): (value or "").strip() for name, value in row.items()}
            if said := {name: value for name, value in plain.items() if value}:
                words = {name: said[name] for name in OWN if name in said}
                yield rows.line_num, {name: value_of(value) for name, value in said.items()} | words
    except csv.Error as error:
        raise BadList(f"Line {rows.line_num} is no CSV: {error}.", "Quote cells that hold quotes.") from None


def checked(lines: list[tuple[int, dict[str, Any]]], beside: Path) -> list[Wish]:
    """The lines as wishes. Raises `BadList`, naming every line that is at fault."""
    wishes, faults = list[Wish](), list[str]()
    for n, said in lines:
        try:
            wishes.append(wish_of(n, said, beside))
        except Fault as fault:
            faults.append(f"line {n}: {fault.message}")
    if faults:
        more = f" and {len(faults) - 10} lines more" if len(faults) > 10 else ""
        raise BadList("; ".join(faults[:10]) + more, "Nothing was made.")
    return wishes


def wish_of(n: int, said: dict[str, Any], beside: Path) -> Wish:
    from pipelines import catalogue

    task, name = said.get("task"), said.get("model")
    if task is not None and task not in TASKS:
        raise Invalid(f"task: {str(task)[:40]!r} is not one of {', '.join(TASKS)}")
    if name is None and task is None:
        raise Invalid("it names neither a task nor a model")
    model = catalogue.find(str(name)) if name is not None else catalogue.default(task)  # type: ignore[arg-type]
    if task not in (None, model.task):
        raise Invalid(f"{model.id} makes {model.task}, not {task}")
    status, why = model.status()
    if status != "ready":
        raise Invalid(f"{model.title} cannot run here now: {why}")
    options = {key: value for key, value in said.items() if key not in OWN}
    words = said.get("prompt", said.get("text"))
    if words is not None:
        options["text" if model.task == "speech" else "prompt"] = str(words)
    for key in model.cls.Options.media().keys() & options.keys():
        options[key] = placed(options[key], beside)
    model.options(**options)
    return Wish(n, model, options, beside / str(said["out"]) if said.get("out") else None)


def placed(value: Any, beside: Path) -> Any:
    """A file named in the list lies beside it; what is no file is an asset's id."""
    if isinstance(value, list):
        return [placed(one, beside) for one in value]
    path = beside / Path(str(value)).expanduser()
    if path.is_file():
        return str(path)
    if len(str(value)) != 64:
        raise Invalid(f"there is no file {value}")
    return value


def report(wishes: list[Wish], as_json: bool) -> None:
    """What would be made."""
    if as_json:
        say([{"line": w.line, "model": w.model.id, "task": w.model.task, "options": w.options,
              "out": str(w.out) if w.out else None} for w in wishes])  # fmt: skip
        return
    for wish in wishes:
        words = str(wish.options.get("prompt") or wish.options.get("text") or "")[:60]
        print(f"line {wish.line:4}  {wish.model.id:16}  {words}{f'  -> {wish.out}' if wish.out else ''}")
    print(f"{len(wishes)} takes would be made.", file=sys.stderr)


# --- the work --------------------------------------------------------------------------------------------------------


def followed(studio: Any, jobs: list[Any], wishes: list[Wish], quiet: bool) -> list[Any]:
    """Each job once it is over, its file where it was asked for. Ctrl-C cancels what is left."""
    ended = []
    try:
        for job, wish in zip(jobs, wishes, strict=True):
            now = asyncio.run(watch(studio, job, quiet))
            ended.append(now)
            if now.status == "done" and wish.out:
                put(now.assets[0].path, wish.out)
            if not quiet:
                where = (wish.out or now.assets[0].path) if now.status == "done" else now.status
                print(f"line {wish.line:4}  {where}{f'  {now.error.message}' if now.error else ''}", flush=True)
    except KeyboardInterrupt:
        from studio.work.queue import JobIsOver

        for job in jobs[len(ended) :]:
            try:
                studio.queue.cancel(job.id)
            except JobIsOver:
                continue
        raise
    return ended


def install(app: typer.Typer) -> None:
    app.command("batch")(batch)
