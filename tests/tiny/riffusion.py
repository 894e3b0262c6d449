"""Riffusion with random weights: a Stable Diffusion, its safety checker left out as on the studio's download."""

from __future__ import annotations

from tiny import Tiny, words
from tiny.image import saved, vae


def riffusion():
    from diffusers import PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=64, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=2, norm_num_groups=4, cross_attention_dim=32,
    )  # fmt: skip
    return StableDiffusionPipeline(
        unet=unet.eval(), scheduler=PNDMScheduler(skip_prk_steps=True, steps_offset=1), vae=vae(),
        text_encoder=words.clip(), tokenizer=words.clip_tokenizer(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


TINY = [
    Tiny(
        "riffusion", saved(riffusion), "pipelines.riffusion:Riffusion", "music",
        options={"prompt": "a slow waltz", "duration_s": 1, "steps": 2},
        makes={"kind": "audio", "duration_s": 1.0}, steps=2,
    )
]  # fmt: skip
