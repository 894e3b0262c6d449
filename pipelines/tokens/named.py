"""MusicGen as transformers writes it (.safetensors, T5 and EnCodec inside), under the names that audiocraft has for it.

After transformers' modeling_musicgen.py and modeling_musicgen_melody.py; tests hold the two to the same logits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

T5_NAMES = {512: "t5-small", 768: "t5-base", 1024: "t5-large"}
"""audiocraft knows them by name; their width tells."""
LAYER = {
    "self_attn_layer_norm": "norm1", "encoder_attn_layer_norm": "norm_cross", "final_layer_norm": "norm2",
    "fc1": "linear1", "fc2": "linear2", "self_attn.out_proj": "self_attn.out_proj",
    "encoder_attn.out_proj": "cross_attention.out_proj",
}  # fmt: skip
ATTENTION = {"self_attn": "self_attn", "encoder_attn": "cross_attention"}


def parts(folder: Path) -> tuple[tuple[Any, dict[str, Any]], Any, tuple[Any, Any]]:
    """What a folder holds: audiocraft's configuration of the transformer and its tensors; the codec; T5's tokenizer and
    encoder. Each tensor is read once."""
    from transformers import AutoConfig, AutoTokenizer

    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    with ExitStack() as files:
        tensors = Tensors(folder, files)
        state = dict(language(tensors, config))
        codec = heard(config.audio_encoder, tensors)
        encoder = read(config.text_encoder, tensors)
    return (described(config), state), codec, (AutoTokenizer.from_pretrained(folder, local_files_only=True), encoder)


class Tensors:
    """A checkpoint's tensors by name, in however many files they are, each read when it is asked for."""

    def __init__(self, folder: Path, files: ExitStack):
        from safetensors import safe_open

        index = folder / "model.safetensors.index.json"
        names = set(json.loads(index.read_text("utf-8"))["weight_map"].values()) if index.is_file() else None
        self.where: dict[str, Any] = {}
        for name in sorted(names or ["model.safetensors"]):
            opened = files.enter_context(safe_open(folder / name, "pt"))
            self.where |= dict.fromkeys(opened.keys(), opened)

    def __getitem__(self, name: str) -> Any:
        return self.where[name].get_tensor(name)

    def __contains__(self, name: str) -> bool:
        return name in self.where

    def under(self, prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): self[name] for name in self.where if name.startswith(prefix)}


def language(tensors: Tensors, config: Any) -> Iterator[tuple[str, Any]]:
    """The transformer's tensors; queries, keys and values in one, as audiocraft has them."""
    import torch

    inner = "decoder.model.decoder."
    for k in range(config.decoder.num_codebooks):
        yield f"emb.{k}.weight", tensors[f"{inner}embed_tokens.{k}.weight"]
        yield f"linears.{k}.weight", tensors[f"decoder.lm_heads.{k}.weight"]
    for n in range(config.decoder.num_hidden_layers):
        theirs, ours = f"{inner}layers.{n}.", f"transformer.layers.{n}."
        for name, own in LAYER.items():
            yield from both(tensors, theirs + name, ours + own)
        for name, own in ATTENTION.items():
            three = [f"{theirs}{name}.{which}_proj.weight" for which in "qkv"]
            if three[0] in tensors:
                yield f"{ours}{own}.in_proj_weight", torch.cat([tensors[name] for name in three])
    yield from both(tensors, f"{inner}layer_norm", "out_norm")
    for name, condition in (("enc_to_dec_proj", "description"), ("audio_enc_to_dec_proj", "self_wav")):
        yield from both(tensors, name, f"condition_provider.conditioners.{condition}.output_proj")


def both(tensors: Tensors, theirs: str, ours: str) -> Iterable[tuple[str, Any]]:
    return [(f"{ours}.{kind}", tensors[name]) for kind in ("weight", "bias") if (name := f"{theirs}.{kind}") in tensors]


def heard(config: Any, tensors: Tensors) -> Any:
    """EnCodec, in audiocraft's wrapper for it."""
    from transformers import EncodecModel

    from pipelines.tokens.checkpoint import audiocraft

    network = EncodecModel(config)
    renamed = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    state = {}
    for name, tensor in tensors.under("audio_encoder.").items():
        for old, new in renamed.items():
            name = name.replace(old, new) if name.endswith(old) else name
        state[name] = tensor.float()
    network.load_state_dict(state)
    return audiocraft("models.encodec").HFEncodecCompressionModel(network)


def read(config: Any, tensors: Tensors) -> Any:
    """T5's encoder, in float32."""
    from transformers import T5EncoderModel

    network = T5EncoderModel(config)
    state = {name: tensor.float() for name, tensor in tensors.under("text_encoder.").items()}
    table = next(state[name] for name in ("shared.weight", "encoder.embed_tokens.weight") if name in state)
    network.load_state_dict({**state, "shared.weight": table, "encoder.embed_tokens.weight": table})
    return network.eval()


def described(config: Any) -> Any:
    """transformers' configuration as audiocraft's of the same model."""
    from omegaconf import OmegaConf

    own, melody, stereo = config.decoder, hasattr(config, "num_chroma"), config.decoder.audio_channels == 2
    codec, width = config.audio_encoder, config.text_encoder.d_model
    delays = [k // 2 if stereo else k for k in range(own.num_codebooks)]
    t5 = {"name": T5_NAMES[width], "finetune": False, "word_dropout": 0.0, "normalize_text": False}
    conditioners: dict[str, Any] = {"args": {}, "description": {"model": "t5", "t5": t5}}
    if melody:
        chroma = {"sample_rate": codec.sampling_rate, "n_chroma": config.num_chroma, "radix2_exp": 14, "argmax": True}
        conditioners = {"args": {}, "self_wav": {"model": "chroma_stem", "chroma_stem": chroma}, **conditioners}
    text = (
        {"prepend": ["self_wav", "description"], "cross": []} if melody else {"prepend": [], "cross": ["description"]}
    )
    return OmegaConf.create(
        {
            "lm_model": "transformer_lm",
            "sample_rate": codec.sampling_rate,
            "channels": own.audio_channels,
            "interleave_stereo_codebooks": {"use": stereo, "per_timestep": False},
            "dataset": {"segment_duration": 30},
            "transformer_lm": {
                "n_q": own.num_codebooks,
                "card": own.vocab_size,
                "dim": own.hidden_size,
                "num_heads": own.num_attention_heads,
                "num_layers": own.num_hidden_layers,
                "hidden_scale": own.ffn_dim / own.hidden_size,
                "activation": own.activation_function,
                "norm_first": True,
                "causal": True,
                "custom": False,
                "memory_efficient": True,
                "bias_proj": False,
                "bias_ff": False,
                "bias_attn": False,
                "dropout": 0.0,
                "attention_as_float32": False,
                "positional_embedding": "sin",
                "q_modeling": None,
            },
            "codebooks_pattern": {"modeling": "delay", "delay": {"delays": delays}},
            "conditioners": conditioners,
            "fuser": {"sum": [], "input_interpolate": [], "cross_attention_pos_emb": False, **text},
            "attribute_dropout": {"args": {"active_on_eval": False}},
            "classifier_free_guidance": {"training_dropout": 0.0, "inference_coef": 3.0},
        }
    )
