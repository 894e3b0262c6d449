"""Pictures from words: each family of models, what it takes, and its pipelines in diffusers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from pipelines import canvas
from pipelines.base import Context, Media
from pipelines.pictures import (
    Counted,
    Dressed,
    Guided,
    Masked,
    Negative,
    Pictures,
    Prompted,
    Referring,
    Repainted,
    Sized,
    Stepped,
)
from pipelines.shortcuts import Shortened, Shrunken

# pydantic puts the fields of the last base first


class Common(Shrunken, Counted, Dressed, Stepped, Masked, Repainted, Sized, Prompted):
    """What all of them take but the smallest."""


class GuidedOptions(Shortened, Common, Guided): ...


class ClassicOptions(Common, Guided, Negative): ...


class QwenOptions(Shortened, ClassicOptions): ...


class Flux(Pictures):
    """FLUX.1 dev: a guided flow of 12 billion parameters, with T5 and CLIP as its readers.
    https://huggingface.co/black-forest-labs/FLUX.1-dev"""

    Options = GuidedOptions
    repaints, fills = "FluxImg2ImgPipeline", "FluxInpaintPipeline"


class FluxSchnell(Flux):
    """FLUX.1 schnell: the same distilled to four steps, which knows no guidance and reads 256 tokens.
    https://huggingface.co/black-forest-labs/FLUX.1-schnell"""

    Options = Common  # type: ignore[assignment]
    fixed = {"max_sequence_length": 256}


class SDXL(Pictures):
    """Stable Diffusion XL. https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0"""

    Options, step = ClassicOptions, 8
    repaints, fills = "StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline"

    def words(self, options: Any) -> dict[str, Any]:
        given = super().words(options)
        if options.source and options.strength:  # diffusers takes int(steps * strength) of them, and none is an error
            given["num_inference_steps"] = max(options.steps, math.ceil(1 / options.strength + 1e-6))
        return given


class SDXLTurbo(SDXL):
    """SDXL distilled to one to four steps, without guidance, at 512 pixels.
    https://huggingface.co/stabilityai/sdxl-turbo"""

    Options = Common  # type: ignore[assignment]
    fixed = {"guidance_scale": 0.0}


class SD3(Pictures):
    """Stable Diffusion 3.5, medium and large.
    https://huggingface.co/stabilityai/stable-diffusion-3.5-large"""

    Options = ClassicOptions
    repaints, fills = "StableDiffusion3Img2ImgPipeline", "StableDiffusion3InpaintPipeline"


class QwenImage(Pictures):
    """Qwen-Image, which draws letters too. Its guidance needs something to lead away from, if only a blank.
    https://huggingface.co/Qwen/Qwen-Image"""

    Options = QwenOptions
    repaints, fills = "QwenImageImg2ImgPipeline", "QwenImageInpaintPipeline"
    guided_by, without_negative = "true_cfg_scale", " "


class ZImage(Pictures):
    """Z-Image. https://huggingface.co/Tongyi-MAI/Z-Image"""

    Options = ClassicOptions
    repaints, fills = "ZImageImg2ImgPipeline", "ZImageInpaintPipeline"


class ZImageTurbo(ZImage):
    """Z-Image distilled to eight steps, without guidance. https://huggingface.co/Tongyi-MAI/Z-Image-Turbo"""

    Options = Common  # type: ignore[assignment]
    fixed = {"guidance_scale": 0.0}


class SanaSprintOptions(Shrunken, Counted, Dressed, Guided, Stepped, Repainted, Sized, Prompted):
    steps: int = Field(2, ge=1, le=20, title="Steps", description="It was made for one to four")


class SanaSprint(Pictures):
    """SANA-Sprint: one to four steps. It draws at the nearest size it was trained for, and is cut to the one asked.
    https://huggingface.co/Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers"""

    Options, step = SanaSprintOptions, 32
    repaints = "SanaSprintImg2ImgPipeline"

    def words(self, options: Any) -> dict[str, Any]:
        trained = self.loaded.transformer.config.sample_size == 32
        between = {} if options.steps == 2 else {"intermediate_timesteps": None}
        return super().words(options) | between | {"use_resolution_binning": trained}


class KleinOptions(Shrunken, Counted, Dressed, Stepped, Masked, Referring, Sized, Prompted):
    source: Annotated[Path | None, Media("image")] = Field(
        None, title="Source", description="A picture to change as the prompt says"
    )


class Flux2Klein(Pictures):
    """FLUX.2 klein: makes pictures, changes them as it is told, and takes things from several, in four steps.
    https://huggingface.co/black-forest-labs/FLUX.2-klein-4B"""

    Options = KleinOptions
    fills = "Flux2KleinInpaintPipeline"

    def paint(self, options: Any, seed: int, context: Context, span: tuple[float, float]) -> Any:
        source, mask, size = self.canvas(options)
        seen = [canvas.picture(path) for path in options.references]
        distilled = self.loaded.config.get("is_distilled", False)
        given = self.words(options) | {"guidance_scale": 1.0 if distilled else 4.0}
        pipe = self.loaded
        if mask:
            pipe = self.other(self.fills)
            given |= {"image": source, "mask_image": mask, "strength": 1.0, "image_reference": seen[:1] or None}
        elif source or seen:
            given["image"] = [*([source] if source else []), *seen]
        return self.painted(pipe, options, seed, context, span, given, size, (source, mask))
