"""LTX-2 with random weights: picture and sound from words, and between two pictures."""

from __future__ import annotations

from pathlib import Path

from tiny import Tiny, words

SMALL = {"prompt": "a lighthouse at dusk", "width": 128, "height": 128, "steps": 2, "duration_s": 0.5}
SHOT = {"kind": "video", "width": 128, "height": 128, "fps": 24.0, "duration_s": 0.5, "sound": True}
WIDTH, LAYERS = 32, 2


def reader():
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3TextConfig, SiglipVisionConfig

    text = Gemma3TextConfig(
        vocab_size=100, hidden_size=WIDTH, intermediate_size=16, num_hidden_layers=LAYERS, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, query_pre_attn_scalar=8,
    )  # fmt: skip
    seeing = SiglipVisionConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14
    )
    config = Gemma3Config(text_config=text.to_dict(), vision_config=seeing.to_dict(), mm_tokens_per_image=4)
    return Gemma3ForConditionalGeneration(config).eval()


def vae():
    from diffusers import AutoencoderKLLTX2Video

    return AutoencoderKLLTX2Video(
        latent_channels=4, block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8),
        down_block_types=("LTX2VideoDownBlock3D",) * 3, layers_per_block=(1,) * 4, decoder_layers_per_block=(1,) * 4,
        spatio_temporal_scaling=(True,) * 3, decoder_spatio_temporal_scaling=(True,) * 3,
        decoder_inject_noise=(False,) * 4, downsample_type=("spatiotemporal",) * 3, upsample_residual=(False,) * 3,
        upsample_factor=(1,) * 3, patch_size=4,
    ).eval()  # fmt: skip


def sounding():
    from diffusers import AutoencoderKLLTX2Audio
    from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder

    hearing = AutoencoderKLLTX2Audio(
        base_channels=4, ch_mult=(1,), num_res_blocks=1, attn_resolutions=None, resolution=32, latent_channels=2,
        norm_type="pixel", causality_axis="height", mid_block_add_attention=False, sample_rate=16000,
        mel_hop_length=160, is_causal=True, mel_bins=8,
    )  # fmt: skip
    voice = LTX2Vocoder(
        in_channels=16, hidden_channels=16, out_channels=2, upsample_kernel_sizes=[11, 20],
        upsample_factors=[8, 20], resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]], output_sampling_rate=16000,
    )  # fmt: skip
    return {"audio_vae": hearing.eval(), "vocoder": voice.eval()}


def build(folder: Path) -> None:
    import diffusers
    import torch
    from diffusers.pipelines.ltx2 import LTX2TextConnectors

    torch.manual_seed(1932)
    transformer = diffusers.LTX2VideoTransformer3DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        audio_in_channels=4, audio_out_channels=4, audio_num_attention_heads=2, audio_attention_head_dim=4,
        audio_cross_attention_dim=8, num_layers=2, caption_channels=WIDTH, rope_type="split",
        rope_double_precision=False,
    )  # fmt: skip
    connectors = LTX2TextConnectors(
        caption_channels=WIDTH, text_proj_in_factor=LAYERS + 1, video_connector_num_attention_heads=4,
        video_connector_attention_head_dim=8, video_connector_num_layers=1, audio_connector_num_layers=1,
        video_connector_num_learnable_registers=None, audio_connector_num_learnable_registers=None,
        audio_connector_num_attention_heads=4, audio_connector_attention_head_dim=8, connector_rope_base_seq_len=32,
        rope_double_precision=False, rope_type="split",
    )  # fmt: skip
    diffusers.LTX2Pipeline(
        transformer=transformer.eval(), connectors=connectors.eval(), vae=vae(), text_encoder=reader(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(), tokenizer=words.gemma_tokenizer(), **sounding(),
    ).save_pretrained(folder)  # fmt: skip


TINY = [
    Tiny("ltx2", build, "pipelines.ltx2:Ltx2", "video", SMALL, SHOT, steps=2),
    Tiny(
        "ltx2-between", build, "pipelines.ltx2:Ltx2", "video", SMALL, SHOT, steps=2,
        media={"start": ("a",), "end": ("b",)},
    ),
]  # fmt: skip
