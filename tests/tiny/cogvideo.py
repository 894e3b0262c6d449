"""CogVideoX with random weights: from words, and from a picture in the one size it learned."""

from __future__ import annotations

from pathlib import Path

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2, "duration_s": 1}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 8.0, "duration_s": 1.0}
SIDE = 16


def saved(folder: Path, kind: str, channels: int, learned: bool) -> None:
    import diffusers
    import torch

    torch.manual_seed(1932)
    transformer = diffusers.CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=channels, out_channels=4, time_embed_dim=2,
        text_embed_dim=32, num_layers=2, sample_width=SIDE, sample_height=SIDE, sample_frames=9,
        use_rotary_positional_embeddings=learned, use_learned_positional_embeddings=learned,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8), latent_channels=4, layers_per_block=1, norm_num_groups=2,
        sample_height=128, sample_width=128,
    )  # fmt: skip
    getattr(diffusers, kind)(
        transformer=transformer.eval(), vae=vae.eval(), scheduler=diffusers.CogVideoXDDIMScheduler(),
        text_encoder=words.t5(), tokenizer=words.t5_tokenizer(),
    ).save_pretrained(folder)  # fmt: skip


def text(folder: Path) -> None:
    saved(folder, "CogVideoXPipeline", 4, learned=False)


def picture(folder: Path) -> None:
    saved(folder, "CogVideoXImageToVideoPipeline", 8, learned=True)


TINY = [
    Tiny("cogvideo", text, "pipelines.cogvideo:CogVideo", "video", SMALL, SHOT, steps=2),
    Tiny(
        "cogvideo-picture", picture, "pipelines.cogvideo:CogVideoPicture", "video",
        {"prompt": "it turns", "steps": 2, "duration_s": 1}, SHOT, steps=2, media={"start": ("a",)},
    ),
]  # fmt: skip
