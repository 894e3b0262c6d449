"""Stable Audio and ACE-Step with random weights."""

from __future__ import annotations

import warnings

from tiny import Tiny, words
from tiny.image import saved


def vae(channels: int, ratios: list[int], rate: int):
    from diffusers import AutoencoderOobleck

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return AutoencoderOobleck(
            encoder_hidden_size=4, downsampling_ratios=ratios, channel_multiples=[1] * len(ratios), decoder_channels=4,
            decoder_input_channels=channels, audio_channels=2, sampling_rate=rate,
        ).eval()  # fmt: skip


def stable_audio():
    from diffusers import CosineDPMSolverMultistepScheduler, StableAudioDiTModel, StableAudioPipeline
    from diffusers.pipelines.stable_audio.modeling_stable_audio import StableAudioProjectionModel

    transformer = StableAudioDiTModel(
        sample_size=64, in_channels=3, out_channels=3, num_layers=1, attention_head_dim=8, num_attention_heads=2,
        num_key_value_attention_heads=2, cross_attention_dim=32, time_proj_dim=4, global_states_input_dim=64,
        cross_attention_input_dim=32,
    )  # fmt: skip
    return StableAudioPipeline(
        transformer=transformer.eval(), scheduler=CosineDPMSolverMultistepScheduler(solver_order=2),
        vae=vae(3, [8, 16, 16], 44_100), text_encoder=words.t5(), tokenizer=words.t5_tokenizer(),
        projection_model=StableAudioProjectionModel(
            text_encoder_dim=32, conditioning_dim=32, min_value=0, max_value=512
        ).eval(),
    )  # fmt: skip


def ace_step(turbo: bool):
    from diffusers import (
        AceStepConditionEncoder,
        AceStepPipeline,
        AceStepTransformer1DModel,
        FlowMatchEulerDiscreteScheduler,
    )

    same = {
        "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
    }  # fmt: skip
    transformer = AceStepTransformer1DModel(
        **same, num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, patch_size=2, sliding_window=16,
        is_turbo=turbo,
    )  # fmt: skip
    encoder = AceStepConditionEncoder(
        **same, text_hidden_dim=16, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
        num_timbre_encoder_hidden_layers=1, sliding_window=16,
    )  # fmt: skip
    return AceStepPipeline(
        transformer=transformer.eval(), condition_encoder=encoder.eval(), vae=vae(8, [8, 12, 20], 48_000),
        text_encoder=words.qwen3().model, tokenizer=words.qwen_tokenizer(),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    )  # fmt: skip


SONG = {"prompt": "a slow waltz", "lyrics": "[verse]\nRain on the roof", "duration_s": 5, "bpm": 90, "key": "D minor"}
TINY = [
    Tiny(
        "stable-audio", saved(stable_audio), "pipelines.soundscape:StableAudio", "sound",
        options={"prompt": "rain on a roof", "negative_prompt": "voices", "duration_s": 1.5, "steps": 3},
        makes={"kind": "audio", "duration_s": 1.5}, steps=3,
    ),
    Tiny(
        "ace-step-turbo", saved(lambda: ace_step(True)), "pipelines.soundscape:AceStepTurbo", "music",
        options={**SONG, "steps": 2}, makes={"kind": "audio", "duration_s": 5.0}, steps=2,
    ),
    Tiny(
        "ace-step", saved(lambda: ace_step(False)), "pipelines.soundscape:AceStep", "music",
        options={**SONG, "steps": 2}, makes={"kind": "audio", "duration_s": 5.0}, steps=2,
    ),
]  # fmt: skip
