"""One run of a workflow on the ComfyUI server at STUDIO_COMFYUI_URL: queued, followed over its websocket, stopped.

After https://docs.comfy.org/development/comfyui-server/comms_routes and comms_messages. Where the websocket breaks, the
server's history is asked until it is back.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines import workflow
from pipelines.base import Context
from pipelines.faults import Fault, OutOfMemory

PULSE_S, LOOK_S, PATIENCE_S = 0.3, 1.0, 30.0
"""How often a cancel is noticed; how often the server is asked when it says nothing; how long it may be gone."""
LAST = ("execution_success", "execution_error", "execution_interrupted")


class WorkflowRefused(Fault):
    """ComfyUI does not take the workflow as it stands."""


class WorkflowFailed(Fault):
    """A node of the workflow failed, or it was stopped on the server."""


def url() -> str:
    return os.environ.get("STUDIO_COMFYUI_URL", "").rstrip("/")


def upload(client: Any, picture: Path) -> str:
    """Put a picture among the server's inputs; what a node calls it there."""
    name = f"homereel-{uuid.uuid4().hex[:12]}{picture.suffix}"
    answer = client.post("/upload/image", files={"image": (name, picture.read_bytes())}, data={"type": "input"})
    if answer.status_code != 200:
        raise WorkflowRefused(f"ComfyUI did not take the picture: {answer.text[:200]}", "Try it as a PNG.")
    said = answer.json()
    return f"{said['subfolder']}/{said['name']}" if said.get("subfolder") else said["name"]


class Run:
    """One run of a workflow on the server, from the queue to its end."""

    def __init__(self, client: Any, filled: workflow.Workflow, context: Context):
        self.client, self.workflow, self.context = client, filled, context
        self.id, self.reader = "", uuid.uuid4().hex
        self.done, self.now = set[str](), ""
        self.ending = False
        self.part, self.so_far, self.note = 0.0, 0.0, "waiting in ComfyUI's queue"

    def outcome(self) -> dict[str, Any]:
        """What the server says of it once it is over. However this ends before that, the server is told to stop."""
        over = False
        line = self.connected()
        try:
            self.queue()
            asked = known_at = time.monotonic()
            while True:
                self.tell()
                line = self.heard(line)
                now = time.monotonic()
                if line and now - asked < LOOK_S and not self.ending:
                    continue
                asked, self.ending = now, False
                history, known = self.looked()
                if history:
                    over = True
                    return self.judged(history)
                known_at = now if known else known_at
                if now - known_at > PATIENCE_S:
                    raise WorkflowFailed("ComfyUI is gone, or knows the job no more.", "Look whether it runs; retry.")
                line = line or self.connected()
        finally:
            if line:
                line.close()
            if not over and self.id:
                self.stop()

    def connected(self) -> Any:
        """The server's messages; None while it gives none."""
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        where = urlsplit(url())
        secure = "wss" if where.scheme == "https" else "ws"
        with suppress(OSError, WebSocketException):
            return connect(
                f"{secure}://{where.netloc}{where.path}/ws?clientId={self.reader}",
                open_timeout=5, close_timeout=1, max_size=64 * 2**20,
            )  # fmt: skip
        return None

    def queue(self) -> None:
        answer = self.client.post("/prompt", json={"prompt": self.workflow, "client_id": self.reader})
        said = json_of(answer)
        if answer.status_code != 200 or "prompt_id" not in said:
            raise WorkflowRefused(*refusal(self.workflow, said, answer.status_code))
        self.id = said["prompt_id"]

    def heard(self, line: Any) -> Any:
        """Take in the next message about this run, if one comes soon. Gives the line back, or None when it broke."""
        from websockets.exceptions import WebSocketException

        if line is None:
            time.sleep(PULSE_S)
            return None
        try:
            said = line.recv(timeout=PULSE_S)
        except TimeoutError:
            return line
        except (OSError, WebSocketException):
            return None
        with suppress(ValueError):
            message = json.loads(said) if isinstance(said, str) else {}  # bytes are a preview
            data = message.get("data") or {}
            if self.id and data.get("prompt_id") == self.id:
                self.understand(str(message.get("type")), data)
        return line

    def understand(self, what: str, data: dict[str, Any]) -> None:
        """Keep what a message tells; after the last one the server is asked how it ended."""
        node = str(data.get("node") or "")
        if what == "execution_cached":
            self.done |= set(map(str, data.get("nodes") or ()))
        elif what == "executing" and node:
            self.done |= {self.now} - {""}
            self.now, self.part, self.note = node, 0.0, workflow.title(self.workflow, node)
        elif what == "progress" and data.get("max"):
            self.part = min(1.0, data.get("value", 0) / data["max"])
            self.note = f"step {data.get('value')} of {data['max']}, {workflow.title(self.workflow, node)}"
        self.ending = what in LAST or (what == "executing" and not node)

    def tell(self) -> None:
        self.so_far = max(self.so_far, 0.95 * min(1.0, (len(self.done) + self.part) / max(1, len(self.workflow))))
        self.context.progress(self.so_far, self.note)

    def looked(self) -> tuple[dict[str, Any] | None, bool]:
        """Its history, when it is over; and whether the server knows of it at all."""
        import httpx

        try:
            history = json_of(self.client.get(f"/history/{self.id}")).get(self.id)
            return history, bool(history) or self.id in {*self.listed("queue_running"), *self.listed("queue_pending")}
        except httpx.TransportError:
            return None, False

    def listed(self, which: str) -> list[str]:
        return [str(entry[1]) for entry in json_of(self.client.get("/queue")).get(which) or () if len(entry) > 1]

    def stop(self) -> None:
        """Take it out of the queue, or stop it if it runs; another's work goes on."""
        import httpx

        with suppress(httpx.HTTPError):
            self.client.post("/queue", json={"delete": [self.id]})
            if self.id in self.listed("queue_running"):
                self.client.post("/interrupt", json={"prompt_id": self.id})

    def judged(self, history: dict[str, Any]) -> dict[str, Any]:
        """The history of a run that went well. Raises what went wrong in one that did not."""
        messages = {m[0]: m[1] for m in history.get("status", {}).get("messages") or () if len(m) > 1}
        if error := messages.get("execution_error"):
            node = workflow.title(self.workflow, str(error.get("node_id")))
            said = f"{node}: {str(error.get('exception_message', '')).strip()[:400]}"
            if "OutOfMemory" in str(error.get("exception_type")):
                raise OutOfMemory(f"ComfyUI ran out of memory. {said}", "Try it smaller, or free ComfyUI's memory.")
            raise WorkflowFailed(said, "Run the workflow in ComfyUI, which shows the node; then retry.")
        if "execution_interrupted" in messages:
            raise WorkflowFailed("It was stopped in ComfyUI.", "Retry.")
        return history


def json_of(answer: Any) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def refusal(filled: workflow.Workflow, said: dict[str, Any], status: int) -> tuple[str, str]:
    """What is wrong with the workflow, node by node, and what to do."""
    errors = said.get("node_errors")
    faults = [
        f"{workflow.title(filled, str(node))}: {error.get('message', '')} {error.get('details', '')}".strip()
        for node, entry in (errors.items() if isinstance(errors, dict) else ())
        for error in entry.get("errors", ())
    ]
    head = said.get("error")
    message = head.get("message", "") if isinstance(head, dict) else str(head or f"it answered {status}")
    text = "; ".join(faults[:5]) or message
    if "not in list" in text:
        return f"ComfyUI refuses the workflow. {text}"[:900], "Put that file on the server, or choose one it has."
    if "missing_node_type" in str(said) or "not found" in text or "does not exist" in text:
        return f"ComfyUI refuses the workflow. {text}"[:900], "Install the custom nodes it is made of on the server."
    return f"ComfyUI refuses the workflow. {text}"[:900], "Run it once in ComfyUI, then export it for the API again."
