"""What the picture models have in common: their options, one by one, and the way from options to files."""

from __future__ import annotations

import contextlib
import inspect
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator, model_validator

from pipelines import canvas, loras, shortcuts
from pipelines.base import Context, Media, Options
from pipelines.diffusion import Diffusion, generator, told

WORDS_APART = ("seed", "count", "steps", "strength", "shortcut")
"""Options that change nothing in how the words are read."""

# --- the options: a family's own are those of these that it takes ----------------------------------------------------


class Prompted(Options):
    prompt: str = Field(min_length=1, max_length=4000, title="Prompt", description="What is to be seen")


class Negative(Options):
    negative_prompt: str = Field("", max_length=4000, title="Leave out", description="What is not to be seen")


class Sized(Options):
    width: int = Field(1024, ge=256, le=2048, multiple_of=8, title="Width", description="In pixels")
    height: int = Field(1024, ge=256, le=2048, multiple_of=8, title="Height", description="In pixels")


class Stepped(Options):
    steps: int = Field(28, ge=1, le=100, title="Steps", description="More take longer, and are finer up to a point")


class Guided(Options):
    guidance: float = Field(3.5, ge=0, le=20, title="Guidance", description="How closely the words are followed")


class Counted(Options):
    count: int = Field(1, ge=1, le=8, title="Pictures", description="How many; each has the next seed")


class Repainted(Options):
    source: Annotated[Path | None, Media("image")] = Field(None, title="Source", description="A picture to repaint")
    strength: float = Field(0.8, ge=0, le=1, title="Strength", description="How far to go from the source")


class Masked(Options):
    mask: Annotated[Path | None, Media("image")] = Field(
        None,
        title="Mask",
        description="White where the source is to be painted anew; all else stays as it is",
        json_schema_extra={"x-paint": "source"},
    )

    @model_validator(mode="after")
    def has_a_source(self) -> Masked:
        if self.mask and not getattr(self, "source", None):
            raise ValueError("mask needs a source: choose the picture that it lies on")
        return self


class Referring(Options):
    references: Annotated[tuple[Path, ...], Media("image")] = Field(
        (), max_length=4, title="References", description="Pictures to take things, people or a manner from"
    )


class Dressed(Options):
    loras: tuple[str, ...] = Field(
        (),
        max_length=loras.MOST,
        title="LoRAs",
        description="Names of LoRAs that were added, each with its weight: moss:0.8",
        json_schema_extra=lambda schema: schema.update(examples=[*loras.names()]),
    )

    @field_validator("loras")
    @classmethod
    def are_known(cls, wanted: tuple[str, ...]) -> tuple[str, ...]:
        loras.check(wanted)
        return wanted


# --- the way ---------------------------------------------------------------------------------------------------------


class Pictures(Diffusion):
    """A family that makes pictures: from words, from a source, and into a source's mask, each in a pipeline of
    diffusers over the same weights. Every picture of a batch is made alone: its recipe with its own seed makes it
    again."""

    packages = (*Diffusion.packages, "peft")
    repaints: ClassVar[str] = ""
    """diffusers' pipeline that starts from a source."""
    fills: ClassVar[str] = ""
    """And the one that paints into a mask."""
    guided_by: ClassVar[str] = "guidance_scale"
    without_negative: ClassVar[str | None] = None
    """What is given where nothing is to be left out."""
    step: ClassVar[int] = 16
    """What the sides are multiples of. A picture of another size is drawn in the next larger one, and cut."""
    fixed: ClassVar[dict[str, Any]] = {}
    """What every call gets beside."""
    read: tuple[str, list[Any]] = ("", [])

    def run(self, options: Any, context: Context) -> Iterator[Path]:
        """PNGs of 8-bit RGB, one for each of `count`, with the seeds `seed`, `seed` + 1 and so on."""
        context.progress(0.02, "putting on the LoRAs" if options.loras else "starting")
        loras.wear(self.loaded, options.loras)
        seeds = [(options.seed + n) % 2**32 for n in range(options.count)]
        device = {name: said for name, said in self.told.items() if name == "device"}
        for n, seed in enumerate(seeds):
            span = 0.05 + 0.9 * n / len(seeds), 0.05 + 0.9 * (n + 1) / len(seeds)
            image = self.paint(options, seed, context, span)
            image = canvas.cut(image, getattr(options, "width", image.width), getattr(options, "height", image.height))
            path = context.workdir / f"picture-{n + 1}.png"
            image.save(path, compress_level=1)
            self.told = {**device, "options": {"seed": seed, "count": 1}} if len(seeds) > 1 else device
            yield path
        self.told = {**device, "seeds": seeds} if len(seeds) > 1 else device

    def paint(self, options: Any, seed: int, context: Context, span: tuple[float, float]) -> Any:
        """One picture."""
        given = self.words(options)
        source, mask, size = self.canvas(options)
        if source and not mask and not options.strength:
            return source
        pipe = self.loaded
        if source:
            pipe = self.other(self.fills if mask else self.repaints)
            given |= {"image": source, "strength": options.strength, **({"mask_image": mask} if mask else {})}
        return self.painted(pipe, options, seed, context, span, given, size, (source, mask))

    def painted(
        self,
        pipe: Any,
        options: Any,
        seed: int,
        context: Context,
        span: tuple[float, float],
        given: dict[str, Any],
        size: tuple[int, int],
        under: tuple[Any, Any] = (None, None),
    ) -> Any:
        """What `pipe` makes of `given`: in exactly this size, and with what no mask covers as it was."""
        sides = {"width": size[0], "height": size[1]}
        known = inspect.signature(pipe.__call__).parameters
        given |= {name: side for name, side in sides.items() if name in known}
        with told(pipe, context, *span), self.read_once(pipe, options), shortcuts.taken(pipe, options):
            image = pipe(generator=generator(seed), **given).images[0]
        image = canvas.filling(image, size)
        return canvas.laid_over(under[0], image, under[1]) if under[1] else image

    def words(self, options: Any) -> dict[str, Any]:
        """What was asked for, in diffusers' names."""
        given = {"prompt": options.prompt, "num_inference_steps": options.steps, **self.fixed}
        if hasattr(options, "guidance"):
            given[self.guided_by] = options.guidance
        if hasattr(options, "negative_prompt"):
            given["negative_prompt"] = options.negative_prompt or self.without_negative
        return given

    def canvas(self, options: Any) -> tuple[Any, Any, tuple[int, int]]:
        """The source and its mask, if any, in the size of the work; and that size."""
        size = (math.ceil(options.width / self.step) * self.step, math.ceil(options.height / self.step) * self.step)
        source = canvas.picture(options.source, size) if options.source else None
        mask = canvas.mask(options.mask, size) if source and getattr(options, "mask", None) else None
        return source, mask, size

    @contextlib.contextmanager
    def read_once(self, pipe: Any, options: Any) -> Iterator[None]:
        """While this is open, `pipe` does not read again what it read for the picture before: the text encoders, often
        half of the weights, rest while only the seed changes. What it makes stays the same, bit by bit."""
        key = json.dumps(options.model_dump(mode="json", exclude=set(WORDS_APART)), sort_keys=True)
        known = self.read[1] if self.read[0] == key else []
        fresh, waiting, encode = list[Any](), iter(known), pipe.encode_prompt

        def encode_prompt(*args: Any, **kwargs: Any) -> Any:
            fresh.append(next(waiting, None) or encode(*args, **kwargs))
            return fresh[-1]

        pipe.encode_prompt = encode_prompt
        try:
            yield
        finally:
            del pipe.encode_prompt
        self.read = key, fresh

    def unload(self) -> None:
        self.read = "", []
        super().unload()
