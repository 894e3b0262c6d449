"""The picture models, on tiny checkpoints: from a source, into a mask, in batches, and wearing LoRAs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from pipelines import canvas, catalogue, loras
from pipelines.base import Model
from pipelines.faults import BrokenWeights, Invalid
from tiny.edit import QWEN, sides
from tiny.edit import TINY as TINY_EDITS
from tiny.image import TINY as TINY_PICTURES

SMALL = {"prompt": "a lighthouse at dusk", "width": 256, "height": 256, "steps": 4, "seed": 7}
TINY = {tiny.name: tiny for tiny in [*TINY_PICTURES, *TINY_EDITS]}
REPAINTS = [tiny.name for tiny in TINY_PICTURES if tiny.name != "flux2-klein"]


class Here:
    def __init__(self, workdir: Path):
        self.workdir, self.heard = workdir, list[str]()
        workdir.mkdir(exist_ok=True)

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append(note)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture
def opened(checkpoints):
    """A tiny model, and its pipeline, loaded."""
    loaded = []

    def opened(name: str):
        tiny, folder = TINY[name], checkpoints / name
        if not folder.exists():
            tiny.build(folder)
        model = Model(f"tiny-{name}", "Tiny", "image", tiny.pipeline, repo=str(folder), licence="none")
        pipeline = model.cls(model)
        pipeline.load()
        loaded.append(pipeline)
        return model, pipeline

    yield opened
    for pipeline in loaded:
        pipeline.unload()


@pytest.fixture
def given(tmp_path) -> dict[str, Path]:
    """A source, wider than high, and a mask whose middle is white."""
    source, mask = tmp_path / "source.png", tmp_path / "mask.png"
    Image.effect_noise((96, 64), 90).convert("RGB").save(source)
    white = Image.new("L", (96, 64))
    white.paste(255, (36, 20, 60, 44))
    white.save(mask)
    return {"source": source, "mask": mask}


def made(pipeline, options, folder: Path) -> list[Image.Image]:
    return [Image.open(io.BytesIO(path.read_bytes())) for path in pipeline.run(options, Here(folder))]


@pytest.mark.parametrize("name", REPAINTS)
def test_a_source_is_repainted_and_a_mask_alone_is_filled(name, opened, given, tmp_path):
    model, pipeline = opened(name)
    source = canvas.picture(given["source"], (256, 256))
    options = model.options(**SMALL, source=given["source"], strength=0.5)
    context = Here(tmp_path / "steps")
    (path,) = pipeline.run(options, context)
    assert Image.open(path).size == (256, 256)
    assert "step 2 of 2" in context.heard, "half the strength is half the steps"
    (kept,) = made(pipeline, model.options(**SMALL, source=given["source"], strength=0), tmp_path / "kept")
    assert not ImageChops.difference(kept, source).getbbox(), "no strength gives it back"
    (least,) = made(pipeline, model.options(**SMALL, source=given["source"], strength=0.01), tmp_path / "least")
    assert least.size == (256, 256), "the least strength is one step"
    if "mask" not in model.cls.Options.model_fields:
        return
    (filled,) = made(pipeline, model.options(**SMALL, **given, strength=1), tmp_path / "filled")
    touched = ImageChops.difference(filled, source).getbbox()
    assert touched, "the mask is painted"
    assert min(touched[:2]) > 60, f"and nothing else is: {touched}"
    assert max(touched[2:]) < 196


@pytest.mark.parametrize("name", ["sdxl", "sd-3.5", "sana-sprint", "flux2-klein"])
def test_a_size_that_the_network_cannot_draw_is_drawn_larger_and_cut(name, opened, given, tmp_path):
    model, pipeline = opened(name)
    options = {**SMALL, "width": 264, "height": 280, "steps": 1}
    assert [picture.size for picture in made(pipeline, model.options(**options), tmp_path / "a")] == [(264, 280)]
    again = model.options(**options, source=given["source"])
    assert [picture.size for picture in made(pipeline, again, tmp_path / "b")] == [(264, 280)]


def test_klein_changes_a_source_looks_at_references_and_fills_a_mask(opened, given, tmp_path):
    model, pipeline = opened("flux2-klein")
    asked = [
        {},
        {"source": given["source"]},
        {"source": given["source"], "references": (given["mask"],)},
        {"references": (given["source"], given["mask"])},
        {"source": given["source"], "mask": given["mask"]},
    ]
    pictures = [
        made(pipeline, model.options(**SMALL, **more), tmp_path / str(n))[0].tobytes() for n, more in enumerate(asked)
    ]
    assert len(set(pictures)) == len(asked), "each of them is heeded"


@pytest.mark.parametrize("name", ["flux-kontext", "qwen-edit"])
def test_a_change_keeps_the_sources_shape_and_stays_within_its_mask(name, opened, given, tmp_path, monkeypatch):
    monkeypatch.setattr(f"{QWEN}_edit_inpaint.calculate_dimensions", lambda area, ratio: (*sides(area, ratio), None))
    model, pipeline = opened(name)
    options = model.options(prompt="make it winter", steps=2, megapixels=0.1, seed=7, **given)
    (changed,) = made(pipeline, options, tmp_path / "work")
    assert changed.size == canvas.outline((96, 64), 0.1) == (384, 256)
    touched = ImageChops.difference(changed, canvas.picture(given["source"], changed.size)).getbbox()
    assert touched, "the mask is painted"
    assert touched[0] > 110, f"and nothing else is: {touched}"
    assert touched[2] < 274


def test_each_picture_of_a_batch_can_be_made_again_alone(opened, studio, work, monkeypatch):
    model, _ = opened("flux-schnell")
    monkeypatch.setattr(catalogue, "MODELS", [*catalogue.MODELS, model])
    job = work(model.id, **{**SMALL, "steps": 1, "count": 3})
    assert job.status == "done", job.error
    recipes = [asset.recipe.options for asset in job.assets]
    assert [(recipe["seed"], recipe["count"]) for recipe in recipes] == [(7, 1), (8, 1), (9, 1)]
    assert job.result["seeds"] == [7, 8, 9]
    again = work(model.id, **recipes[1])
    assert [asset.id for asset in again.assets] == [job.assets[1].id]


def test_words_read_once_make_the_same_picture_as_words_read_anew(opened, tmp_path):
    model, pipeline = opened("sdxl")
    first, second = ({**SMALL, "steps": 1, "prompt": words} for words in ("a lighthouse", "a harbour"))
    fresh = [made(pipeline, model.options(**options), tmp_path / "a")[0].tobytes() for options in (first, second)]
    known = made(pipeline, model.options(**second), tmp_path / "b")[0].tobytes()
    assert fresh[0] != fresh[1] == known
    guided = made(pipeline, model.options(**second, guidance=0), tmp_path / "c")[0].tobytes()
    assert guided != known, "what is read without guidance is not taken for what is read with it"


# --- what cannot be meant --------------------------------------------------------------------------------------------


def test_a_mask_without_a_source_is_refused_by_name(given):
    with pytest.raises(Invalid, match="mask needs a source"):
        catalogue.find("flux-dev").options(prompt="x", mask=given["mask"])


@pytest.mark.parametrize("model", [m for m in catalogue.MODELS if m.pipeline.startswith("pipelines.edit")])
def test_a_model_that_changes_pictures_asks_for_one(model):
    with pytest.raises(Invalid, match="source"):
        model.options(prompt="make it winter")
    assert model.needs_files
    assert catalogue.default("image").id != model.id


@pytest.mark.parametrize(
    "wanted", [["moss"], ["maker/moss:0.5"], ["moss:strong"], ["moss:9"], ["moss", "moss:2"], ["../x/y"]]
)
def test_a_lora_that_is_not_there_or_not_meant_is_refused(wanted, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Invalid, match="loras"):
        catalogue.find("flux-dev").options(prompt="x", loras=wanted)


def test_a_picture_with_holes_is_a_mask_of_its_holes(tmp_path):
    holed = Image.new("RGBA", (64, 64), "red")
    holed.paste((0, 0, 0, 0), (16, 16, 48, 48))
    holed.save(tmp_path / "holed.png")
    mask = canvas.mask(tmp_path / "holed.png", (64, 64))
    assert (mask.getpixel((32, 32)), mask.getpixel((4, 4))) == (255, 0)


# --- LoRAs -----------------------------------------------------------------------------------------------------------


def lora(pipe, file: Path, seed: int) -> None:
    """A LoRA for every query of a pipeline's network, as trainers save it."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    name = "unet" if hasattr(pipe, "unet") else "transformer"
    tensors = {}
    for path, part in getattr(pipe, name).named_modules():
        if path.endswith("to_q"):
            tensors[f"{name}.{path}.lora_A.weight"] = torch.randn(2, part.in_features)
            tensors[f"{name}.{path}.lora_B.weight"] = torch.randn(part.out_features, 2)
    save_file(tensors, file)


@pytest.fixture
def added(studio, tmp_path):
    """LoRAs in models.toml: as `studio models add` writes them."""

    def added(base: str, **files: Path) -> None:
        tables = [f'[{name}]\nrepo = "{file}"\nbase = "{base}"\n' for name, file in files.items()]
        (studio.home / "models.toml").write_text("\n".join(tables))
        assert not catalogue.owned.now().faults

    return added


@pytest.mark.parametrize(
    ("name", "base"), [("flux-dev", "flux-dev"), ("sdxl", "sdxl"), ("z-image-turbo", "z-image-turbo")]
)
def test_loras_are_worn_together_by_weight_and_taken_off_without_a_trace(name, base, opened, added, tmp_path):
    model, pipeline = opened(name)
    files = {"moss": tmp_path / "moss.safetensors", "ink": tmp_path / "ink.safetensors"}
    for seed, file in enumerate(files.values()):
        lora(pipeline.loaded, file, seed)
    added(base, **files)
    assert loras.names() == ["ink", "moss"]

    def wearing(*wanted: str) -> bytes:
        options = model.options(**{**SMALL, "steps": 1}, loras=wanted)
        return made(pipeline, options, tmp_path / "work")[0].tobytes()

    bare, moss, half, both = wearing(), wearing("moss"), wearing("moss:0.5"), wearing("moss", "ink:0.7")
    assert len({bare, moss, half, both}) == 4
    assert wearing("ink:0.7", "moss:1") == both
    assert wearing("moss:0") == bare == wearing()


def test_a_model_with_a_lora_is_a_model_of_its_own(opened, added, tmp_path):
    _, pipeline = opened("flux-dev")
    lora(pipeline.loaded, tmp_path / "moss.safetensors", 0)
    added("flux-dev", moss=tmp_path / "moss.safetensors")
    assert catalogue.find("moss").options(prompt="x").model_dump()["loras"] == ("moss",)
    assert catalogue.find("flux-dev").schema()["properties"]["loras"]["examples"] == ["moss"]


def test_a_lora_for_another_model_or_a_broken_one_fails_with_words_and_leaves_the_model_whole(opened, added, tmp_path):
    model, pipeline = opened("flux-dev")
    _, other = opened("sdxl")
    files = {"foreign": tmp_path / "foreign.safetensors", "broken": tmp_path / "broken.safetensors"}
    lora(other.loaded, files["foreign"], 0)
    files["broken"].write_bytes(b"\xff" * 100)
    added("flux-dev", **files)
    bare = made(pipeline, model.options(**{**SMALL, "steps": 1}), tmp_path / "a")[0].tobytes()
    with pytest.raises(loras.WrongLora, match="foreign"):
        made(pipeline, model.options(**SMALL, loras=["foreign"]), tmp_path / "b")
    with pytest.raises((loras.WrongLora, BrokenWeights), match="broken"):
        made(pipeline, model.options(**SMALL, loras=["broken"]), tmp_path / "c")
    assert made(pipeline, model.options(**{**SMALL, "steps": 1}), tmp_path / "d")[0].tobytes() == bare


def test_a_lora_in_the_hubs_cache_is_worn_by_its_name_there(opened, monkeypatch, tmp_path):
    model, pipeline = opened("flux-dev")
    shelf = tmp_path / "models--maker--moss"
    (shelf / "snapshots" / ("a" * 40)).mkdir(parents=True)
    (shelf / "refs").mkdir()
    (shelf / "refs" / "main").write_text("a" * 40)
    lora(pipeline.loaded, shelf / "snapshots" / ("a" * 40) / "v2.safetensors", 0)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in ("maker/moss:0.8", "maker/moss/v2.safetensors:0.8"):
        assert made(pipeline, model.options(**{**SMALL, "steps": 1}, loras=[name]), tmp_path / "work")
