"""NVIDIA Cosmos: worlds from words, a picture or a film. https://huggingface.co/collections/nvidia/cosmos-predict2

Predict 2.5 does all three with one network; Predict 2 paints a picture with one and lets another go on from it. Their
licence, the NVIDIA Open Model License, asks for the guardrail: it reads every prompt and blurs every face. Without it
nothing is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from pipelines import pictures, snapshots
from pipelines.base import Context, Model, Options, Status
from pipelines.diffusion import Diffusion, generator, opened, told
from pipelines.faults import Invalid, Unavailable
from pipelines.placement import Placement
from pipelines.shortcuts import Shrunken, taken
from pipelines.video import (
    FromPicture,
    Guided,
    Negative,
    Prompted,
    Shot,
    Shots,
    Side16,
    Starting,
    Stepped,
    duration,
    native,
    side,
)

UNWANTED = (
    "ugly, static, motion blur, over-saturation, shaky footage, low resolution, grainy, pixelated, poorly lit, "
    "washed out colours, choppy, jerky, low frame rate, artifacts, banding, unnatural transitions, flickering"
)


class Refused(Invalid):
    """The guardrail lets a prompt or a picture not pass."""


class Sized(Options):
    width: Side16 = side("Width", 1280, 16)
    height: Side16 = side("Height", 704, 16)


class Timed(Shrunken, Guided, Stepped, Negative):
    duration_s: float = duration(5, 5.8)
    fps: int = native(16)
    steps: int = Field(36, ge=2, le=100, title="Steps", description="More take longer, and are finer up to a point")
    guidance: float = Field(7, ge=1, le=20, title="Guidance", description="How closely the words are followed")


class PictureOptions(
    Shrunken, pictures.Guided, pictures.Stepped, pictures.Sized, pictures.Negative, pictures.Prompted
): ...


class WorldOptions(Timed, Sized, Starting, Prompted): ...


class GoingOnOptions(Timed, Sized, FromPicture, Prompted): ...


class Guarded(Diffusion):
    """A model that makes nothing without the guardrail."""

    packages = (*Diffusion.packages, "cosmos_guardrail")
    by_hand: ClassVar[tuple[str, str]] = ("nvidia/Cosmos-1.0-Guardrail", "face_blur_filter/Resnet50_Final.pth")
    """What of the guardrail no download brings: which file of which repository. It is in a format that can run code,
    though the guardrail reads it as numbers alone, and nobody vouches for its hash."""

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        found, why = super().status(model)
        repo, file = cls.by_hand
        folder = snapshots.folder(replace(model, repo=repo, revision="main"))
        if found == "ready" and not (folder / file).exists():
            return "not_downloaded", f"The guardrail's face filter is fetched by hand: hf download {repo} {file}"
        return found, why

    def bring(self, folder: Path, place: Placement) -> Any:
        pipe = opened(folder, place, safety_checker=self.guardrail())
        return self.settled(pipe, place)

    def guardrail(self) -> Any:
        """NVIDIA's own, from the hub's cache."""
        found, why = self.status(self.model)
        if found != "ready":
            raise Unavailable(f"{self.model.title} cannot be loaded.", why)
        from cosmos_guardrail import CosmosSafetyChecker

        return CosmosSafetyChecker()

    def passed(self, options: Any) -> None:
        """Raises `Refused` for a prompt that the guardrail does not let pass."""
        if not self.loaded.safety_checker.check_text_safety(options.prompt):
            raise Refused("The guardrail of Cosmos does not let this prompt pass.", "Say it otherwise.")


class CosmosPicture(Guarded):
    """A picture from words: Predict 2, Text2Image."""

    Options = PictureOptions

    def run(self, options: PictureOptions, context: Context) -> Iterator[Path]:
        """One PNG of 8-bit RGB."""
        self.passed(options)
        with told(self.loaded, context), taken(self.loaded, options):
            image = self.loaded(
                prompt=options.prompt, negative_prompt=options.negative_prompt or UNWANTED, width=options.width,
                height=options.height, num_inference_steps=max(2, options.steps), guidance_scale=options.guidance,
                generator=generator(options.seed),
            ).images[0]  # fmt: skip
        path = context.workdir / "picture.png"
        image.save(path, compress_level=1)
        context.progress(1.0, "done")
        yield path


class Cosmos(Guarded, Shots):
    """From words, a picture, or the last frames of a film: Predict 2.5. https://arxiv.org/abs/2511.00062"""

    Options = WorldOptions
    past = 5

    def make(self, options: Any, shot: Shot) -> tuple[Any, None]:
        self.passed(options)
        more = {"negative_prompt": options.negative_prompt or UNWANTED, **self.given(shot)}
        return self.asked(self.loaded, options, shot, **more).frames[0], None

    def given(self, shot: Shot) -> dict[str, Any]:
        if shot.past:
            return {"video": list(shot.past), "num_latent_conditional_frames": 2 if len(shot.past) > 1 else 1}
        return {"image": shot.start} if shot.start else {}


class CosmosGoingOn(Cosmos):
    """From a picture or the last frames of a film: Predict 2, Video2World."""

    Options = GoingOnOptions  # type: ignore[assignment]

    def given(self, shot: Shot) -> dict[str, Any]:
        return {"fps": shot.fps, **({"video": list(shot.past)} if shot.past else {"image": shot.start})}
