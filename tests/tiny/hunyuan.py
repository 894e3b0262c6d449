"""HunyuanVideo 1.5 with random weights: from words, and from a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2, "duration_s": 0.5, "fps": 8}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 8.0, "duration_s": 0.5}


def saved(folder: Path, kind: str, task: str, **more: Any) -> None:
    import diffusers
    import torch
    from diffusers.guiders import ClassifierFreeGuidance
    from transformers import ByT5Tokenizer, Qwen2_5_VLTextConfig, Qwen2_5_VLTextModel

    torch.manual_seed(1932)
    transformer = diffusers.HunyuanVideo15Transformer3DModel(
        in_channels=9, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=1,
        num_refiner_layers=1, mlp_ratio=2.0, text_embed_dim=16, text_embed_2_dim=32, image_embed_dim=12,
        rope_axes_dim=(2, 2, 4), target_size=120, task_type=task,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLHunyuanVideo15(
        latent_channels=4, block_out_channels=(8, 8, 8, 8, 8), layers_per_block=1, spatial_compression_ratio=16,
        temporal_compression_ratio=4, downsample_match_channel=False, upsample_match_channel=False,
    )  # fmt: skip
    reader = Qwen2_5_VLTextConfig(
        vocab_size=263, hidden_size=16, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=2, rope_theta=1e6,
        rope_scaling={"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
    )  # fmt: skip
    getattr(diffusers, kind)(
        transformer=transformer.eval(), vae=vae.eval(), guider=ClassifierFreeGuidance(guidance_scale=6.0),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0), tokenizer=words.qwen_tokenizer(),
        text_encoder=Qwen2_5_VLTextModel(reader).eval(), text_encoder_2=t5_of_bytes(), tokenizer_2=ByT5Tokenizer(),
        **more,
    ).save_pretrained(folder)  # fmt: skip


def t5_of_bytes():
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(T5Config(vocab_size=384, d_model=32, d_ff=37, d_kv=8, num_layers=1, num_heads=4)).eval()


def text(folder: Path) -> None:
    saved(folder, "HunyuanVideo15Pipeline", "t2v")


def picture(folder: Path) -> None:
    from transformers import SiglipImageProcessor, SiglipVisionConfig, SiglipVisionModel

    config = SiglipVisionConfig(
        hidden_size=12, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=54, patch_size=2
    )
    saved(
        folder, "HunyuanVideo15ImageToVideoPipeline", "i2v", image_encoder=SiglipVisionModel(config).eval(),
        feature_extractor=SiglipImageProcessor(size={"height": 54, "width": 54}),
    )  # fmt: skip


TINY = [
    Tiny("hunyuan", text, "pipelines.hunyuan:Hunyuan", "video", SMALL, SHOT, steps=2),
    Tiny(
        "hunyuan-picture", picture, "pipelines.hunyuan:HunyuanPicture", "video", SMALL, SHOT, steps=2,
        media={"start": ("a",)},
    ),
]  # fmt: skip
