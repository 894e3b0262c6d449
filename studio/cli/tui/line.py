"""The queue as a table: the latest jobs, newest first, each in one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import DataTable

from studio.cli.words import words_of
from studio.types import Job

COLOURS = {"running": "yellow", "done": "green", "failed": "red", "cancelled": "dim", "queued": "cyan"}
COLUMNS = ("state", "done", "model", "what")


class Line(DataTable[Text]):
    def on_mount(self) -> None:
        self.cursor_type, self.zebra_stripes = "row", True
        for name in COLUMNS:
            self.add_column(name, key=name)
        self.jobs: dict[str, Job] = {}

    def show(self, jobs: Sequence[Job]) -> None:
        """These jobs, in this order; the cursor stays on the one that it is on."""
        if [job.id for job in jobs] != list(self.jobs):
            chosen = self.chosen
            self.clear()
            for job in jobs:
                self.add_row(*cells(job), key=job.id)
            if chosen in (ids := [job.id for job in jobs]):
                self.move_cursor(row=ids.index(chosen))
        else:
            for job in jobs:
                if job != self.jobs[job.id]:
                    for column, cell in zip(COLUMNS, cells(job), strict=True):
                        self.update_cell(job.id, column, cell)
        self.jobs = {job.id: job for job in jobs}

    @property
    def chosen(self) -> str | None:
        """The id of the job under the cursor."""
        ids = list(self.jobs)
        return ids[self.cursor_row] if 0 <= self.cursor_row < len(ids) else None


def cells(job: Job) -> list[Text]:
    done = (
        f"{job.progress:4.0%}"
        if job.status == "running"
        else f"#{job.position + 1}"
        if job.position is not None
        else ""
    )
    words = " ".join(words_of(job).split())
    return [Text(job.status, style=COLOURS[job.status]), Text(done), Text(job.model), Text(words)]
