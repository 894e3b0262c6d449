"""The picture models with random weights: every part of its real class, and each as small as it can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 256, "height": 256, "steps": 2}
PNG = {"kind": "image", "width": 256, "height": 256}


def saved(pipeline: Callable[[], Any]) -> Callable[[Path], None]:
    """Its weights, random but the same ones every time, in the layout of the hub."""

    def build(folder: Path) -> None:
        import torch

        torch.manual_seed(1932)
        pipeline().save_pretrained(folder)

    return build


def vae(channels: int = 4, **more: Any):
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=1, norm_num_groups=4, latent_channels=channels,
        sample_size=64, **more,
    ).eval()  # fmt: skip


def flow(**more: Any):
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(**more)


def flux(dev: bool = True, kind: str = "FluxPipeline"):
    import diffusers

    transformer = diffusers.FluxTransformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=dev,
    )  # fmt: skip
    return getattr(diffusers, kind)(
        transformer=transformer.eval(), scheduler=flow(use_dynamic_shifting=dev), text_encoder=words.clip(),
        tokenizer=words.clip_tokenizer(), text_encoder_2=words.t5(), tokenizer_2=words.t5_tokenizer(),
        vae=vae(4, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.1, scaling_factor=0.36),
    )  # fmt: skip


def sdxl():
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=32, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 1), norm_num_groups=4,
        projection_class_embeddings_input_dim=8 * 6 + 32, cross_attention_dim=64,
    )  # fmt: skip
    return StableDiffusionXLPipeline(
        unet=unet.eval(), scheduler=EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1), vae=vae(),
        text_encoder=words.clip(), tokenizer=words.clip_tokenizer(), text_encoder_2=words.clip(projected=True),
        tokenizer_2=words.clip_tokenizer(), add_watermarker=False,
    )  # fmt: skip


def ways(
    name: str, build: Callable[[Path], None], family: str, more: dict | None = None, mask: bool = True
) -> list[Tiny]:
    """The same checkpoint asked three ways: from words, from a picture, and into a mask."""
    given = {**SMALL, **(more or {})}

    def tiny(suffix: str, options: dict, steps: int, **media: tuple[str, ...]) -> Tiny:
        return Tiny(f"{name}{suffix}", build, family, "image", options, PNG, steps=steps, media=media)

    again = {**given, "strength": 0.5, "steps": 4}
    found = [tiny("", given, given["steps"]), tiny("-repaints", again, 2, source=("a",))]
    return [*found, tiny("-fills", again, 2, source=("a",), mask=("mask",))] if mask else found


TINY = [
    *ways("flux-dev", saved(flux), "pipelines.image:Flux"),
    *ways("flux-schnell", saved(lambda: flux(dev=False)), "pipelines.image:FluxSchnell")[:1],
    *ways("sdxl", saved(sdxl), "pipelines.image:SDXL", {"negative_prompt": "boats"}),
    *ways("sdxl-turbo", saved(sdxl), "pipelines.image:SDXLTurbo")[:2],
]
