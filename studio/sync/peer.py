"""The other studio, over HTTP: asked again where the line breaks, and each file goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from pipelines.faults import Conflict, Fault, Stale
from studio.sync.ledger import Merged, Sheet
from studio.sync.parcels import Label, OutOfStep, Parcels
from studio.types import Asset

PIECE = 4 << 20
TRIES = 4
T = TypeVar("T")


class LineBroken(Conflict):
    """The other studio cannot be reached, or stopped answering."""


class Refused(Conflict):
    """The other studio would not do it."""


class Peer:
    def __init__(self, url: str, key: str | None = None, pause_s: float = 0.5):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url.rstrip("/") + "/api/v1", headers=headers, timeout=60)
        self.url, self.pause_s, self.sent, self.fetched = url, pause_s, 0, 0

    def close(self) -> None:
        self.http.close()

    def hello(self) -> dict[str, Any]:
        """Which studio it is, and its projects. Raises `Refused` for what is no studio, or an older one."""
        found = self.ask("GET", "/sync")
        if not isinstance(found, dict) or not {"studio", "projects"} <= found.keys():
            raise Refused(f"{self.url} is no Homereel studio that syncs.", "Give the address that it prints.")
        return found

    def sheet(self, project: str) -> Sheet | None:
        """A project as it is there; None for one that it has not, or has in the trash."""
        found = self.ask("GET", f"/sync/projects/{project}", none=(404, 410))
        return Sheet.model_validate(found) if found else None

    def keep(self, project: str, merged: Merged) -> None:
        """Raises `Stale` when the project was changed there meanwhile."""
        self.ask("PUT", f"/sync/projects/{project}", json=merged.model_dump(mode="json"))

    def missing(self, ids: list[str]) -> dict[str, int]:
        """Which of these files are not there, and how many bytes of each have come already."""
        found: dict[str, int] = {}
        for n in range(0, len(ids), 1000):
            found |= self.ask("POST", "/sync/missing", json={"ids": ids[n : n + 1000]})
        return found

    # --- files ---------------------------------------------------------------------------------------------------

    def send(self, asset: Asset, label: Label, have: int) -> None:
        """A file from where its bytes end there."""
        at = f"/sync/files/{asset.id}"

        def rest() -> None:
            nonlocal have
            with asset.path.open("rb") as file:
                while have < asset.bytes:
                    file.seek(have)
                    piece = file.read(PIECE)
                    try:
                        have = self.once("PUT", f"{at}?offset={have}", content=piece)["have"]
                        self.sent += len(piece)
                    except OutOfStep:  # a piece whose answer was lost came all the same
                        have = self.once("POST", "/sync/missing", json={"ids": [asset.id]}).get(asset.id, asset.bytes)

        self.stubborn(rest)
        self.ask("POST", at, json=label.model_dump(mode="json"))

    def fetch(self, id: str, parcels: Parcels) -> Asset | None:
        """A file from there into the library; None for one that it has not either."""
        found = self.ask("GET", f"/assets/{id}", none=(404, 410))
        if found is None:
            return None
        label = Label.model_validate({name: found[name] for name in Label.model_fields if name in found})

        def rest() -> None:
            have = parcels.have(id)
            if have >= label.bytes:
                return
            with self.http.stream("GET", f"/assets/{id}/file", headers={"range": f"bytes={have}-"}) as answer:
                self.judged(answer)
                if have and answer.status_code != 206:
                    parcels.path(id).unlink()
                    have = 0
                for piece in answer.iter_bytes(1 << 20):
                    have = parcels.append(id, have, piece)
                    self.fetched += len(piece)

        self.stubborn(rest)
        return parcels.finish(id, label)

    # --- the line ------------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, none: tuple[int, ...] = (), **more: Any) -> Any:
        """One request, as often as it takes; None where the answer is one of the statuses `none`."""
        return self.stubborn(lambda: self.once(method, path, none, **more))

    def once(self, method: str, path: str, none: tuple[int, ...] = (), **more: Any) -> Any:
        answer = self.http.request(method, path, **more)
        if answer.status_code in none:
            return None
        return self.judged(answer).json()

    def judged(self, answer: httpx.Response) -> httpx.Response:
        """The answer, or what it refuses, as a fault of ours."""
        if answer.is_success:
            return answer
        answer.read()
        try:
            said = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            said = {"message": f"It answered {answer.status_code}.", "advice": ""}
        kinds: dict[str, type[Fault]] = {"stale": Stale, "out_of_step": OutOfStep}
        if answer.status_code in (401, 403):
            raise Refused(f"{self.url} does not let us in: {said['message']}", "Give one of its keys with --key.")
        raise kinds.get(str(said.get("type")), Refused)(f"{self.url}: {said['message']}", str(said.get("advice", "")))

    def stubborn(self, work: Callable[[], T]) -> T:
        """Try again where the line breaks. Raises `LineBroken` once it has broken too often."""
        for n in range(TRIES):
            try:
                return work()
            except httpx.TransportError as error:
                why = f"{type(error).__name__}, {error}".strip(" .,")
            if n + 1 < TRIES:
                time.sleep(self.pause_s * 2**n)
        raise LineBroken(f"The line to {self.url} broke: {why}.", "Sync again: it goes on where it was.")
