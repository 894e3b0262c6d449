"""The draft shot model: a camera moves through the painted scene, or through given pictures, on any machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pipelines import ffmpeg
from pipelines.base import Context, Media, Options, Pipeline
from pipelines.draft.image import Style
from pipelines.draft.painting.camera import MARGIN, Pose, pose
from pipelines.draft.painting.painter import paint, stage_of
from pipelines.draft.painting.pictures import journey, passage, read_picture, relief
from pipelines.draft.painting.reading import Description, read
from pipelines.frames import arguments, count

Camera = Literal[
    "auto", "static", "pan left", "pan right", "tilt up", "tilt down", "dolly in", "dolly out", "orbit", "zoom in",
    "zoom out", "handheld", "drone",
]  # fmt: skip
View = Callable[[float, float], np.ndarray]
"""Progress 0..1 and seconds to a frame, (height, width, 3) bytes of blue, green, red."""

UNSAID = ("dolly in", "pan right", "pan left", "dolly in", "drone", "orbit", "dolly out", "zoom in")


class DraftVideoOptions(Options):
    prompt: str = Field(min_length=1, max_length=4000, title="Prompt", description="What is to be seen")
    negative_prompt: str = Field("", max_length=4000, title="Leave out", description="What is not to be seen")
    width: int = Field(1280, ge=256, le=1920, multiple_of=8, title="Width", description="In pixels")
    height: int = Field(720, ge=256, le=1920, multiple_of=8, title="Height", description="In pixels")
    duration_s: float = Field(4, ge=1, le=60, title="Duration", description="In seconds")
    fps: Literal[24, 25, 30] = Field(24, title="Frame rate", description="In frames per second")
    camera: Camera = Field("auto", title="Camera", description="How it moves; auto reads it from the prompt")
    style: Style = Field("auto", title="Style", description="How it is painted; auto reads it from the prompt")
    start: Annotated[Path | None, Media("image")] = Field(None, title="Start", description="The first picture")
    end: Annotated[Path | None, Media("image")] = Field(None, title="End", description="The last picture")


class DraftVideo(Pipeline):
    Options = DraftVideoOptions

    def run(self, options: DraftVideoOptions, context: Context) -> Iterator[Path]:
        """One silent H.264 MP4 of `duration_s` x `fps` frames, rounded, in BT.709."""
        context.progress(0.0, "reading the prompt")
        said = read(options.prompt, options.negative_prompt)
        view = shot(options, said)
        frames = count(options.duration_s, options.fps)
        path = context.workdir / "shot.mp4"
        size, quality = (options.width, options.height), ("-preset", "veryfast", "-crf", "18")
        with ffmpeg.feeding(arguments(path, *size, options.fps, order="bgr24", quality=quality)) as pipe:
            for n in range(frames):
                if n % 3 == 0:
                    context.progress(0.02 + 0.96 * n / frames, f"frame {n + 1} of {frames}")
                pipe.write(np.ascontiguousarray(view(n / max(1, frames - 1), n / options.fps)).data)
        context.progress(1.0, "done")
        yield path


def shot(options: DraftVideoOptions, said: Description) -> View:
    """What the camera sees at every moment of the shot."""
    move = options.camera if options.camera != "auto" else said.camera or UNSAID[said.salt // 11 % len(UNSAID)]
    size, seed, length = (options.width, options.height), options.seed, options.duration_s

    def at(progress: float, seconds: float, home: float) -> Pose:
        return journey(move, progress, seconds, length, seed, home)

    first = read_picture(options.start, *size) if options.start else None
    last = read_picture(options.end, *size) if options.end else None
    if first is not None and last is not None:
        way = passage(stage_of(said, *size, seed), first, last)
        return lambda p, t: way.view(at(p, t, 0), at(p, t, 1), p)
    if first is not None or last is not None:
        home = 0.0 if first is not None else 1.0
        still = relief(first if first is not None else last)  # type: ignore[arg-type]
        return lambda p, t: still.view(at(p, t, home))
    margin = MARGIN if move != "static" else 0.12
    scene = paint(said, *size, seed, options.style, margin=margin, span=length)
    return lambda p, t: scene.frame(pose(move, p, t, length, seed), t)
