"""What is lossy is asked for by name, runs on every family that offers it, and leaves no trace on the next job."""

from __future__ import annotations

import logging

import pytest

from pipelines import compiled, shortcuts
from pipelines.pool import Pool
from test_families import Here, folder, given, model, pictures  # noqa: F401
from tiny import every

LOSSY = [tiny for tiny in every() if tiny.name in (
    "flux-dev", "qwen-image", "sdxl", "flux-kontext", "qwen-edit", "wan-two-networks", "ltx", "cogvideo", "hunyuan",
    "flux2-klein", "z-image", "sd-3.5",
)]  # fmt: skip


FLUX = [tiny for tiny in LOSSY if tiny.name == "flux-dev"]


@pytest.fixture(params=LOSSY, ids=lambda tiny: tiny.name)
def tiny(request):
    return request.param


@pytest.fixture
def make(tiny, model, pictures, tmp_path):  # noqa: F811
    """A take with this shortcut, from one pool."""
    pool, workdirs = Pool(budget_gb=100), (tmp_path / f"take-{n}" for n in range(99))

    def make(shortcut: str) -> bytes:
        options = model.options(**{**given(tiny, pictures), "seed": 7, "steps": 3, "shortcut": shortcut})
        return next(pool.get(model, options).run(options, Here(next(workdirs)))).read_bytes()

    make.pool, make.offered = pool, model.schema()["properties"]["shortcut"]["enum"]
    yield make
    pool.clear()


def test_every_shortcut_that_is_offered_runs_and_leaves_no_trace(tiny, make, monkeypatch):
    monkeypatch.setattr(shortcuts, "THRESHOLD", 1e9)  # random weights: every step may be skipped
    exact = make("exact")
    for shortcut in make.offered[1:]:
        assert make(shortcut) != exact, f"{shortcut} computes less"
    assert make("exact") == exact
    assert [build for _, build in make.pool.loaded] == ["fp8", ""], "fp8 is loaded beside, and what is exact stays so"


@pytest.mark.parametrize("tiny", FLUX, ids=lambda tiny: tiny.name, indirect=True)
def test_fp8_halves_the_weights(make):
    import torch

    make("fp8")
    (pipeline,) = make.pool.loaded.values()
    kinds = {weight.dtype for weight in pipeline.loaded.transformer.transformer_blocks.parameters()}
    assert torch.float8_e4m3fn in kinds


@pytest.mark.parametrize("tiny", FLUX, ids=lambda tiny: tiny.name, indirect=True)
def test_what_does_not_compile_runs_as_it_is_and_the_log_says_so(make, caplog):
    exact = make("exact")
    (pipeline,) = make.pool.loaded.values()

    def broken(graph, inputs):
        raise NotImplementedError("no such machine")

    with caplog.at_level(logging.WARNING, "pipelines.compiled"):
        compiled.quicken(pipeline.loaded, backend=broken)
        assert make("exact") == exact
    assert "runs uncompiled" in caplog.text


@pytest.mark.parametrize("tiny", FLUX, ids=lambda tiny: tiny.name, indirect=True)
def test_what_is_compiled_makes_the_same(make):
    exact, calls = make("exact"), []
    (pipeline,) = make.pool.loaded.values()

    def traced(graph, inputs):
        calls.append(len(inputs))
        return graph.forward

    compiled.quicken(pipeline.loaded, backend=traced)
    assert make("exact") == exact
    assert calls, "its blocks were compiled"


@pytest.mark.parametrize(("said", "wanted"), [("", False), ("False", False), ("1", True), ("True", True)])
def test_compiling_is_asked_for(monkeypatch, said, wanted):
    monkeypatch.setenv("STUDIO_COMPILE", said)
    assert compiled.wanted() is wanted
