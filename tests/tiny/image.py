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


def sd3():
    from diffusers import SD3Transformer2DModel, StableDiffusion3Pipeline

    transformer = SD3Transformer2DModel(
        sample_size=32, in_channels=16, out_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=4,
        joint_attention_dim=32, caption_projection_dim=32, pooled_projection_dim=64, pos_embed_max_size=96,
        dual_attention_layers=(0,), qk_norm="rms_norm",
    )  # fmt: skip
    return StableDiffusion3Pipeline(
        transformer=transformer.eval(), scheduler=flow(shift=3.0), text_encoder=words.clip(projected=True),
        tokenizer=words.clip_tokenizer(), text_encoder_2=words.clip(projected=True),
        tokenizer_2=words.clip_tokenizer(), text_encoder_3=words.t5(), tokenizer_3=words.t5_tokenizer(),
        vae=vae(16, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.06, scaling_factor=1.5),
    )  # fmt: skip


def qwen_parts() -> dict[str, Any]:
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel

    return {
        "transformer": QwenImageTransformer2DModel(
            in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, axes_dims_rope=(4, 6, 6),
        ).eval(),
        "vae": AutoencoderKLQwenImage(
            base_dim=2, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, latents_mean=[0.0] * 4,
            latents_std=[1.0] * 4,
        ).eval(),
        "scheduler": flow(use_dynamic_shifting=True),
        "text_encoder": words.qwen_seeing(),
        "tokenizer": words.qwen_tokenizer(),
    }  # fmt: skip


def qwen():
    from diffusers import QwenImagePipeline

    return QwenImagePipeline(**qwen_parts())


def z_image():
    from diffusers import ZImagePipeline, ZImageTransformer2DModel

    transformer = ZImageTransformer2DModel(
        in_channels=4, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
        axes_dims=[4, 6, 6], axes_lens=[512, 64, 64],
    )  # fmt: skip
    for token in (transformer.x_pad_token, transformer.cap_pad_token):  # made empty, to be loaded
        token.data.normal_()
    return ZImagePipeline(
        transformer=transformer.eval(), scheduler=flow(shift=3.0), text_encoder=words.qwen3(),
        tokenizer=words.qwen_tokenizer(),
        vae=vae(4, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.1, scaling_factor=0.36),
    )  # fmt: skip


def klein():
    from diffusers import AutoencoderKLFlux2, Flux2KleinPipeline, Flux2Transformer2DModel

    transformer = Flux2Transformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, timestep_guidance_channels=32, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
    )  # fmt: skip
    autoencoder = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=4, latent_channels=4, sample_size=64
    )
    return Flux2KleinPipeline(
        transformer=transformer.eval(), scheduler=flow(use_dynamic_shifting=True), vae=autoencoder.eval(),
        text_encoder=words.qwen3(layers=28), tokenizer=words.qwen_tokenizer(), is_distilled=True,
    )  # fmt: skip


def sana():
    from diffusers import AutoencoderDC, SanaSprintPipeline, SanaTransformer2DModel, SCMScheduler

    transformer = SanaTransformer2DModel(
        in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=8,
        num_cross_attention_heads=2, cross_attention_head_dim=8, cross_attention_dim=16, caption_channels=16,
        sample_size=8, qk_norm="rms_norm_across_heads", guidance_embeds=True,
    )  # fmt: skip
    autoencoder = AutoencoderDC(
        latent_channels=4, attention_head_dim=2,
        encoder_block_types=("ResBlock",) * 5 + ("EfficientViTBlock",),
        decoder_block_types=("ResBlock",) * 5 + ("EfficientViTBlock",),
        encoder_block_out_channels=(8,) * 6, decoder_block_out_channels=(8,) * 6,
        encoder_layers_per_block=(1,) * 6, decoder_layers_per_block=(1,) * 6,
        encoder_qkv_multiscales=((),) * 5 + ((5,),), decoder_qkv_multiscales=((),) * 5 + ((5,),),
        upsample_block_type="interpolate", downsample_block_type="Conv", scaling_factor=0.4,
    )  # fmt: skip
    return SanaSprintPipeline(
        transformer=transformer.eval(), vae=autoencoder.eval(), text_encoder=words.gemma(),
        tokenizer=words.gemma_tokenizer(),
        scheduler=SCMScheduler(prediction_type="trigflow", sigma_data=0.5),
    )  # fmt: skip


def tiny(name: str, pipeline: Callable[[], Any], family: str, **more: Any) -> Tiny:
    options = {**SMALL, **more}
    return Tiny(name, saved(pipeline), f"pipelines.image:{family}", "image", options, PNG, steps=options["steps"])


TINY = [
    tiny("flux-dev", flux, "Flux"),
    tiny("flux-schnell", lambda: flux(dev=False), "FluxSchnell"),
    tiny("flux2-klein", klein, "Flux2Klein"),
    tiny("sdxl", sdxl, "SDXL", negative_prompt="boats"),
    tiny("sdxl-turbo", sdxl, "SDXLTurbo"),
    tiny("sd-3.5", sd3, "SD3"),
    tiny("qwen-image", qwen, "QwenImage"),
    tiny("z-image", z_image, "ZImage", negative_prompt="boats"),
    tiny("z-image-turbo", z_image, "ZImageTurbo"),
    tiny("sana-sprint", sana, "SanaSprint", steps=3),
]
