"""The terminal window: what to make, the queue, and the take that is chosen, side by side; under them the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, DataTable, Footer, Input, Label, RichLog, Select, TextArea

from pipelines import catalogue
from pipelines.base import Task
from pipelines.faults import Fault
from studio.cli.given import TASKS, options_of, with_files
from studio.cli.tui.line import Line
from studio.cli.tui.preview import Preview
from studio.cli.words import words_of
from studio.studio import Studio
from studio.types import GenerationRequest, Job

LISTED, LOOK_S = 50, 0.4
NAMES = {"image": "Picture", "video": "Shot", "music": "Music", "sound": "Sound", "speech": "Speech"}


class Desk(App[None]):
    TITLE = "Homereel"
    CSS_PATH = "desk.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        ("ctrl+g", "make", "Make"),
        ("f2", "write", "Prompt"),
        ("f3", "look", "Queue"),
        ("c", "cancel", "Cancel"),
        ("r", "retry", "Retry"),
        ("p", "pause", "Pause"),
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(self, studio: Studio):
        super().__init__()
        self.studio, self.states = studio, dict[str, str]()

    def compose(self) -> ComposeResult:
        yield Label(id="status")
        with Horizontal(id="rooms"):
            with Vertical(id="wish"):
                yield Select(
                    [(NAMES[task], task) for task in TASKS], value="image", allow_blank=False, compact=True, id="task"
                )
                yield Select[str]([], prompt="the best that is ready", compact=True, id="model")
                yield TextArea(id="prompt", soft_wrap=True, tab_behavior="focus")
                yield Input(placeholder="options: width=640 seed=7", compact=True, id="options")
                yield Button("Make", variant="primary", compact=True, id="make")
            yield Line(id="line")
            yield Preview(self.studio, id="preview")
        yield RichLog(id="log", wrap=True, max_lines=1000)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#prompt", TextArea).border_title = "Prompt"
        self.query_one("#line", Line).border_title = "Queue"
        self.query_one("#log", RichLog).border_title = "Log"
        self.look_up_models("image")
        self.look()
        self.set_interval(LOOK_S, self.look)
        self.query_one("#prompt").focus()

    # --- what is seen -------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """The queue as it is now, and what has changed in it since."""
        jobs = self.studio.queue.page(limit=LISTED).items
        line = self.query_one(Line)
        line.show(jobs)
        for job in reversed(jobs):
            if self.states.get(job.id, job.status if not self.states else "") != job.status:
                self.note(job)
        self.states = {job.id: job.status for job in jobs} or {"": ""}
        counts = self.studio.queue.counts()
        paused = "  PAUSED" if self.studio.queue.paused else ""
        now = f"{counts.get('running', 0)} running, {counts.get('queued', 0)} waiting{paused}"
        self.query_one("#status", Label).update(Text(f"Homereel  {now}  {self.studio.home}"))
        if line.chosen:
            self.query_one(Preview).show(line.jobs[line.chosen])

    def note(self, job: Job) -> None:
        error = f"  {job.error.message} {job.error.advice}" if job.error else ""
        self.say(f"{job.status:9} {job.model}  {' '.join(words_of(job).split())}{error}", "red" if job.error else "")

    def say(self, words: str, style: str = "") -> None:
        self.query_one("#log", RichLog).write(Text(words, style=style))

    @on(Select.Changed, "#task")
    def task_changed(self, event: Select.Changed) -> None:
        self.look_up_models(str(event.value))

    @work(thread=True, exclusive=True)
    def look_up_models(self, task: str) -> None:
        ready = [(m.title, m.id) for m in catalogue.for_task(cast(Task, task)) if m.status()[0] == "ready"]
        self.call_from_thread(self.query_one("#model", Select).set_options, ready)

    @on(DataTable.RowHighlighted)
    def chosen(self) -> None:
        line = self.query_one(Line)
        if line.chosen:
            self.query_one(Preview).show(line.jobs[line.chosen])

    # --- what is done -------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#make")
    def action_make(self) -> None:
        """Put what is written in line. What cannot be is said in the log, and stays written."""
        task = cast(Task, self.query_one("#task", Select).value)
        model = self.query_one("#model", Select).value
        prompt, more = self.query_one("#prompt", TextArea), self.query_one("#options", Input)
        try:
            chosen = catalogue.find(model) if isinstance(model, str) else catalogue.default(task)
            options = with_files(self.studio, chosen, options_of(more.value.split()))
            options["text" if task == "speech" else "prompt"] = prompt.text.strip()
            self.studio.submit(GenerationRequest(model=chosen.id, options=options))
        except Fault as fault:
            self.say(f"{fault.message} {fault.advice}", "red")
            return
        prompt.text = ""
        self.look()
        self.query_one(Line).move_cursor(row=0)

    def action_write(self) -> None:
        self.query_one("#prompt").focus()

    def action_look(self) -> None:
        self.query_one(Line).focus()

    def action_cancel(self) -> None:
        self.deed(self.studio.queue.cancel)

    def action_retry(self) -> None:
        self.deed(self.studio.retry)

    def action_pause(self) -> None:
        """Pause the queue, or go on with it."""
        queue = self.studio.queue
        queue.resume() if queue.paused else queue.pause()
        self.look()

    def deed(self, what: Callable[[str], object]) -> None:
        """Something done to the chosen job, or why it cannot be."""
        if job_id := self.query_one(Line).chosen:
            try:
                what(job_id)
            except Fault as fault:
                self.say(f"{fault.message} {fault.advice}", "red")
            self.look()
