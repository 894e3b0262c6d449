"""Builds audiocraft's MusicGen and AudioGen from the two layouts that their weights are given out in.

audiocraft's own (state_dict.bin, compression_state_dict.bin) is in a format that can run code: its entry pins each
file, and they are loaded with `weights_only`. T5, which reads the prompt, is a checkpoint of its own there.
transformers' layout is .safetensors with T5 inside; its tensors are the same ones under other names (named.py).
After https://github.com/facebookresearch/audiocraft 1.3.0, whose own loader fetches T5 and a stem separator by name.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from pipelines import snapshots, weights
from pipelines.base import Model
from pipelines.faults import Unavailable, Unsupported
from pipelines.placement import Placement

OWN = "state_dict.bin"
CODEC = "compression_state_dict.bin"
UNUSED = (
    "conditioners.self_wav.chroma_stem.cache_path", "conditioners.args.merge_text_conditions_p",
    "conditioners.args.drop_desc_p",
)  # fmt: skip
"""What a checkpoint's configuration says of its training, and the classes do not know."""


def audiocraft(name: str) -> Any:
    """A module of audiocraft's."""
    with warnings.catch_warnings(), standing_in():
        warnings.simplefilter("ignore")  # of what torch will do without one day
        module = importlib.import_module(f"audiocraft.{name}")
        transformer: Any = importlib.import_module("audiocraft.modules.transformer")
        transformer._is_profiled = lambda: False  # it would ask xformers at every layer
        return module


@contextlib.contextmanager
def standing_in() -> Iterator[None]:
    """While this is open, torch's own functions stand in for xformers. audiocraft imports that at its top, though of
    what MusicGen and AudioGen use of it torch has everything; and it has wheels for few machines (no ARM, no macOS) and
    for one torch each."""
    import torch

    package, ops = ModuleType("xformers"), ModuleType("xformers.ops")
    ops.__dict__.update(
        unbind=torch.unbind,
        memory_efficient_attention=torch.nn.functional.scaled_dot_product_attention,
        LowerTriangularMask=type("LowerTriangularMask", (), {}),
    )
    package.__dict__.update(ops=ops, __path__=[])
    before = {name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] == "xformers"}
    sys.modules.update({"xformers": package, "xformers.ops": ops})
    try:
        yield
    finally:
        del sys.modules["xformers"], sys.modules["xformers.ops"]
        sys.modules.update(before)


def opened(model: Model, family: str, folder: Path, place: Placement) -> Any:
    """audiocraft's `MusicGen` or `AudioGen`, ready on the device. Raises `Unsupported`, `Damaged`, or what the
    libraries throw at broken files."""
    import torch

    if place.kind == "cuda":
        torch.cuda.set_device(place.device)  # audiocraft knows kinds of devices, and the current one of a kind
    if (folder / OWN).is_file():
        (cfg, state), compression = kept(model, OWN), codec(model)
        reader = text_encoder(t5(folder, cfg.conditioners.description.t5.name))
    else:
        from pipelines.tokens import named

        (cfg, state), compression, reader = named.parts(folder)
    network = language_model(cfg, state, reader, place)
    return getattr(audiocraft("models"), family)(model.id, compression.to(place.kind).eval(), network)


def kept(model: Model, name: str) -> tuple[Any, dict[str, Any]]:
    """A file as audiocraft exports it: its configuration, and its tensors."""
    import torch
    from omegaconf import OmegaConf

    said = torch.load(weights.trusted(model, name), map_location="cpu", weights_only=True)
    if "best_state" not in said or not isinstance(said.get("xp.cfg"), str):
        raise Unsupported(
            f"{name} of {model.title} does not hold a model.", "Export it with audiocraft.utils.export, codec included."
        )
    return OmegaConf.create(said["xp.cfg"]), said["best_state"]


def codec(model: Model) -> Any:
    """The network that turns tokens into sound, in float32 as it was trained."""
    cfg, state = kept(model, CODEC)
    cfg.device = "cpu"
    builders = audiocraft("models.builders")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an older way to keep a weight's length apart from its direction
        network = builders.get_compression_model(cfg)
    network.load_state_dict(state)
    return network


def t5(folder: Path, name: str) -> Path:
    """Where the text encoder lies that a checkpoint names: in `t5` beside it, or in the hub's cache. Raises
    `Unavailable`."""
    known = [snapshots.folder(Model("", "", "music", "", repo=repo)) for repo in (f"google-t5/{name}", name)]
    for found in (folder / "t5", *known):
        if (found / "config.json").is_file():
            return found
    raise Unavailable(
        f"It reads its prompts with {name}, which is not here.", f"hf download google-t5/{name}, or put it into t5/."
    )


def text_encoder(folder: Path) -> tuple[Any, Any]:
    """T5's tokenizer and encoder, in float32: half of it is known to overflow."""
    import torch
    from transformers import AutoTokenizer, T5EncoderModel

    encoder = T5EncoderModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    return AutoTokenizer.from_pretrained(folder, local_files_only=True), encoder


def language_model(cfg: Any, state: dict[str, Any], reader: tuple[Any, Any], place: Placement) -> Any:
    """The transformer that writes the tokens: in half precision on a GPU, as audiocraft runs it."""
    loaders, builders = audiocraft("models.loaders"), audiocraft("models.builders")
    cfg.device, cfg.dtype = place.kind, "float16" if place.kind == "cuda" else "float32"
    for name in UNUSED:
        loaders._delete_param(cfg, name)
    with warnings.catch_warnings(), standing_in(), reading_with(*reader):
        warnings.simplefilter("ignore")
        network = builders.get_lm_model(cfg)
    melodic = {
        name: tensor for name, tensor in network.state_dict().items() if ".chroma." in name
    }  # a filter, no weights
    network.load_state_dict({**melodic, **state})
    network.cfg = cfg
    melody = network.condition_provider.conditioners
    if "self_wav" in melody:
        melody["self_wav"].match_len_on_eval, melody["self_wav"]._use_masking = True, False
        melody["self_wav"]._get_stemmed_wav = mixed(melody["self_wav"])
    return network.eval()


def mixed(conditioner: Any) -> Any:
    """A melody is heard in the whole recording: the stem separator that audiocraft would take it from is a pickle that
    no hub gives out."""

    def whole(wav: Any, sample_rate: int) -> Any:
        audio_utils = audiocraft("data.audio_utils")
        return audio_utils.convert_audio(wav, sample_rate, conditioner.sample_rate, 1)

    return whole


@contextlib.contextmanager
def reading_with(tokenizer: Any, encoder: Any) -> Iterator[None]:
    """While this is open, audiocraft gets this T5 for whichever it asks by name, and no separator."""
    import torch

    pretrained: Any = importlib.import_module("demucs.pretrained")
    conditioners = audiocraft("modules.conditioners")

    class NoSeparator(torch.nn.Module):
        sources = ("drums", "bass", "other", "vocals")

    def given(found: Any) -> Any:
        return SimpleNamespace(from_pretrained=lambda name: found)

    before = conditioners.T5Tokenizer, conditioners.T5EncoderModel, pretrained.get_model
    conditioners.T5Tokenizer, conditioners.T5EncoderModel = given(tokenizer), given(encoder)
    pretrained.get_model = lambda name: NoSeparator()
    try:
        yield
    finally:
        conditioners.T5Tokenizer, conditioners.T5EncoderModel, pretrained.get_model = before
