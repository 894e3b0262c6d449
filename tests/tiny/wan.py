"""Wan with random weights: text, picture, first and last picture, both networks of the A14B models, and the 5B."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2, "duration_s": 0.5, "fps": 8}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 8.0, "duration_s": 0.5}


def umt5():
    from transformers import UMT5Config, UMT5EncoderModel

    return UMT5EncoderModel(
        UMT5Config(vocab_size=98, d_model=32, d_ff=37, d_kv=8, num_layers=1, num_heads=4, decoder_start_token_id=0)
    ).eval()


def transformer(channels: int = 16, made: int = 16, **more: Any):
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=channels, out_channels=made,
        text_dim=32, freq_dim=32, ffn_dim=32, num_layers=2, rope_max_seq_len=64, **more,
    ).eval()  # fmt: skip


def vae():
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    ).eval()


def vae_of_5b():
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(
        base_dim=3, z_dim=48, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 48, latents_std=[1.0] * 48, is_residual=True, in_channels=12, out_channels=12,
        patch_size=2, scale_factor_spatial=16, scale_factor_temporal=4,
    ).eval()  # fmt: skip


def seeing():
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=8, projection_dim=8, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=16,
        intermediate_size=8,
    )  # fmt: skip
    return {
        "image_encoder": CLIPVisionModel(config).eval(),
        "image_processor": CLIPImageProcessor(size=32, crop_size=32),
    }


def saved(kind: str, parts: Callable[[], dict[str, Any]]) -> Callable[[Path], None]:
    """Its weights, random but the same ones every time, in the layout of the hub."""

    def build(folder: Path) -> None:
        import diffusers
        import torch

        torch.manual_seed(1932)
        scheduler = diffusers.UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        )
        reader = {"text_encoder": umt5(), "tokenizer": words.t5_tokenizer()}
        getattr(diffusers, kind)(**{"scheduler": scheduler, "vae": vae(), **reader, **parts()}).save_pretrained(folder)

    return build


TEXT = saved("WanPipeline", lambda: {"transformer": transformer()})
TWO = saved(
    "WanPipeline", lambda: {"transformer": transformer(), "transformer_2": transformer(), "boundary_ratio": 0.875}
)
PICTURE = saved("WanImageToVideoPipeline", lambda: {"transformer": transformer(36, image_dim=8), **seeing()})
BETWEEN = saved(
    "WanImageToVideoPipeline",
    lambda: {"transformer": transformer(36, image_dim=8, pos_embed_seq_len=2 * (4 + 1)), **seeing()},
)
PICTURES = saved(
    "WanImageToVideoPipeline",
    lambda: {"transformer": transformer(36), "transformer_2": transformer(36), "boundary_ratio": 0.9},
)
EITHER = saved(
    "WanPipeline", lambda: {"transformer": transformer(48, 48), "vae": vae_of_5b(), "expand_timesteps": True}
)


def tiny(name: str, build: Callable[[Path], None], family: str, **media: tuple[str, ...]) -> Tiny:
    return Tiny(name, build, f"pipelines.wan:{family}", "video", SMALL, SHOT, steps=2, media=media)


TINY = [
    tiny("wan", TEXT, "Wan"),
    tiny("wan-two-networks", TWO, "Wan"),
    tiny("wan-picture", PICTURE, "WanPicture", start=("a",)),
    tiny("wan-pictures", PICTURES, "WanPictures", start=("a",), end=("b",)),
    tiny("wan-between", BETWEEN, "WanBetween", start=("a",), end=("b",)),
    tiny("wan-either", EITHER, "WanEither"),
    tiny("wan-either-start", EITHER, "WanEither", start=("a",)),
]
