"""A checkpoint's family is told from its files, and nothing in them is run."""

from __future__ import annotations

import hashlib
import json
import struct

import pytest

from fakehub import Hub
from pipelines import hub as line
from pipelines import recognise as table
from pipelines.base import Model
from pipelines.recognise import NotRecognised, on_disk, on_hub, recognise


def tensors(*names: str, **said: str) -> bytes:
    """A .safetensors file with tensors of these names, and what it says of itself."""
    header = {name: {"dtype": "U8", "shape": [1], "data_offsets": [n, n + 1]} for n, name in enumerate(names)}
    if said:
        header["__metadata__"] = said
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(len(names))


@pytest.fixture
def checkpoint(tmp_path):
    """Files in a folder."""

    def checkpoint(**files: bytes | str):
        for name, data in files.items():
            path = tmp_path / "it" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return tmp_path / "it"

    return checkpoint


LORA = ("lora_A.weight", "lora_B.weight")


FAMILIES = {*table.DIFFUSERS.values(), *table.TRANSFORMERS.values(), *(("video", f) for f in table.CLOSER.values())}


@pytest.mark.parametrize("family", sorted(FAMILIES), ids=lambda family: family[1])
def test_every_family_of_the_table_is_there(family):
    assert Model("x", "X", *family, repo="/nowhere").schema()["properties"]


@pytest.mark.parametrize(
    ("name", "said", "family"),
    [
        ("mine", {}, "pipelines.wan:Wan"),
        ("mine", {"expand_timesteps": True}, "pipelines.wan:WanEither"),
        ("My-SDXL-Turbo", {"_class_name": "StableDiffusionXLPipeline"}, "pipelines.image:SDXLTurbo"),
    ],
)
def test_one_class_may_be_several_families(checkpoint, name, said, family):
    index = json.dumps({"_class_name": "WanPipeline", **said})
    folder = checkpoint(**{"model_index.json": index, "unet/a.safetensors": tensors("w")})
    assert recognise(on_disk(folder.rename(folder.with_name(name)))).family == family


@pytest.mark.parametrize("name", sorted(table.DIFFUSERS))
def test_a_diffusers_folder_is_told_by_its_index(checkpoint, name):
    folder = checkpoint(**{"model_index.json": json.dumps({"_class_name": name}), "unet/a.safetensors": tensors("w")})
    if name == "StableDiffusionPipeline":
        folder = folder.rename(folder.with_name("riffusion"))
    found = recognise(on_disk(folder))
    assert (found.task, found.family) == table.DIFFUSERS[name]


def test_a_stable_diffusion_of_pictures_is_not_taken_for_music(checkpoint):
    index = json.dumps({"_class_name": "StableDiffusionPipeline"})
    folder = checkpoint(**{"model_index.json": index, "unet/a.safetensors": tensors("w")})
    with pytest.raises(table.NotRecognised) as refused:
        recognise(on_disk(folder))
    assert "Riffusion" in refused.value.advice


def test_kokoro_is_told_by_its_config_and_its_files_are_pinned(checkpoint):
    folder = checkpoint(**{"config.json": '{"istftnet": {}, "plbert": {}}', "k.pth": b"w", "voices/af_sky.pt": b"v"})
    found = recognise(on_disk(folder))
    assert (found.task, found.family, found.pins) == ("speech", table.KOKORO, ("k.pth", "voices/af_sky.pt"))


def test_audiocrafts_are_told_by_their_files_and_their_name(checkpoint):
    folder = checkpoint(**{"state_dict.bin": b"x", "compression_state_dict.bin": b"y"})
    found = recognise(on_disk(folder))
    assert (found.task, found.pins) == ("music", ("state_dict.bin", "compression_state_dict.bin"))
    assert on_disk(folder).sha256("state_dict.bin") == hashlib.sha256(b"x").hexdigest()
    assert recognise(on_disk(folder.rename(folder.with_name("audiogen-small")))).task == "sound"


@pytest.mark.parametrize(
    ("names", "said", "base"),
    [
        (["transformer.single_transformer_blocks.0.attn.to_q." + end for end in LORA], {}, "flux-dev"),
        (["lora_te2_text_model_encoder_layers_0.lora_down.weight"], {}, "sdxl"),
        (["unet.a." + end for end in LORA], {"ss_base_model_version": "sdxl_base_v1-0"}, "sdxl"),
        (["strange.a." + end for end in LORA], {}, ""),
    ],
)
def test_a_lora_is_told_by_its_tensors_and_what_it_says_of_its_base(checkpoint, names, said, base):
    folder = checkpoint(**{"moss.safetensors": tensors(*names, **said)})
    found = recognise(on_disk(folder / "moss.safetensors"))
    assert (found.family, found.base) == ("", base)


def test_an_upscaler_is_told_by_its_tensors(checkpoint):
    folder = checkpoint(**{"x4.safetensors": tensors("conv_first.weight", "body.0.rdb1.conv1.weight")})
    assert recognise(on_disk(folder / "x4.safetensors")).task == "restore"


def test_rife_is_told_by_its_tensors(checkpoint):
    named = [f"module.{name}" for name in ("block0.conv0.0.0.weight", "block4.convblock.0.beta", "encode.cnn3.weight")]
    folder = checkpoint(**{"flownet.safetensors": tensors(*named)})
    assert recognise(on_disk(folder / "flownet.safetensors")).family == table.RIFE


def test_one_of_another_architecture_is_told_by_spandrel_itself(checkpoint, monkeypatch):
    monkeypatch.setattr(table.kin, "of", table.kin.told)  # the same, without another process that imports torch
    within = (
        "beta",
        "gamma",
        "sca.1.weight",
        "norm1.weight",
        "norm2.weight",
        *(f"conv{n}.weight" for n in range(1, 6)),
    )
    nafnet = ("intro.weight", "ending.weight", "ups.0.0.weight", "downs.0.weight")
    sides = (f"{side}.0.0.{name}" for side in ("encoders", "decoders") for name in ("beta", "gamma"))
    names = (*nafnet, *sides, *(f"middle_blks.0.{name}" for name in within))
    found = recognise(on_disk(checkpoint(**{"it.safetensors": tensors(*names)})))
    assert (found.kind, found.task, found.family) == ("NAFNet (spandrel)", "restore", table.UPSCALER)


def test_a_workflow_is_told_by_its_nodes(checkpoint):
    node = {"class_type": "SaveImage", "inputs": {}}
    folder = checkpoint(
        **{"a.json": json.dumps({"1": node}), "b.json": json.dumps({"1": {**node, "class_type": "SaveVideo"}})}
    )
    assert [recognise(on_disk(folder / name)).task for name in ("a.json", "b.json")] == ["image", "video"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"model_index.json": '{"_class_name": "NobodyPipeline"}', "a.safetensors": tensors("w")}, "NobodyPipeline"),
        ({"model_index.json": '{"_class_name": ["pipeline", "Mine"]}'}, "code of its own"),
        ({"model_index.json": '{"_class_name": "FluxPipeline"}', "pipeline.py": "import os"}, "code of its own"),
        ({"model_index.json": "{"}, "no JSON"),
        ({"model_index.json": "[]"}, "None"),
        ({"model.safetensors": b"not one at all"}, "no .safetensors"),
        ({"model.ckpt": b"code"}, "no checkpoint"),
        ({"nodes.json": '{"nodes": [], "links": []}'}, "own format"),
        ({"config.json": '{"model_type": "bert"}'}, "no checkpoint"),
    ],
)
def test_what_nobody_reads_is_refused_in_words(checkpoint, files, words):
    folder = checkpoint(**files)
    place = folder / "nodes.json" if "nodes.json" in files else folder
    with pytest.raises(NotRecognised) as refused:
        recognise(on_disk(place))
    assert words in refused.value.message


def test_nothing_at_all_is_refused_too(tmp_path):
    with pytest.raises(NotRecognised, match="nothing at"):
        on_disk(tmp_path / "nowhere")


def test_a_model_of_the_hub_is_told_from_the_beginnings_of_its_files(monkeypatch):
    weights = tensors("transformer.single_transformer_blocks.0.lora_A.weight") + bytes(10_000)
    hub = Hub({"maker/moss": {"moss.safetensors": weights}})
    monkeypatch.setenv("HF_ENDPOINT", hub.url())
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    try:
        commit, files = line.listing("maker/moss", "main")
        assert recognise(on_hub("maker/moss", commit, files)).base == "flux-dev"
        assert all(asked.headers["range"].startswith("bytes=0-") for asked in hub.asked if asked.door == "cdn")
    finally:
        hub.close()


def test_what_a_checkpoint_needs_of_other_repositories_is_told(tmp_path):
    (tmp_path / "audiogen").mkdir()
    for name in ("state_dict.bin", "compression_state_dict.bin"):
        (tmp_path / "audiogen" / name).write_bytes(b"numbers")
    assert recognise(on_disk(tmp_path / "audiogen")).also == {"google-t5/t5-large": ()}
    (tmp_path / "audiogen/t5").mkdir()
    (tmp_path / "audiogen/t5/config.json").write_text("{}")
    assert recognise(on_disk(tmp_path / "audiogen")).also == {}
    (tmp_path / "world").mkdir()
    (tmp_path / "world/model.safetensors").write_bytes(b"numbers")
    (tmp_path / "world/model_index.json").write_text('{"_class_name": "Cosmos2VideoToWorldPipeline"}')
    assert "Qwen/Qwen3Guard-Gen-0.6B" in recognise(on_disk(tmp_path / "world")).also
