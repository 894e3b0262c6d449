"""The models that change pictures, with random weights: the picture models' parts, and a reader that sees."""

from __future__ import annotations

import math
from typing import Any

from tiny import Tiny, words
from tiny.image import flux, qwen_parts, saved

QWEN = "diffusers.pipelines.qwenimage.pipeline_qwenimage"
SMALL = {"prompt": "make it winter", "megapixels": 0.1, "steps": 2}
PNG = {"kind": "image", "width": 384, "height": 256}


def processor():
    from transformers import Qwen2VLImageProcessor, Qwen2VLProcessor, Qwen2VLVideoProcessor

    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(), tokenizer=words.qwen_tokenizer(),
        video_processor=Qwen2VLVideoProcessor(), chat_template=words.CHAT,
    )  # fmt: skip


def qwen(kind: str):
    import diffusers

    return getattr(diffusers, kind)(**qwen_parts(), processor=processor())


def sides(area: float, ratio: float) -> tuple[int, int]:
    """diffusers brings every given picture to a million pixels; a sixteenth will do."""
    width = math.sqrt(area / 16 * ratio)
    return round(width / 32) * 32, round(width / ratio / 32) * 32


def tiny(name: str, pipeline: Any, family: str, smaller: dict | None = None, **media: tuple[str, ...]) -> Tiny:
    return Tiny(
        name, saved(pipeline), f"pipelines.edit:{family}", "image", SMALL, PNG, steps=2,
        media={"source": ("a",), **media}, smaller=smaller or {},
    )  # fmt: skip


TINY = [
    tiny("flux-kontext", lambda: flux(kind="FluxKontextPipeline"), "Kontext"),
    tiny(
        "qwen-edit",
        lambda: qwen("QwenImageEditPipeline"),
        "QwenEdit",
        {f"{QWEN}_edit.calculate_dimensions": lambda area, ratio: (*sides(area, ratio), None)},
    ),
    tiny(
        "qwen-edit-plus",
        lambda: qwen("QwenImageEditPlusPipeline"),
        "QwenEditPlus",
        {f"{QWEN}_edit_plus.calculate_dimensions": sides},
        references=("b",),
    ),
]
