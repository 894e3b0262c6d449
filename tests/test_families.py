"""What every family with weights does, on a tiny checkpoint, by the product's own path and through the queue."""

from __future__ import annotations

import gc
import hashlib
import weakref
from pathlib import Path

import pytest
from PIL import Image

from pipelines import catalogue
from pipelines.base import Model
from pipelines.faults import Cancelled
from pipelines.recognise import on_disk, recognise
from studio.library.media import probe
from tiny import Tiny, built, every

PINNED = (".bin", ".pt", ".pth", ".ckpt")


@pytest.fixture(params=every(), ids=lambda tiny: tiny.name)
def tiny(request) -> Tiny:
    return request.param


@pytest.fixture
def folder(tiny, tmp_path_factory) -> Path:
    return built(tiny, tmp_path_factory.getbasetemp())


@pytest.fixture
def model(tiny, folder, monkeypatch) -> Model:
    for name, value in tiny.smaller.items():
        monkeypatch.setattr(name, value)
    pins = {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (folder.rglob("*") if tiny.hashes else ())
        if file.suffix in PINNED
    }
    return Model(
        f"tiny-{tiny.name}", f"Tiny {tiny.name}", tiny.task, tiny.pipeline, repo=str(folder), revision="local",
        licence="none", hashes=pins, defaults=tiny.defaults,
    )  # fmt: skip


@pytest.fixture
def pictures(tmp_path) -> dict[str, Path]:
    """What a job may start from: a picture, another, and a mask whose middle is white."""
    made = {name: tmp_path / f"{name}.png" for name in ("a", "b", "mask")}
    for n, name in enumerate("ab"):
        Image.linear_gradient("L").rotate(90 * n).resize((96, 64)).convert("RGB").save(made[name])
    mask = Image.new("L", (96, 64))
    mask.paste(255, (24, 16, 72, 48))
    mask.save(made["mask"])
    return made


class Here:
    def __init__(self, workdir: Path, stop_at: str = ""):
        self.workdir, self.heard, self.stop_at = workdir, list[tuple[float, str]](), stop_at
        workdir.mkdir()

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        if self.stop_at and note.startswith(self.stop_at):
            raise Cancelled


def given(tiny: Tiny, files: dict) -> dict:
    """The job's options, its media named by `files`: one where one name is given, else several."""
    media = {name: tuple(files[w] for w in which) for name, which in tiny.media.items()}
    several = {n for n in media if "tuple" in str(find(tiny).Options.model_fields[n].annotation)}
    return {**tiny.options, **{name: found if name in several else found[0] for name, found in media.items()}}


def find(tiny: Tiny):
    return Model("x", "X", tiny.task, tiny.pipeline).cls


def test_it_loads_makes_the_same_again_and_lets_go(tiny, model, pictures, tmp_path):
    pipeline = model.cls(model)
    pipeline.load()
    options = model.options(**{"seed": 7, **given(tiny, pictures)})
    contexts = [Here(tmp_path / name) for name in "abc"]
    made = [[f.read_bytes() for f in pipeline.run(options, context)] for context in contexts[:2]]
    assert made[0] == made[1], "the same options make the same bytes"
    if tiny.seeded:
        other = [f.read_bytes() for f in pipeline.run(options.model_copy(update={"seed": 8}), contexts[2])]
        assert other != made[0], "another seed makes another take"
    fractions = [fraction for fraction, _ in contexts[0].heard]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    steps = {note for _, note in contexts[0].heard if note.startswith("step ")}
    assert len(steps) >= tiny.steps, f"every step is told: {steps}"
    held = weakref.ref(pipeline.loaded) if hasattr(type(pipeline.loaded), "__weakref__") else None
    pipeline.unload()
    gc.collect()
    assert held is None or held() is None, "unloaded, nothing holds the network"


def test_it_stops_between_steps(tiny, model, pictures, tmp_path):
    if not tiny.steps:
        pytest.skip("has no steps")
    pipeline = model.cls(model)
    pipeline.load()
    context = Here(tmp_path / "work", stop_at="step 1 ")
    with pytest.raises(Cancelled):
        [*pipeline.run(model.options(**{"seed": 7, **given(tiny, pictures)}), context)]
    assert not any(note.startswith("step 2 ") for _, note in context.heard)
    pipeline.unload()


def test_it_makes_its_take_through_the_queue(tiny, model, pictures, studio, work, monkeypatch):
    monkeypatch.setattr(catalogue, "MODELS", [*catalogue.MODELS, model])
    ids = {name: studio.library.add(file).id for name, file in pictures.items()}
    job = work(model.id, **given(tiny, ids))
    assert job.status == "done", job.error
    found = probe(job.assets[0].path)
    assert {name: getattr(found, name) for name in tiny.makes} == tiny.makes
    assert job.assets[0].recipe.model == model.id


def test_it_is_recognised_from_its_files(tiny, folder):
    found = recognise(on_disk(folder))
    family = getattr(tiny, "stands_for", "") or tiny.pipeline
    assert (found.task, found.family.split(":")[0]) == (tiny.task, family.split(":")[0])


def test_every_model_with_weights_is_of_a_family_tested_here():
    tested = {tiny.stands_for or tiny.pipeline for tiny in every()}
    assert {m.pipeline for m in catalogue.MODELS if m.repo} <= tested
