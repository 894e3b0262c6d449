"""NVIDIA Cosmos with random weights: Predict 2's painter and its film maker, and Predict 2.5.

NVIDIA's guardrail is gigabytes of its own, so these are made with a stand-in: the product's own classes but for the one
method that brings it. Nothing in the product leads here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pipelines import cosmos
from pipelines.diffusion import Diffusion
from tiny import Tiny, wan, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 8.0, "duration_s": 0.5}


class Lenient:
    """Lets everything pass but one word."""

    def to(self, *_: Any, **__: Any) -> None: ...

    def check_text_safety(self, prompt: str) -> bool:
        return "forbidden" not in prompt

    def check_video_safety(self, frames: Any) -> Any:
        return frames


class Guarded:
    """The seam: without the package, and with a stand-in for what it holds."""

    packages = Diffusion.packages
    by_hand: ClassVar[tuple[str, str]] = ("", "/")

    def guardrail(self) -> Lenient:
        return Lenient()


class CosmosPicture(Guarded, cosmos.CosmosPicture): ...


class CosmosGoingOn(Guarded, cosmos.CosmosGoingOn): ...


class Cosmos(Guarded, cosmos.Cosmos): ...


def transformer(channels: int, reading: int):
    from diffusers import CosmosTransformer3DModel

    return CosmosTransformer3DModel(
        in_channels=channels, out_channels=16, num_attention_heads=2, attention_head_dim=16, num_layers=1, mlp_ratio=2,
        text_embed_dim=reading, adaln_lora_dim=4, max_size=(4, 32, 32), extra_pos_embed_type=None,
    ).eval()  # fmt: skip


def saved(folder: Path, kind: str, **parts: Any) -> None:
    import diffusers

    flow = diffusers.FlowMatchEulerDiscreteScheduler(use_karras_sigmas=True)
    reader = {"text_encoder": words.t5(), "tokenizer": words.t5_tokenizer()}
    pipe = getattr(diffusers, kind)(
        **{"vae": wan.vae(), "scheduler": flow, "safety_checker": Lenient(), **reader, **parts}
    )
    pipe.register_to_config(safety_checker=(None, None))
    del pipe.safety_checker
    pipe.save_pretrained(folder)


def picture(folder: Path) -> None:
    import torch

    torch.manual_seed(1932)
    saved(folder, "Cosmos2TextToImagePipeline", transformer=transformer(16, 32))


def going_on(folder: Path) -> None:
    import torch

    torch.manual_seed(1932)
    saved(folder, "Cosmos2VideoToWorldPipeline", transformer=transformer(17, 32))


def world(folder: Path) -> None:
    import diffusers
    import torch

    torch.manual_seed(1932)
    saved(
        folder, "Cosmos2_5_PredictBasePipeline", transformer=transformer(17, 32), text_encoder=words.qwen_seeing(),
        tokenizer=words.qwen_tokenizer(), scheduler=diffusers.UniPCMultistepScheduler(
            use_flow_sigmas=True, prediction_type="flow_prediction", use_karras_sigmas=True
        ),
    )  # fmt: skip


def tiny(name: str, build: Any, family: str, **media: tuple[str, ...]) -> Tiny:
    return Tiny(
        name, build, f"tiny.cosmos:{family}", "video", {**SMALL, "duration_s": 0.5, "fps": 8}, SHOT, steps=2,
        media=media,
        stands_for=f"pipelines.cosmos:{family}",
    )  # fmt: skip


TINY = [
    tiny("cosmos", world, "Cosmos"),
    tiny("cosmos-start", world, "Cosmos", start=("a",)),
    tiny("cosmos-going-on", going_on, "CosmosGoingOn", start=("a",)),
    Tiny(
        "cosmos-picture", picture, "tiny.cosmos:CosmosPicture", "image", {**SMALL, "width": 256, "height": 256},
        {"kind": "image", "width": 256, "height": 256}, steps=2, stands_for="pipelines.cosmos:CosmosPicture",
    ),
]  # fmt: skip
