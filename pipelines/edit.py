"""Pictures changed as they are told: "make it winter", "put her on a horse". The words say what is to change, and
all else stays. The picture that comes has the shape of the source, at the number of pixels asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from pipelines import canvas
from pipelines.base import Context, Media, Options
from pipelines.pictures import Counted, Dressed, Guided, Masked, Negative, Pictures, Prompted, Stepped
from pipelines.shortcuts import Shortened


class Changed(Options):
    source: Annotated[Path, Media("image")] = Field(
        title="Source", description="The picture to change as the prompt says"
    )
    megapixels: float = Field(
        1.0, ge=0.1, le=4, title="Megapixels", description="How many million pixels come, in the shape of the source"
    )


class EditOptions(Shortened, Counted, Dressed, Stepped, Guided, Masked, Changed, Prompted): ...


class QwenEditOptions(Shortened, Counted, Dressed, Stepped, Guided, Negative, Masked, Changed, Prompted): ...


class QwenEditPlusOptions(Shortened, Counted, Dressed, Stepped, Guided, Negative, Changed, Prompted):
    references: Annotated[tuple[Path, ...], Media("image")] = Field(
        (), max_length=3, title="References", description="Pictures to take things, people or a manner from"
    )


class Edits(Pictures):
    """A family whose own pipeline takes the picture to change. `fills` changes it within a mask."""

    def canvas(self, options: Any) -> tuple[Any, Any, tuple[int, int]]:
        source = canvas.picture(options.source)
        size = canvas.outline(source.size, options.megapixels)
        mask = canvas.mask(options.mask, size) if getattr(options, "mask", None) else None
        return canvas.filling(source, size), mask, size

    def paint(self, options: Any, seed: int, context: Context, span: tuple[float, float]) -> Any:
        source, mask, size = self.canvas(options)
        given = self.words(options) | self.shown(source, options, size)
        pipe = self.loaded
        if mask:
            pipe = self.other(self.fills)
            given |= {"mask_image": mask, "strength": 1.0}
        return self.painted(pipe, options, seed, context, span, given, size, (source, mask))

    def shown(self, source: Any, options: Any, size: tuple[int, int]) -> dict[str, Any]:
        """The pictures that the model is to look at, and how."""
        return {"image": source}


class Kontext(Edits):
    """FLUX.1 Kontext. https://huggingface.co/black-forest-labs/FLUX.1-Kontext-dev"""

    Options = EditOptions
    fills = "FluxKontextInpaintPipeline"

    def shown(self, source: Any, options: Any, size: tuple[int, int]) -> dict[str, Any]:
        return {"image": source, "max_area": size[0] * size[1], "_auto_resize": False}


class QwenEdit(Edits):
    """Qwen-Image-Edit, which also changes the letters in a picture. https://huggingface.co/Qwen/Qwen-Image-Edit"""

    Options = QwenEditOptions
    fills = "QwenImageEditInpaintPipeline"
    guided_by, without_negative = "true_cfg_scale", " "


class QwenEditPlus(Edits):
    """Qwen-Image-Edit 2509 and later, which look at several pictures: "the man of the first, on the second's horse".
    https://huggingface.co/Qwen/Qwen-Image-Edit-2511"""

    Options = QwenEditPlusOptions
    guided_by, without_negative = "true_cfg_scale", " "

    def shown(self, source: Any, options: Any, size: tuple[int, int]) -> dict[str, Any]:
        return {"image": [source, *map(canvas.picture, options.references)]}
