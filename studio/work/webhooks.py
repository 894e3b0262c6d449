"""Tells other programs that a job is over: a row beside the job, kept until its address has taken the news.

A call is a POST, signed as Standard Webhooks do it: the headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`, the last `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the studio's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipelines.faults import Fault
from studio.db import Db
from studio.library.outside import Outside
from studio.work.queue import Queue

log = logging.getLogger(__name__)

WAITS_S = (10, 60, 300, 1800, 7200)
"""How long after each failed try the next one comes; after the last, it is given up."""
PATIENCE_S = 15.0
LOOK_S = 0.3
AT_ONCE = 4
PREFIX = "whsec_"
FILE = "webhook.secret"
DUE = """select * from webhook where state = 'waiting' and due <= ?
  and (job is null or job in (select id from job where status in ('done', 'failed', 'cancelled')))
  order by due limit 20"""

Shape = Callable[[str, str], dict[str, Any]]
"""Makes the body of a call: of what it tells about, and the studio's address as the one who asked wrote it."""


class Webhooks:
    def __init__(self, db: Db, queue: Queue, outside: Outside, secret: Callable[[], str]):
        self.db, self.queue, self.outside, self.secret = db, queue, outside, secret
        self.shapes: dict[str, Shape] = {"job": self.news}
        self.going: set[int] = set()
        self.stopping = threading.Event()
        self.hands: ThreadPoolExecutor | None = None

    def promise(self, about: str, url: str, *, job: str | None, shape: str = "job", base: str = "") -> None:
        """The address will be told, once the job is over; without a job, at once. Joins an open transaction. Raises
        `ForbiddenAddress` for one that leads inside."""
        self.outside.check(url)
        self.db.change(
            "insert into webhook (about, job, url, shape, base, created) values (?, ?, ?, ?, ?, ?)",
            *(about, job, url, shape, base, time.time()),
        )

    def news(self, about: str, base: str) -> dict[str, Any]:
        job = self.queue.get(about)
        return {"type": f"job.{job.status}", "data": job.model_dump(mode="json")}

    def of(self, limit: int = 50) -> list[dict[str, Any]]:
        """The latest calls: to whom, about what, how they went. What follows a `?` may be a secret, and is not told."""
        names = "about, url, state, tries, note, created"
        rows = self.db.all(f"select {names} from webhook order by n desc limit ?", limit)
        return [{**dict(row), "url": row["url"].partition("?")[0]} for row in rows]

    # --- on their way ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        threading.Thread(target=self.watch, daemon=True, name="webhooks").start()

    def stop(self) -> None:
        """Calls that are on their way are made again by the next studio on this home: at least once is the promise."""
        self.stopping.set()
        if self.hands:
            self.hands.shutdown(wait=False, cancel_futures=True)

    def watch(self) -> None:
        while not self.stopping.wait(LOOK_S):
            try:
                for row in self.db.all(DUE, time.time()):
                    if row["shape"] in self.shapes and row["n"] not in self.going and self.hands:
                        self.going.add(row["n"])
                        self.hands.submit(self.call, row)
            except Exception:  # a locked ledger passes; a watch that ended would tell nobody anything
                if not self.stopping.is_set():
                    log.exception("webhooks stumbled")

    def call(self, row: Any) -> None:
        try:
            state, note = self.told(row)
            tries = row["tries"] + 1
            if state == "waiting" and tries > len(WAITS_S):
                state = "given up"
            due = time.time() + (WAITS_S[row["tries"]] if state == "waiting" else 0)
            self.db.change(
                "update webhook set state = ?, tries = ?, due = ?, note = ? where n = ?",
                *(state, tries, due, note, row["n"]),
            )
        except Exception as error:
            if not self.stopping.is_set():
                log.exception("a webhook could not be called")
                note = f"{type(error).__name__}: the studio's log has the details"
                self.db.change("update webhook set state = 'given up', note = ? where n = ?", note, row["n"])
        finally:
            self.going.discard(row["n"])

    def told(self, row: Any) -> tuple[str, str]:
        """One try: the state it leaves the row in, and what there is to say. Redirects are not followed."""
        try:
            body = json.dumps(self.shapes[row["shape"]](row["about"], row["base"])).encode()
        except Fault as fault:
            return "given up", fault.message
        headers = {"content-type": "application/json", **self.signed(f"msg_{row['about']}_{row['n']}", body)}
        try:
            with self.outside.asked("POST", row["url"], PATIENCE_S, headers, body) as answer:
                status = answer.status
        except Fault as fault:
            return "waiting", fault.message
        if 200 <= status < 300:
            return "told", f"it answered {status}"
        return "given up" if status == 410 else "waiting", f"it answered {status}"

    def signed(self, id: str, body: bytes) -> dict[str, str]:
        moment = str(int(time.time()))
        return {
            "webhook-id": id,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self.secret(), id, moment, body),
        }


def signature(secret: str, id: str, moment: str, body: bytes) -> str:
    """What `webhook-signature` says for a call. A secret that starts with whsec_ is base64 after that."""
    key = base64.b64decode(secret.removeprefix(PREFIX) + "==") if secret.startswith(PREFIX) else secret.encode()
    digest = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def secret_in(home: Path) -> str:
    """This home's own secret, made when it is first asked for; nobody but its owner may read the file."""
    file = home / FILE
    if not file.exists():
        fresh = file.with_name(f".{FILE}.{secrets.token_hex(4)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        try:
            os.link(fresh, file)  # of two who make it at once, the first one's counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text().strip()
