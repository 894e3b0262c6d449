"""A ComfyUI workflow as a model: its nodes are found, and a server that speaks ComfyUI's protocol runs it."""

import copy
import io
import json
import threading
from dataclasses import replace

import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from conftest import until
from pipelines import catalogue, comfyui_run, server, workflow
from pipelines.base import Model
from pipelines.comfyui_run import WorkflowFailed, WorkflowRefused
from pipelines.faults import Cancelled, Invalid, OutOfMemory, Unavailable

FLOW = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 1, "steps": 20, "cfg": 7.5, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": ["11", 0], "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["10", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "Save it"}},
    "10": {"class_type": "PrimitiveString", "inputs": {"value": "a fox"}},
    "11": {"class_type": "PrimitiveInt", "inputs": {"value": 768}},
    "12": {"class_type": "LoadImage", "inputs": {"image": "example.png"}, "_meta": {"title": "First frame"}},
}  # fmt: skip


class Comfy:
    """Enough of ComfyUI: it paints one picture from what it is asked, step by step, and keeps what happened."""

    def __init__(self):
        self.asked, self.uploads, self.stopped = [], {}, []
        self.refusal, self.error, self.drop, self.hold = None, None, False, threading.Event()
        self.hold.set()
        self.history, self.running, self.lines = {}, [], {}
        routes = [
            Route("/prompt", self.prompt, methods=["POST"]),
            Route(
                "/history/{id}",
                lambda r: JSONResponse({k: v for k, v in self.history.items() if k == r.path_params["id"]}),
            ),
            Route("/queue", lambda r: JSONResponse({"queue_running": self.running, "queue_pending": []})),
            Route("/queue", self.delete, methods=["POST"]),
            Route("/interrupt", self.interrupt, methods=["POST"]),
            Route("/upload/image", self.upload, methods=["POST"]),
            Route("/view", self.view),
            WebSocketRoute("/ws", self.line),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error", ws="websockets-sansio"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        self.url = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def close(self):
        self.hold.set()
        self.server.should_exit = True
        self.thread.join(30)

    async def line(self, socket):
        await socket.accept()
        self.lines[socket.query_params["clientId"]] = socket
        await socket.send_json({"type": "status", "data": {"sid": "x"}})
        try:
            while True:
                await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            pass

    async def prompt(self, request):
        import asyncio

        said = await request.json()
        self.asked.append(said["prompt"])
        if self.refusal:
            return JSONResponse(self.refusal, 400)
        name = f"run-{len(self.asked)}"
        self.running.append([len(self.asked), name, {}, {}, []])
        self.task = asyncio.create_task(self.work(name, said))
        return JSONResponse({"prompt_id": name, "number": 1, "node_errors": {}})

    async def work(self, name, said):
        import asyncio

        line = self.lines.get(said["client_id"])

        async def tell(kind, **data):
            if line and not self.drop:
                await line.send_json({"type": kind, "data": {"prompt_id": name, **data}})

        await tell("execution_start")
        await tell("execution_cached", nodes=["4"])
        await tell("executing", node="3")
        for step in (1, 2):
            await tell("progress", node="3", value=step, max=2)
            if line and not self.drop:
                await line.send_bytes(b"\0\0\0\1\0\0\0\1preview")
        if self.drop and line:
            await line.close()
        while not self.hold.is_set():
            await asyncio.sleep(0.02)
        messages = [["execution_start", {}]]
        outputs = {"9": {"images": [{"filename": f"{name}.png", "subfolder": "a", "type": "output"}]}}
        if name in self.stopped:
            messages.append(["execution_interrupted", {"node_id": "3"}])
        elif self.error:
            messages.append(["execution_error", {"node_id": "9", "node_type": "SaveImage", **self.error}])
        self.history[name] = {"outputs": outputs, "status": {"completed": not self.error, "messages": messages}}
        self.running.clear()
        await tell("execution_error" if self.error else "execution_success")

    async def delete(self, request):
        await request.json()
        return Response()

    async def interrupt(self, request):
        self.stopped.append((await request.json()).get("prompt_id"))
        self.hold.set()
        return Response()

    async def upload(self, request):
        async with request.form() as form:
            self.uploads[form["image"].filename] = await form["image"].read()
            return JSONResponse({"name": form["image"].filename, "subfolder": "", "type": "input"})

    def view(self, request):
        asked = self.asked[int(request.query_params["filename"].split("-")[1].split(".")[0]) - 1]
        size = (asked["5"]["inputs"]["width"] // 8, asked["11"]["inputs"]["value"] // 8)
        made = io.BytesIO()
        Image.new("RGB", size, (asked["3"]["inputs"]["seed"] % 256, 0, 0)).save(made, "png")
        return Response(made.getvalue(), media_type="image/png")


@pytest.fixture
def comfy(monkeypatch):
    running = Comfy()
    monkeypatch.setenv("STUDIO_COMFYUI_URL", running.url)
    server.forget()
    yield running
    running.close()
    server.forget()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "fox.json"
    path.write_text(json.dumps(FLOW))
    return Model("fox", "Fox", "image", "pipelines.comfyui:Workflow", repo=str(path), licence="its maker's")


class Desk:
    def __init__(self, workdir, stop_at=None):
        self.workdir, self.stop_at, self.heard, self.notes = workdir, stop_at, [], []
        workdir.mkdir(exist_ok=True)

    def progress(self, fraction, note=""):
        self.heard.append(fraction)
        self.notes.append(note)
        if self.stop_at and note.startswith(self.stop_at):
            raise Cancelled


def run(model, desk, **options):
    return [*model.cls(model).run(model.options(**options), desk)]


def test_its_nodes_are_found_by_what_they_are_and_are_linked_to():
    assert workflow.spots(FLOW, {}) == {
        "prompt": [("10", "value")], "negative_prompt": [("7", "text")], "steps": [("3", "steps")],
        "guidance": [("3", "cfg")], "seed": [("3", "seed")], "width": [("5", "width")], "height": [("11", "value")],
        "start": [("12", "image")],
    }  # fmt: skip


def test_a_title_or_a_mapping_says_it_better():
    flow = copy.deepcopy(FLOW)
    flow["20"] = {"class_type": "Text", "inputs": {"text": "x"}, "_meta": {"title": "My prompt"}}
    assert workflow.spots(flow, {})["prompt"] == [("20", "text")]
    assert workflow.spots(flow, {"prompt": "6.text, 7.text"})["prompt"] == [("6", "text"), ("7", "text")]
    with pytest.raises(workflow.NoWorkflow, match=r"6\.txt"):
        workflow.spots(flow, {"prompt": "6.txt"})


def test_its_options_are_what_the_workflow_takes_with_its_own_values(model):
    fields = model.cls.Options.model_fields
    assert set(fields) == {
        "seed", "prompt", "negative_prompt", "start", "width", "height", "steps", "guidance",
    }  # fmt: skip
    chosen = model.options(prompt="a hare")
    assert (chosen.negative_prompt, chosen.width, chosen.height, chosen.steps) == ("blurry", 512, 768, 20)
    assert model.schema()["properties"]["start"]["x-media"] == ["image"]
    with pytest.raises(Invalid, match="mask"):
        model.options(prompt="a hare", mask="x")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read"),
        ('{"nodes": [], "links": []}', "ComfyUI's window"),
        ("[]", "no ComfyUI workflow"),
        ("{}", "no ComfyUI"),
    ],
)
def test_a_file_that_is_no_workflow_says_so_with_the_cure(model, tmp_path, text, why):
    (tmp_path / "fox.json").write_text(text)
    status, said = model.status()
    assert status == "not_downloaded"
    assert why in said
    assert "Export (API)" in said


def test_it_tells_what_it_needs(model, monkeypatch):
    server.forget()
    monkeypatch.delenv("STUDIO_COMFYUI_URL", raising=False)
    assert model.status()[0] == "needs_server"
    monkeypatch.setenv("STUDIO_COMFYUI_URL", "http://127.0.0.1:1")
    assert "No ComfyUI answers at http://127.0.0.1:1" in model.status()[1]
    assert "There is no workflow" in replace(model, repo="/nowhere/x.json").status()[1]
    server.forget()


def test_it_fills_the_nodes_follows_the_steps_and_fetches_the_file(comfy, model, tmp_path):
    assert model.status() == ("ready", "")
    desk = Desk(tmp_path / "work")
    [made] = run(model, desk, prompt="a hare", seed=7, width=256, steps=2)
    assert made.parent == desk.workdir
    assert Image.open(made).size == (32, 96)
    [asked] = comfy.asked
    assert asked["10"]["inputs"]["value"] == "a hare"
    assert (asked["3"]["inputs"]["seed"], asked["3"]["inputs"]["steps"]) == (7, 2)
    assert asked["12"]["inputs"]["image"] == "example.png"
    assert desk.heard == sorted(desk.heard)
    assert any(note.startswith("step 2 of 2, KSampler") for note in desk.notes)


def test_the_same_options_make_the_same_bytes(comfy, model, tmp_path):
    once, again = (run(model, Desk(tmp_path / name), prompt="a hare", seed=7)[0].read_bytes() for name in "ab")
    other = run(model, Desk(tmp_path / "c"), prompt="a hare", seed=8)[0].read_bytes()
    assert once == again != other


def test_a_picture_is_sent_to_the_server_first(comfy, model, tmp_path):
    start = tmp_path / "start.png"
    Image.new("RGB", (8, 8)).save(start)
    run(model, Desk(tmp_path / "work"), prompt="a hare", start=start)
    [(name, sent)] = comfy.uploads.items()
    assert sent == start.read_bytes()
    assert comfy.asked[0]["12"]["inputs"]["image"] == name


def test_a_broken_line_is_no_broken_job(comfy, model, tmp_path):
    comfy.drop = True
    [made] = run(model, Desk(tmp_path / "work"), prompt="a hare")
    assert Image.open(made).size == (64, 96)


def test_a_stopped_job_is_stopped_on_the_server(comfy, model, tmp_path):
    comfy.hold.clear()
    with pytest.raises(Cancelled):
        run(model, Desk(tmp_path / "work", stop_at="step 2"), prompt="a hare")
    assert comfy.stopped == ["run-1"]


def test_what_a_node_says_goes_wrong_is_told_with_its_name(comfy, model, tmp_path):
    comfy.error = {"exception_message": "disk quota", "exception_type": "OSError"}
    with pytest.raises(WorkflowFailed, match="Save it: disk quota"):
        run(model, Desk(tmp_path / "a"), prompt="a hare")
    comfy.error = {"exception_message": "Allocation failed", "exception_type": "torch.OutOfMemoryError"}
    with pytest.raises(OutOfMemory, match="Allocation failed"):
        run(model, Desk(tmp_path / "b"), prompt="a hare")
    assert comfy.stopped == []


def test_a_refused_workflow_says_which_node_and_the_cure(comfy, model, tmp_path):
    fault = {
        "type": "value_not_in_list",
        "message": "Value not in list",
        "details": "ckpt_name: 'sdxl.safetensors' not in list",
    }
    comfy.refusal = {"error": {"message": "failed validation"}, "node_errors": {"4": {"errors": [fault]}}}
    with pytest.raises(WorkflowRefused, match=r"CheckpointLoaderSimple.*sdxl") as refused:
        run(model, Desk(tmp_path / "work"), prompt="a hare")
    assert "Put that file on the server" in refused.value.advice


def test_a_job_that_the_server_forgot_is_given_up(comfy, model, tmp_path, monkeypatch):
    monkeypatch.setattr(comfyui_run, "PATIENCE_S", 0.0)
    comfy.hold.clear()

    class Forgetful(Desk):
        def progress(self, fraction, note=""):
            super().progress(fraction, note)
            comfy.running.clear()

    with pytest.raises(WorkflowFailed, match="knows the job no more"):
        run(model, Forgetful(tmp_path / "work"), prompt="a hare")


def test_a_server_that_is_gone_is_named(model, tmp_path, monkeypatch):
    monkeypatch.setenv("STUDIO_COMFYUI_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 is gone"):
        run(model, Desk(tmp_path / "work"), prompt="a hare")


def test_it_goes_through_the_queue_into_the_library(comfy, model, work, home):
    (home / "models.toml").write_text(f'[fox]\nrepo = {json.dumps(model.repo)}\nfamily = "{model.pipeline}"\n')
    assert catalogue.find("fox").task == "image"
    job = work("fox", prompt="a hare", seed=3)
    assert job.status == "done", job.error
    assert (job.assets[0].kind, job.assets[0].width) == ("image", 64)
    assert job.recipe.options["prompt"] == "a hare"
