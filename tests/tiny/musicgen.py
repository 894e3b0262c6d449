"""MusicGen and AudioGen with random weights, in audiocraft's own layout and in transformers'."""

from __future__ import annotations

import warnings
from pathlib import Path

from tiny import Tiny

CARD = 16
WORDS = ("▁a", "▁slow", "▁waltz", "▁rain", "▁on", "▁the", "▁roof", "a", "e", "i", "o", "s", "t", "n", "r", "l", "▁")
T5 = {"vocab_size": 32, "d_model": 512, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 1}
SEANET = {
    "dimension": 8, "channels": 1, "causal": False, "n_filters": 2, "n_residual_layers": 1, "ratios": [8, 5, 4, 4],
    "activation": "ELU", "activation_params": {"alpha": 1.0}, "norm": "weight_norm", "norm_params": {},
    "kernel_size": 7, "residual_kernel_size": 3, "last_kernel_size": 7, "dilation_base": 2, "pad_mode": "constant",
    "true_skip": True, "compress": 2, "lstm": 1, "disable_norm_outer_blocks": 0, "encoder": {}, "decoder": {},
}  # fmt: skip
ENCODEC = {
    "sampling_rate": 32_000, "audio_channels": 1, "target_bandwidths": [0.8], "num_filters": 2, "hidden_size": 8,
    "codebook_size": CARD, "codebook_dim": 8, "upsampling_ratios": [8, 5, 4, 4], "num_lstm_layers": 1,
    "use_causal_conv": False, "kernel_size": 7, "normalize": False, "chunk_length_s": None, "overlap": None,
}  # fmt: skip
OPTIONS = {"prompt": "a slow waltz", "duration_s": 1}


def tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocab = [(word, 0.0) for word in ("<pad>", "</s>", "<unk>")] + [(word, -2.0) for word in WORDS]
    made = Tokenizer(models.Unigram(vocab, unk_id=2))
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def t5(folder: Path) -> None:
    from transformers import T5Config, T5EncoderModel

    T5EncoderModel(T5Config(**T5)).save_pretrained(folder)
    tokenizer(folder)


def own(family: str, folder: Path) -> None:
    """In audiocraft's layout: what its export writes."""
    import torch
    from omegaconf import OmegaConf

    from pipelines.tokens.checkpoint import audiocraft, reading_with, standing_in, text_encoder

    torch.manual_seed(1877)
    t5(folder / "t5")
    rate = 16_000 if family == "AudioGen" else 32_000
    codec_cfg = OmegaConf.create(
        {
            "compression_model": "encodec", "device": "cpu", "sample_rate": rate, "channels": 1,
            "encodec": {
                "autoencoder": "seanet", "quantizer": "rvq", "sample_rate": rate, "channels": 1, "causal": False,
                "renormalize": False,
            },
            "seanet": SEANET | {"ratios": [8, 5, 4, 2] if family == "AudioGen" else [8, 5, 4, 4]},
            "rvq": {"n_q": 4, "bins": CARD, "kmeans_init": False, "q_dropout": False},
        }
    )  # fmt: skip
    lm_cfg = OmegaConf.create(
        {
            "lm_model": "transformer_lm", "device": "cpu", "dtype": "float32", "sample_rate": rate, "channels": 1,
            "dataset": {"segment_duration": 30},
            "transformer_lm": {
                "n_q": 4, "card": CARD, "dim": 16, "num_heads": 2, "num_layers": 2, "hidden_scale": 2,
                "norm_first": True, "causal": True, "custom": False, "memory_efficient": True, "bias_proj": False,
                "bias_ff": False, "bias_attn": False, "dropout": 0.0, "activation": "gelu", "q_modeling": "delay",
            },
            "codebooks_pattern": {"modeling": None},
            "conditioners": {
                "args": {}, "description": {"model": "t5", "t5": {"name": "t5-small", "finetune": False}}
            },
            "fuser": {
                "sum": [], "prepend": [], "cross": ["description"], "input_interpolate": [],
                "cross_attention_pos_emb": False,
            },
            "attribute_dropout": {"args": {"active_on_eval": False}},
            "classifier_free_guidance": {"training_dropout": 0.0, "inference_coef": 3.0},
        }
    )  # fmt: skip
    builders = audiocraft("models.builders")
    with warnings.catch_warnings(), standing_in(), reading_with(*text_encoder(folder / "t5")):
        warnings.simplefilter("ignore")
        networks = {
            "compression_state_dict.bin": (builders.get_compression_model(codec_cfg), codec_cfg),
            "state_dict.bin": (builders.get_lm_model(lm_cfg), lm_cfg),
        }
    for name, (network, cfg) in networks.items():
        louder(network)
        said = {"best_state": network.state_dict(), "xp.cfg": OmegaConf.to_yaml(cfg), "version": "1.3.0"}
        torch.save({**said, "exported": True}, folder / name)


def named(kind: str, folder: Path) -> None:
    """In transformers' layout: T5 and EnCodec inside."""
    import torch
    import transformers
    from transformers import EncodecConfig, T5Config

    torch.manual_seed(1877)
    melody, channels = kind == "Melody", 2 if kind == "Stereo" else 1
    name = "MusicgenMelody" if melody else "Musicgen"
    decoder = getattr(transformers, f"{name}DecoderConfig")(
        vocab_size=CARD, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, ffn_dim=32, dropout=0.0,
        num_codebooks=4 * channels, audio_channels=channels, pad_token_id=CARD, bos_token_id=CARD,
    )  # fmt: skip
    config = getattr(transformers, f"{name}Config")(
        text_encoder=T5Config(**T5), audio_encoder=EncodecConfig(**ENCODEC), decoder=decoder
    )
    network = getattr(transformers, f"{name}ForConditionalGeneration")(config)
    louder(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of generation settings that a network of our own does not have
        network.save_pretrained(folder)
    tokenizer(folder)


def louder(network) -> None:
    """Random weights as they are made are all but silent, and all tokens all but alike."""
    import torch

    with torch.no_grad():
        for name, weight in network.named_parameters():
            if any(part in name for part in ("emb", "lm_heads", "linears", "proj")):
                weight.mul_(8)
        for name, table in network.named_buffers():
            if name.endswith("codebook.embed"):
                table.normal_()


def tiny(name: str, pipeline: str, build, task: str = "music", **more) -> Tiny:
    return Tiny(
        name, build, f"pipelines.musicgen:{pipeline}", task, options={**OPTIONS, **more.pop("options", {})},
        makes={"kind": "audio", "duration_s": 1.0}, steps=50, **more,
    )  # fmt: skip


TINY = [
    tiny("musicgen", "MusicGen", lambda folder: own("MusicGen", folder), hashes=True),
    tiny("musicgen-named", "MusicGen", lambda folder: named("Plain", folder)),
    tiny("musicgen-stereo", "MusicGen", lambda folder: named("Stereo", folder)),
    tiny("musicgen-melody", "MusicGenMelody", lambda folder: named("Melody", folder)),
    tiny("audiogen", "AudioGen", lambda folder: own("AudioGen", folder), "sound", hashes=True),
]
