"""The terminal window, driven by Textual's pilot: what is written is made, followed, seen and stopped."""

from __future__ import annotations

import asyncio
import subprocess

import pytest
from textual.widgets import Input, Label, RichLog, Select, TextArea
from textual_image.widget import Image

from conftest import HOUSE, apart
from studio.cli.tui.desk import Desk
from studio.cli.tui.line import Line
from studio.cli.tui.preview import Preview
from test_cli import command

SMALL = "width=320 height=256 seed=4"


@pytest.fixture
def at_desk(studio):
    """Do something at the desk of a studio whose work is done by hand."""

    def at_desk(deeds, size=(130, 40)):
        async def main():
            desk = Desk(studio)
            async with desk.run_test(size=size) as pilot:
                await pilot.pause()
                return await deeds(desk, pilot)

        return apart(lambda: asyncio.run(main()))

    return at_desk


async def seen(pilot, true):
    """Wait until something can be seen."""
    for _ in range(600):
        if found := true():
            return found
        await pilot.pause(0.02)
    raise AssertionError("it was never seen")


async def write(desk, pilot, words, options=SMALL):
    desk.query_one("#prompt", TextArea).text = words
    desk.query_one("#options", Input).value = options
    await pilot.press("ctrl+g")


def states(desk):
    return [str(desk.query_one(Line).get_cell_at((row, 0))) for row in range(desk.query_one(Line).row_count)]


def logged(desk):
    return "\n".join(line.text for line in desk.query_one("#log", RichLog).lines)


def test_a_picture_is_asked_for_made_and_seen(at_desk, worker, studio):
    async def deeds(desk, pilot):
        await write(desk, pilot, "a fox in the snow [bold]")
        assert states(desk) == ["queued"]
        assert desk.query_one("#prompt", TextArea).text == ""
        await asyncio.to_thread(worker.run_next)
        await seen(pilot, lambda: states(desk) == ["done"])
        await seen(pilot, lambda: desk.query_one("#picture", Image).image)
        await seen(pilot, lambda: "done" in logged(desk))
        return str(desk.query_one(Preview).query_one("#facts").render()), logged(desk)

    facts, log = at_desk(deeds)
    assert "320x256" in facts
    assert "a fox in the snow [bold]" in log
    assert studio.queue.page().items[0].recipe.options["seed"] == 4


def test_what_cannot_be_made_is_said_and_stays_written(at_desk, studio):
    async def deeds(desk, pilot):
        await write(desk, pilot, "a fox", "width=7")
        return logged(desk), desk.query_one("#prompt", TextArea).text

    log, prompt = at_desk(deeds)
    assert "width" in log
    assert prompt == "a fox"
    assert not studio.queue.page().items


def test_the_queue_is_cancelled_retried_paused_and_gone_on_with(at_desk, studio):
    async def deeds(desk, pilot):
        await write(desk, pilot, "a fox")
        await pilot.press("f3", "c")
        assert states(desk) == ["cancelled"]
        await pilot.press("c")
        assert "already cancelled" in logged(desk)
        await pilot.press("r")
        assert states(desk) == ["queued", "cancelled"]
        await pilot.press("p")
        assert studio.queue.paused
        assert "PAUSED" in str(desk.query_one("#status", Label).render())
        await pilot.press("p")
        assert not studio.queue.paused

    at_desk(deeds)


def test_each_task_offers_the_models_that_are_ready(at_desk):
    async def deeds(desk, pilot):
        desk.query_one("#task", Select).value = "speech"
        models = desk.query_one("#model", Select)
        await seen(pilot, lambda: "draft-speech" in [value for _, value in models._options])
        desk.query_one("#model", Select).value = "draft-speech"
        await write(desk, pilot, "Good morning.", "")
        return desk.query_one(Line).jobs

    (job,) = at_desk(deeds).values()
    assert (job.model, job.recipe.options["text"]) == ("draft-speech", "Good morning.")


def test_a_narrow_terminal_leaves_the_preview_out(at_desk):
    async def deeds(desk, pilot):
        return desk.query_one(Preview).display

    assert at_desk(deeds, size=(80, 24)) is False
    assert at_desk(deeds, size=(130, 40)) is True


def test_it_is_left_from_wherever_one_is(at_desk):
    async def deeds(desk, pilot):
        desk.query_one("#prompt", TextArea).focus()
        await pilot.press("ctrl+q")
        return desk.return_code

    assert at_desk(deeds) == 0


def test_without_a_terminal_it_says_so():
    told = subprocess.run(command("tui"), capture_output=True, text=True, cwd=HOUSE, stdin=subprocess.DEVNULL)
    assert told.returncode == 1
    assert "no terminal" in told.stderr
