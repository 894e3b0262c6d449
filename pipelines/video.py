"""What the shot models have in common: their options, one by one, exact lengths, and the way from words to a film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipelines import canvas, frames, shortcuts
from pipelines.base import Context, Media, Options
from pipelines.diffusion import Diffusion, generator, told
from pipelines.frames import Sound

if TYPE_CHECKING:
    from PIL.Image import Image

# --- the options: a family's own are those of these that it takes; pydantic puts the fields of the last base first ----


class Prompted(Options):
    prompt: str = Field(
        min_length=1, max_length=4000, title="Prompt", description="What is to be seen, and how the camera goes"
    )


class Negative(Options):
    negative_prompt: str = Field("", max_length=4000, title="Leave out", description="What is not to be seen")


class Stepped(Options):
    steps: int = Field(40, ge=2, le=100, title="Steps", description="More take longer, and are finer up to a point")


class Guided(Options):
    guidance: float = Field(5, ge=1, le=20, title="Guidance", description="How closely the words are followed")


def snapped(step: int) -> BeforeValidator:
    """A number of pixels, brought to the nearest that the model can make."""

    def snap(value: Any) -> Any:
        return round(value / step) * step if isinstance(value, int | float) and abs(value) < 1e6 else value

    return BeforeValidator(snap)


def side(title: str, default: int, step: int, most: int = 1920) -> Any:
    how = f"In pixels; the nearest multiple of {step} is made"
    return Field(default, ge=128, le=most, multiple_of=step, title=title, description=how)


Side16 = Annotated[int, snapped(16)]
Side32 = Annotated[int, snapped(32)]


class Sized16(Options):
    width: Side16 = side("Width", 832, 16)
    height: Side16 = side("Height", 480, 16)


class Sized32(Options):
    width: Side32 = side("Width", 768, 32)
    height: Side32 = side("Height", 512, 32)


def duration(default: float, most: float) -> Any:
    return Field(default, ge=0.5, le=most, title="Duration", description="In seconds; exact to the frame")


def native(fps: int) -> Any:
    """The rate of a model that knows no other: another one only plays its frames faster or slower."""
    how = f"In frames per second; it knows {fps}, at which things move as fast as they do"
    return Field(fps, ge=8, le=30, title="Frame rate", description=how)


class AnyRate(Options):
    fps: Literal[24, 25, 30] = Field(24, title="Frame rate", description="In frames per second")


class Starting(Options):
    start: Annotated[Path | None, Media("image")] = Field(None, title="Start", description="The first picture")
    source: Annotated[Path | None, Media("video")] = Field(
        None, title="Source", description="A film to go on from; the shot begins where it ends"
    )

    @model_validator(mode="after")
    def begins_once(self) -> Starting:
        if self.start and self.source:
            raise ValueError("start and source are two beginnings: give one of them")
        return self


class Ending(Options):
    end: Annotated[Path | None, Media("image")] = Field(None, title="End", description="The last picture")


class FromPicture(Starting):
    """For a model that makes nothing from words alone."""

    @model_validator(mode="after")
    def begins(self) -> FromPicture:
        if not self.start and not self.source:
            raise ValueError("start: this model needs a picture to begin with, or a source to go on from")
        return self


LEFT_OUT = object()
"""For what a pipeline does not know."""

# --- the way ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shot:
    """What a network is to make: `frames` in all, of which the first are those of `past`, the end of a film that it
    goes on from. Pictures are RGB of width x height. `told` is who hears of the steps."""

    width: int
    height: int
    fps: int
    frames: int
    start: Image | None
    end: Image | None
    past: tuple[Image, ...]
    context: Context


class Shots(Diffusion):
    """A family that makes shots."""

    stride: ClassVar[int] = 4
    """It makes `stride` x k + 1 frames."""
    past: int = 1
    """How many frames of a film it goes on from at most; `stride` x k + 1 as well."""

    def make(self, options: Any, shot: Shot) -> tuple[Any, Sound | None]:
        """Ask the network: frames of shape (frames, 3, height, width) from 0 to 1, on any device, and what is heard
        with them."""
        raise NotImplementedError

    def run(self, options: Any, context: Context) -> Iterator[Path]:
        """One H.264 MP4 of exactly `duration_s` x `fps` frames, rounded, in BT.709. Where the network can only make
        more, the last are left out; some between, if it has an end picture."""
        shot = self.shot(options, context)
        wanted, begun = frames.count(options.duration_s, options.fps), len(shot.past)
        context.progress(0, f"{shot.width}x{shot.height}, {wanted} frames at {shot.fps} a second")
        film, sound = self.make(options, shot)
        kept = frames.among(shot.frames - begun, wanted) if shot.end else range(wanted)
        heard = sound and frames.lasting(sound, wanted / shot.fps, begun / shot.fps)
        drawn = pictures(film, [begun + n for n in kept], (shot.height, shot.width), context)
        path = frames.write(context.workdir / "shot.mp4", drawn, shot.width, shot.height, shot.fps, heard)
        context.progress(1.0, "done")
        yield path

    def shot(self, options: Any, context: Context) -> Shot:
        size = self.size(options)
        past: list[Image] = []
        if film := getattr(options, "source", None):
            found = frames.last(film, self.past, options.fps, *size)
            past = found[-frames.reach(len(found), self.stride, most=len(found)) :]
        start, end = (
            canvas.picture(file, size) if (file := getattr(options, name, None)) else None for name in ("start", "end")
        )
        number = self.length(frames.count(options.duration_s, options.fps) + len(past))
        return Shot(*size, options.fps, number, start, end, tuple(past), context)

    def size(self, options: Any) -> tuple[int, int]:
        return options.width, options.height

    def length(self, wanted: int) -> int:
        """How many frames it makes so that `wanted` are among them."""
        return frames.reach(wanted, self.stride)

    def asked(self, pipe: Any, options: Any, shot: Shot, **more: Any) -> Any:
        """What a diffusers pipeline makes of what was asked for, as tensors."""
        said = {"steps": "num_inference_steps", "guidance": "guidance_scale", "negative_prompt": "negative_prompt"}
        call = {
            "prompt": options.prompt, "num_frames": shot.frames, "width": shot.width, "height": shot.height,
            **{theirs: getattr(options, ours) for ours, theirs in said.items() if hasattr(options, ours)},
            "generator": generator(options.seed), "output_type": "pt", **more,
        }  # fmt: skip
        call = {name: value for name, value in call.items() if value is not LEFT_OUT}
        with told(pipe, shot.context, 0.02, 0.9), shortcuts.taken(pipe, options):
            return pipe(**call)


def pictures(film: Any, kept: list[int], size: tuple[int, int], context: Context) -> Iterator[bytes]:
    """These frames of a tensor as bytes, brought to `size` (height, width), each fetched from the device when it is
    written."""
    from torch.nn.functional import interpolate

    for done, n in enumerate(kept):
        if done % 8 == 0:
            context.progress(0.92 + 0.07 * done / len(kept), f"frame {done + 1} of {len(kept)}")
        frame = film[n].float()
        if frame.shape[1:] != size:
            frame = interpolate(frame[None], size, mode="bicubic", antialias=True)[0]
        yield frame.mul(255).round().clamp(0, 255).byte().permute(1, 2, 0).contiguous().cpu().numpy().data
