"""LTX-Video with random weights: from words, between two pictures, on from a film, and distilled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2, "duration_s": 0.5}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 24.0, "duration_s": 0.5}


def build(folder: Path, kind: str = "LTXConditionPipeline", **shift: bool) -> None:
    import diffusers
    import torch

    torch.manual_seed(1932)
    transformer = diffusers.LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        num_layers=2, caption_channels=32,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1,) * 5, decoder_layers_per_block=(1,) * 5, timestep_conditioning=True,
        decoder_inject_noise=(False,) * 5,
    )  # fmt: skip
    getattr(diffusers, kind)(
        transformer=transformer.eval(), vae=vae.eval(), scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**shift),
        text_encoder=words.t5(), tokenizer=words.t5_tokenizer(),
    ).save_pretrained(folder)  # fmt: skip


def older(folder: Path) -> None:
    build(folder, "LTXPipeline", use_dynamic_shifting=True)


def tiny(name: str, family: str = "Ltx", steps: int = 2, build: Any = build, **media: tuple[str, ...]) -> Tiny:
    options = {key: value for key, value in SMALL.items() if family == "Ltx" or key != "steps"}
    return Tiny(name, build, f"pipelines.ltx:{family}", "video", options, SHOT, steps=steps, media=media)


TINY = [
    tiny("ltx"),
    tiny("ltx-between", start=("a",), end=("b",)),
    tiny("ltx-older", build=older),
    tiny("ltx-older-start", build=older, start=("a",)),
    tiny("ltx-distilled", "LtxDistilled", steps=8, start=("a",)),
]
