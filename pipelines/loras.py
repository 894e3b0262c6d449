"""LoRAs: which ones there are, and how a picture model wears several at once, each as strongly as asked.

`studio models add moss --repo moss.safetensors` adds one, and `loras=["moss:0.8"]` asks for it. One of the hub that is
in its cache is asked for by its name there: `maker/moss:0.8`, or `maker/moss/moss-v2.safetensors` where it has several.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines import snapshots, weights
from pipelines.base import Model
from pipelines.faults import BrokenWeights, Fault, Unavailable, Unsupported, ran_out

MOST = 8
"""At once."""
STRONGEST = 4.0
HUB = re.compile(r"((?!\.)[\w.-]+/(?!\.)[\w.-]+)(?:/((?!\.)[\w.-]+\.safetensors))?")


class WrongLora(Unsupported):
    """A LoRA that was made for another model."""


def names() -> list[str]:
    """The LoRAs that were added."""
    from pipelines import catalogue

    return sorted(catalogue.owned.now().loras)


def named(name: str) -> Model:
    """Where a LoRA's file is. Raises `ValueError` for one that is not here."""
    from pipelines import catalogue

    if found := catalogue.owned.now().loras.get(name):
        return found
    if hub := HUB.fullmatch(name):
        found = Model(name, name, "image", "", repo=hub[1], files=(hub[2] or "*.safetensors",))
        if not candidates(found):
            raise ValueError(f"{name!r} is not in the hub's cache; `hf download {hub[1]}` brings it there")
        return found
    there = ", ".join(names()) or "none yet"
    raise ValueError(f"there is no LoRA {name!r}; there are: {there}. `studio models add` adds one")


def parsed(wanted: str) -> tuple[str, float]:
    """`moss:0.8` is the LoRA moss, at 0.8; without a weight it is 1. Raises `ValueError`."""
    name, _, weight = wanted.strip().partition(":")
    try:
        strength = float(weight or 1)
    except ValueError:
        raise ValueError(f"{wanted!r}: the weight behind the colon is a number, as in {name}:0.8") from None
    if not abs(strength) <= STRONGEST:
        raise ValueError(f"{wanted!r}: a weight is between -{STRONGEST:g} and {STRONGEST:g}")
    return name, strength


def check(wanted: Iterable[str]) -> None:
    """Raises `ValueError` for what cannot be meant: an unknown name, a weight out of reach, the same one twice."""
    seen = [parsed(one)[0] for one in wanted]
    for name in seen:
        named(name)
        if seen.count(name) > 1:
            raise ValueError(f"{name!r} is there more than once; give it one weight")


def candidates(lora: Model) -> list[Path]:
    place = Path(lora.repo).expanduser() if weights.is_local(lora) else snapshots.folder(lora)
    pattern = lora.files[0] if lora.files else "*.safetensors"
    return [place] if place.is_file() else sorted(file for file in place.glob(pattern) if file.is_file())


def file_of(lora: Model) -> Path:
    """Its .safetensors. Raises `Unavailable` when it is not here, `Unsupported` when there is more than one."""
    files = [file for file in candidates(lora) if file.suffix == ".safetensors"]
    if not files:
        raise Unavailable(f"The file of the LoRA {lora.id} is not there.", "Put it back, or add the LoRA anew.")
    if len(files) > 1:
        raise Unsupported(f"The LoRA {lora.id} has several files.", f"Name one: {files[0].name}.")
    return files[0]


def wear(pipe: Any, wanted: Iterable[str]) -> None:
    """Have `pipe`, a diffusers pipeline, wear these and no others. Putting them on changes no weight of the model, so
    that without them it makes exactly what it made before. Raises `WrongLora`, `BrokenWeights`."""
    chosen = dict(sorted(map(parsed, wanted)))  # sums are rounded in the order of their parts
    wears = {adapter for adapters in pipe.get_list_adapters().values() for adapter in adapters}
    if wears and wears != {adapter_of(name) for name in chosen}:
        pipe.unload_lora_weights()
        wears = set()
    if not wears:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Already found a `peft_config`")  # several at once are meant
            for name in chosen:
                put_on(pipe, name)
    if chosen:
        pipe.set_adapters([adapter_of(name) for name in chosen], adapter_weights=list(chosen.values()))


def adapter_of(name: str) -> str:
    """PyTorch allows no dots in a module's name."""
    return re.sub(r"[./]", "_", name)


def put_on(pipe: Any, name: str) -> None:
    file = file_of(named(name))
    try:
        pipe.load_lora_weights(
            file.parent, weight_name=file.name, adapter_name=adapter_of(name), local_files_only=True,
            use_safetensors=True,
        )  # fmt: skip
    except Exception as error:
        pipe.unload_lora_weights()
        if ran_out(error) or isinstance(error, Fault):
            raise
        if type(error).__name__ in ("SafetensorError", "OSError"):
            raise BrokenWeights(
                f"The LoRA {name} cannot be read: {error}"[:300], "Copy or download it anew."
            ) from error
        raise WrongLora(f"The LoRA {name} does not fit this model: {error}"[:300], FITTING) from error
    if not any(adapter_of(name) in adapters for adapters in pipe.get_list_adapters().values()):
        pipe.unload_lora_weights()
        raise WrongLora(f"The LoRA {name} has nothing for this model.", FITTING)


FITTING = "A LoRA fits the model that it was trained on: choose that one, or leave the LoRA out."
