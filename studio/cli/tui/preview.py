"""The take that is chosen: its picture, as finely as the terminal can, and what is known of it."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_image.widget import Image

from studio.studio import Studio
from studio.types import Job


class Preview(Vertical):
    """A still of a picture or a film, the shape of a sound; drawn in a thread, for the first time may take a moment."""

    def __init__(self, studio: Studio, **more: Any):
        super().__init__(**more)
        self.studio, self.shown = studio, ""

    def compose(self) -> ComposeResult:
        yield Image(id="picture")
        yield Static(Text("Choose a take to see it.", style="dim"), id="facts")

    def show(self, job: Job) -> None:
        self.query_one("#facts", Static).update(facts(job))
        asset = next((asset for asset in job.assets if asset.kind != "captions"), None)
        if (asset.id if asset else "") != self.shown:
            self.shown = asset.id if asset else ""
            self.draw(self.shown)

    @work(thread=True, exclusive=True)
    def draw(self, asset_id: str) -> None:
        from PIL import Image as Picture

        still = None
        if asset_id:
            with Picture.open(self.studio.library.thumbnail(asset_id)) as file:
                still = file.convert("RGB")
        self.app.call_from_thread(self.lay, asset_id, still)

    def lay(self, asset_id: str, still: Any) -> None:
        if asset_id == self.shown:
            self.query_one("#picture", Image).image = still


def facts(job: Job) -> Text:
    """A job in words. What people wrote is text and nothing else."""
    said = Text()
    said.append(f"{job.status}", style="bold")
    said.append(f"  {job.model}  {job.id}\n", style="dim")
    if job.error:
        said.append(f"{job.error.message} {job.error.advice}\n", style="red")
    for asset in job.assets:
        size = f"{asset.width}x{asset.height} " if asset.width else ""
        length = f"{asset.duration_s:.1f} s " if asset.duration_s else ""
        said.append(f"{asset.name}  {size}{length}{asset.bytes / 1e6:.2f} MB\n{asset.path}\n")
    options = {name: value for name, value in job.recipe.options.items() if value not in (None, "", [], ())}
    for long in ("timeline", "settings"):
        options.pop(long, None)
    said.append("\n".join(f"{name}: {str(value)[:300]}" for name, value in options.items()), style="dim")
    return said
