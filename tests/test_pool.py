"""One device and many models: what stays loaded, what makes way, who goes first, and what an error leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from pipelines import catalogue, neighbours
from pipelines.base import Model, Options, Pipeline
from pipelines.placement import RUNGS, Placement, fitting
from pipelines.pool import Pool
from pipelines.weighted import Weighted
from studio.types import GenerationRequest, Job, Recipe
from studio.work.order import MOST_OVERTAKEN


class Frame(Options):
    """What the families here can be asked for."""

    width: int = 64
    fault: str = ""


class Small(Pipeline):
    """A family that needs memory, and makes a grey picture."""

    Options = Frame
    loads = 0

    @classmethod
    def build_for(cls, options):
        return "wide" if options.width > 64 else ""

    def load(self):
        self.loads += 1

    def run(self, options, context) -> Iterator[Path]:
        if options.fault:
            raise RuntimeError(options.fault)
        path = context.workdir / "grey.png"
        Image.new("L", (options.width, 64), options.seed % 255).save(path)
        yield path


class Big(Weighted):
    """One that fits on the device only once nothing else is on it, and half of itself is not."""

    Options = Frame

    @classmethod
    def status(cls, model):
        return "ready", ""

    def load(self):
        self.place = self.tight or Placement("cuda:0", "bfloat16")

    def run(self, options, context) -> Iterator[Path]:
        if self.place.offload == "none":
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        path = context.workdir / "big.png"
        Image.new("L", (64, 64)).save(path)
        yield path

    def unload(self):
        """There is nothing to give back."""


def model(name: str, family: str = "Small", gb: float = 4) -> Model:
    return Model(name, name.title(), "image", f"{__name__}:{family}", licence="none", vram_gb=gb)


@pytest.fixture
def models(monkeypatch):
    """These families as the catalogue's."""
    known = [model("one"), model("two"), model("big", "Big", 8)]
    monkeypatch.setattr(catalogue, "MODELS", [*catalogue.MODELS, *known])
    return known


def test_the_least_recently_used_makes_way():
    pool = Pool(budget_gb=9)
    one, two, three = model("one"), model("two"), model("three")
    for wanted in (one, two, one, three):
        pool.get(wanted)
    assert pool.models == ["one", "three"]


def test_a_loaded_model_is_not_loaded_again_but_in_another_build():
    pool, one = Pool(budget_gb=20), model("one")
    first = pool.get(one, Frame())
    assert pool.get(one, Frame(seed=3)) is first
    assert first.loads == 1
    assert pool.get(one, Frame(width=128)) is not first


def test_what_fits_decides_how_much_stays_in_main_memory():
    assert [fitting(24, free) for free in (32, 20, 8, 2)] == list(RUNGS)


def test_out_of_memory_is_answered_with_less_on_the_device(models, studio, worker):
    worker.pool.get(models[0])
    job, _ = studio.submit(GenerationRequest(model="big"))
    worker.run_next()
    assert studio.queue.get(job.id).status == "done"
    assert worker.pool.models == ["big"], "the others made way"


@pytest.mark.parametrize(
    ("fault", "type", "leaves"),
    [
        ("CUDA out of memory. Tried to allocate 2.00 GiB", "out_of_memory", False),
        ("MPS backend out of memory (MPS allocated: 9 GB)", "out_of_memory", False),
        ("CUDA error: an illegal memory access was encountered\nmore", "device_broken", True),
        ("the sizes differ", "internal", False),
    ],
)
def test_a_fault_has_a_type_and_the_next_job_runs(models, studio, worker, fault, type, leaves):
    bad, _ = studio.submit(GenerationRequest(model="one", options={"fault": fault}))
    good, _ = studio.submit(GenerationRequest(model="one", options={"width": 32}))
    worker.run_next()
    error = studio.queue.get(bad.id).error
    assert error.type == type
    assert error.advice
    assert worker.leaving.is_set() == leaves, "a worker whose device is lost goes, and another one comes"
    worker.leaving.clear()
    worker.run_next()
    assert studio.queue.get(good.id).status == "done"


def put(studio, name: str, lane: str = "device") -> str:
    recipe = Recipe(model=name, revision="main", options={})
    return studio.queue.put(Job(task="image", model=name, recipe=recipe), lane).id


def order(studio, loaded: list[str]) -> list[str]:
    """Everything in line, as a worker takes it; what it takes is then what it has loaded."""
    taken = []
    while claim := studio.queue.claim("w", ("device", "cpu"), loaded):
        taken.append(claim.job.id)
        if claim.job.model in ("one", "two"):
            loaded = [claim.job.model]
    return taken


def test_jobs_for_a_loaded_model_go_together(studio):
    a, b, c, d = (put(studio, name) for name in ("one", "two", "one", "two"))
    assert order(studio, ["one"]) == [a, c, b, d]


def test_nobody_is_overtaken_for_ever_and_a_draft_never(studio):
    first = put(studio, "two")
    others = [put(studio, "one") for _ in range(MOST_OVERTAKEN + 4)]
    assert order(studio, ["one"]).index(first) == MOST_OVERTAKEN
    draft = put(studio, "draft-image", "cpu")
    put(studio, "one")
    assert order(studio, ["one"])[0] == draft
    assert others


class Ollama(BaseHTTPRequestHandler):
    """A server that speaks the part of Ollama's API that says what is loaded, and lets go of it."""

    loaded = ["qwen3:8b", "llava"]

    def answer(self, body: dict) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self):
        assert self.path == "/api/ps"
        self.answer({"models": [{"name": name, "size_vram": 5 * 10**9} for name in self.loaded]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["keep_alive"] == 0
        self.loaded.remove(asked["model"])
        self.answer({"done": True, "done_reason": "unload"})

    def log_message(self, *_): ...


def test_an_llm_server_on_this_machine_lets_go_of_the_device(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Ollama)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("STUDIO_LLM_URL", f"http://127.0.0.1:{server.server_port}/v1")
    try:
        assert neighbours.let_go()
        assert Ollama.loaded == []
        assert not neighbours.let_go(), "there is nothing left to gain"
    finally:
        server.shutdown()
        server.server_close()
    assert not neighbours.let_go(within_s=1), "nobody is there"


def test_another_machine_is_not_asked(monkeypatch):
    monkeypatch.setenv("STUDIO_LLM_URL", "http://198.51.100.7:11434")
    assert not neighbours.let_go()
