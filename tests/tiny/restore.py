"""Networks that make pictures large, with random weights: spandrel's, a diffusion that draws four times as large,
LTX's enlarger of latents, Kandinsky's super-resolution, and RIFE's frames between others."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from tiny import Tiny, words
from tiny.image import saved

SOURCE = {"source": ("a",)}
TWICE = {"kind": "image", "width": 192, "height": 128}


def network(kind: str, **size: Any) -> Any:
    """Writes one .safetensors, as their makers give them out."""

    def build(folder: Path) -> None:
        import importlib

        import torch
        from safetensors.torch import save_file

        torch.manual_seed(1932)
        module, name = kind.split(":")
        with warnings.catch_warnings(action="ignore"):
            made = getattr(importlib.import_module(f"spandrel.architectures.{module}"), name)(**size)
        folder.mkdir()
        weights = {name: tensor.clone().contiguous() for name, tensor in made.state_dict().items()}
        save_file(weights, folder / "model.safetensors")

    return build


def rife(still: bool = False) -> Any:
    """RIFE's network, which has one size; of one that is `still`, nothing moves and both frames weigh alike."""

    def build(folder: Path) -> None:
        import torch
        from cccv.arch import IFNet
        from safetensors.torch import save_file

        torch.manual_seed(1932)
        weights = {f"module.{name}": tensor.clone().contiguous() for name, tensor in IFNet().state_dict().items()}
        for name, tensor in weights.items():
            if still and "lastconv" in name:
                tensor.zero_()
        folder.mkdir()
        save_file(weights, folder / "flownet.safetensors")

    return build


def stable() -> Any:
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        DDPMScheduler,
        StableDiffusionUpscalePipeline,
        UNet2DConditionModel,
    )

    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=32, in_channels=7, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=2, norm_num_groups=4, cross_attention_dim=32, num_class_embeds=1000,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8), in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=4,
        scaling_factor=0.08333,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
    )  # fmt: skip
    return StableDiffusionUpscalePipeline(
        unet=unet.eval(), low_res_scheduler=DDPMScheduler(), scheduler=DDIMScheduler(prediction_type="v_prediction"),
        vae=vae.eval(), text_encoder=words.clip(), tokenizer=words.clip_tokenizer(),
    )  # fmt: skip


def ltx() -> Any:
    import diffusers
    from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel

    vae = diffusers.AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1,) * 5, decoder_layers_per_block=(1,) * 5, timestep_conditioning=True,
        decoder_inject_noise=(False,) * 5,
    )  # fmt: skip
    enlarger = LTXLatentUpsamplerModel(in_channels=8, mid_channels=32, num_blocks_per_stage=1)
    return diffusers.LTXLatentUpsamplePipeline(vae=vae.eval(), latent_upsampler=enlarger.eval())


def kandinsky() -> Any:
    import diffusers

    transformer = diffusers.Kandinsky6SRTransformer3DModel(
        in_visual_dim=8, out_visual_dim=80, time_dim=16, model_dim=32, ff_dim=32, num_visual_blocks=1,
        axes_dims=(4, 6, 6), tile_sizes=((128, 128), (128, 256), (256, 128)),
    )  # fmt: skip
    vae = diffusers.Kandinsky6SRVAE(
        latent_channels=8, encoder_block_out_channels=(8,) * 5, decoder_block_out_channels=(8,) * 5, layers_per_block=1
    )
    enlarger = diffusers.Kandinsky6SRLatentUpscalerBank(
        in_channels=8, stage_channels=(8, 8, 8), num_pre_blocks=1, num_mid_blocks=1, num_post_blocks=1,
        num_x2_adapter_blocks=1,
    )  # fmt: skip
    return diffusers.Kandinsky6SRPipeline(
        transformer=transformer.eval(), vae=vae.eval(), scheduler=diffusers.PiflowScheduler(),
        latent_upscaler=enlarger.eval(),
    )  # fmt: skip


def upscaler(name: str, kind: str, options: dict[str, Any] | None = None, **size: Any) -> Tiny:
    return Tiny(
        name, network(kind, **size), "pipelines.restore:Upscale", "restore", options or {}, TWICE, seeded=False,
        media=SOURCE,
    )  # fmt: skip


TINY = [
    upscaler("real-esrgan", "ESRGAN.__arch.RRDB:RRDBNet", {"tile": 64}, num_filters=16, num_blocks=1, scale=4),
    upscaler("compact", "Compact.__arch.SRVGG:SRVGGNetCompact", num_feat=8, num_conv=2, upscale=2),
    upscaler(
        "swinir", "SwinIR.__arch.SwinIR:SwinIR", embed_dim=12, depths=[2], num_heads=[2], window_size=8, upscale=2,
        upsampler="pixelshuffle", img_size=16,
    ),
    upscaler(
        "dat", "DAT.__arch.DAT:DAT", embed_dim=32, split_size=[2, 4], depth=[2], num_heads=[2], upscale=2, img_size=16
    ),
    Tiny(
        "sd-x4", saved(stable), "pipelines.upscale:StableUpscale", "restore", {"steps": 2, "tile": 64, "size": "4x"},
        {"kind": "image", "width": 384, "height": 256}, media=SOURCE,
    ),
    Tiny("rife", rife(), "pipelines.rife:Rife", "restore", {"size": "2x"}, TWICE, seeded=False, media=SOURCE),
    Tiny("ltx-upscale", saved(ltx), "pipelines.upscale:LtxUpscale", "restore", {}, TWICE, media=SOURCE),
    Tiny(
        "kandinsky-upscale", saved(kandinsky), "pipelines.kandinsky:KandinskyUpscale", "restore", {}, TWICE,
        media=SOURCE,
    ),
]  # fmt: skip
