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
from collections.abc import Callable
from pathlib import Path

from studio.bench import queue

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
    for name in ("Film", "Image", "Video", "Music", "Sound", "Speech", "Timeline", "Library", "Queue", "Models"):
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


def window(home: Path) -> tuple[float, float, float]:
    return in_turns(lambda n: processor_seconds(OURS, str(home)), lambda n: processor_seconds(MINIMAL))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, ratio = window(Path(folder) / "window")
        print(f"open the window      {ours:6.2f} s CPU   minimal Gradio   {theirs:6.2f} s CPU   ratio {ratio:.2f}")
    took = queue.run(PAIRS)
    through, bare, more = took["through_s"], took["bare_s"], took["more_s"]
    print(f"a picture, by queue  {through:6.3f} s       bare pipeline    {bare:6.3f} s       more  {more:.3f} s")


if __name__ == "__main__":
    main()
