"""What the house itself costs, in ratios of one run: `make bench`.

Opening the window against a minimal Gradio app with as many tabs, in processor seconds of the whole process; and a
draft picture through the queue against the bare pipeline call, in wall seconds. Each is taken in turns, A B A B, and
the median is quoted, since machines drift.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipelines import catalogue
from studio.settings import Settings
from studio.studio import Studio
from studio.types import GenerationRequest

HOUSE = Path(__file__).parents[2]
PAIRS = 5
OURS = """
import sys
from pathlib import Path
import app
from studio.settings import Settings
from studio.studio import Studio
app.create(Studio(Settings.load(Path(sys.argv[1]))))
"""
MINIMAL = """
import gradio as gr
from fastapi import FastAPI
with gr.Blocks() as window:
    for name in ("Image", "Video", "Music", "Sound", "Speech", "Timeline", "Library", "Queue", "Models"):
        with gr.Tab(name):
            gr.Textbox(); gr.Button()
gr.mount_gradio_app(FastAPI(), window, path="/")
"""


def in_turns(ours: Callable[[int], float], theirs: Callable[[int], float]) -> tuple[float, float, float]:
    """The medians of both, and of the ratio pair by pair."""
    pairs = [(ours(n), theirs(n)) for n in range(PAIRS)]
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second), statistics.median(a / b for a, b in pairs)


def processor_seconds(code: str, *arguments: str) -> float:
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    before = os.times()
    subprocess.run([sys.executable, "-c", code, *arguments], cwd=HOUSE, env=environment, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


class Here:
    """A place for the bare pipeline to write; nobody listens."""

    def __init__(self, workdir: Path):
        self.workdir = workdir

    def progress(self, fraction: float, note: str = "") -> None:
        pass


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def window(home: Path) -> tuple[float, float, float]:
    return in_turns(lambda n: processor_seconds(OURS, str(home)), lambda n: processor_seconds(MINIMAL))


def picture(home: Path) -> tuple[float, float, float]:
    studio = Studio(Settings.load(home, workers=1))
    model = catalogue.find("draft-image")
    bare, place = model.cls(model), Here(home / "tmp")

    def options(n: int) -> dict:
        return {"prompt": "a fox in the snow", "width": 1024, "height": 1024, "seed": n}

    def through(n: int) -> None:
        job, _ = studio.submit(GenerationRequest(model=model.id, options=options(n)))
        while not studio.queue.is_over(job.id):
            time.sleep(0.002)

    studio.open()
    try:
        through(1000)  # the worker has come, and knows its model
        list(bare.run(model.options(**options(1000)), place))
        return in_turns(
            lambda n: seconds(lambda: through(n)),
            lambda n: seconds(lambda: list(bare.run(model.options(**options(n)), place))),
        )
    finally:
        studio.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, ratio = window(Path(folder) / "window")
        print(f"open the window      {ours:6.2f} s CPU   minimal Gradio   {theirs:6.2f} s CPU   ratio {ratio:.2f}")
        through, bare, _ = picture(Path(folder) / "queue")
        more = through - bare
        print(f"a picture, by queue  {through:6.3f} s       bare pipeline    {bare:6.3f} s       more  {more:.3f} s")


if __name__ == "__main__":
    main()
