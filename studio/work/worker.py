"""One process, one device: takes jobs off the queue and turns them into assets, one at a time.

`python -m studio.work.worker HOME NAME LANES`. It ends when its standard input closes, so that no worker outlives
the studio that started it, and goes home on SIGTERM, putting back what it was working on.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path

from pipelines import catalogue
from pipelines.device import devices
from pipelines.faults import Cancelled, DeviceBroken, DiskFull, Fault, broke_device, ran_out
from pipelines.pool import Pool
from studio.db import Db
from studio.library.store import Library
from studio.people import acting, working_for
from studio.settings import Settings
from studio.timeline.projects import Projects
from studio.types import JobError
from studio.work import tasks
from studio.work.delivery import Deliveries
from studio.work.failpoint import failpoint
from studio.work.glimpses import Glimpses
from studio.work.heard import bench
from studio.work.queue import Claim, Queue

log = logging.getLogger(__name__)

LOOK_S = 0.03  # how often an idle worker looks for work
REPORT_S = 0.25  # how often progress is written down
CHECK_S = 0.05  # how often a running job is asked whether it was cancelled
SPARE_BYTES = 200 * 2**20


class GoingHome(BaseException):
    """The worker was told to stop. Not an Exception: no pipeline should take it for a fault of its own."""


class JobContext:
    """The pipeline's view of its job. Reporting progress is also where a cancel, or the end of the day, is noticed."""

    def __init__(self, worker: Worker, claim: Claim, workdir: Path):
        self.worker, self.claim, self.workdir = worker, claim, workdir
        self.cache = worker.home / "cache"
        self.checked = self.reported = 0.0
        self.glimpse = Glimpses(worker.home, claim.job.id).draw

    def progress(self, fraction: float, note: str = "") -> None:
        if self.worker.leaving.is_set():
            raise GoingHome
        clock = time.monotonic()
        if clock - self.reported >= REPORT_S:
            self.reported = self.checked = clock
            self.worker.queue.report(self.claim, fraction, note)
        elif clock - self.checked >= CHECK_S:
            self.checked = clock
            if not self.worker.queue.holds(self.claim):
                raise Cancelled


class Worker:
    def __init__(self, home: Path, name: str, lanes: tuple[str, ...], budget_gb: float = 8):
        self.home, self.name, self.lanes = home, name, lanes
        self.db = Db(home / "studio.db")
        self.library = Library(self.db, home)
        self.queue = Queue(self.db, self.library)
        self.deliveries = Deliveries(self.db, self.library)
        self.projects = Projects(self.db)
        self.pool = Pool(budget_gb)
        catalogue.use(home / "models.toml")
        self.leaving = threading.Event()

    def loop(self) -> None:
        threading.Thread(target=self.keep_lease, daemon=True).start()
        while not self.leaving.is_set():
            if not self.run_next():
                self.pool.rest()
                self.leaving.wait(LOOK_S)

    def keep_lease(self) -> None:
        while not self.leaving.wait(5):
            try:
                self.queue.renew(self.name)
            except Exception:  # a full disk or a locked ledger passes; a lease that nobody renews is a job lost
                log.exception("the lease was not renewed")

    def run_next(self) -> bool:
        """Do one job, if there is one and room to do it in."""
        if not self.queue.waits(self.lanes) or shutil.disk_usage(self.home).free < SPARE_BYTES:
            return False
        claim = self.queue.claim(self.name, self.lanes, self.pool.models)
        if claim is None:
            return False
        failpoint("after_claim")
        self.run(claim)
        return True

    def run(self, claim: Claim) -> None:
        workdir = bench(self.home, claim.job.id, claim.attempt)
        try:
            shutil.rmtree(workdir, ignore_errors=True)
            workdir.mkdir(parents=True)
            self.work(claim, workdir)
        except GoingHome:
            self.queue.release(claim)
        except Cancelled:
            log.info("job %s was taken back", claim.job.id)
        except Exception as error:  # the one place that may: whatever a model throws is that job's failure, not ours
            log.exception("job %s failed", claim.job.id)
            self.queue.fail(claim, explain(error))
            self.recover_from(error)
        finally:
            self.queue.let_go(claim)
            shutil.rmtree(workdir, ignore_errors=True)

    def recover_from(self, error: Exception) -> None:
        """Leave nothing behind that the next job would stumble over."""
        if ran_out(error):
            self.pool.clear()
        elif broke_device(error):
            log.warning("the device is lost to this process: another worker takes over")
            self.leaving.set()

    def work(self, claim: Claim, workdir: Path) -> None:
        with acting(working_for(claim.job.maker)):
            self.carry_out(claim, workdir)

    def carry_out(self, claim: Claim, workdir: Path) -> None:
        context = JobContext(self, claim, workdir)
        outcome = tasks.run(claim.job, context, self.library, self.pool)
        failpoint("before_commit")
        with self.db.transaction():
            result = outcome.result
            if outcome.opens:
                project = self.projects.create(outcome.opens.title, outcome.opens)
                result = {**(result or {}), "project": project.id}
            self.queue.publish(claim, outcome.assets, result)
            self.deliveries.keep(claim.job.id, outcome.assets)
        failpoint("after_commit")


def explain(error: Exception) -> JobError:
    """What the person who asked is told."""
    codes = (getattr(error, "errno", None), getattr(error, "sqlite_errorcode", None))
    if codes[0] in (errno.ENOSPC, errno.EDQUOT) or codes[1] == sqlite3.SQLITE_FULL:
        error = DiskFull("The disk is full.", "Make room, or empty the trash, and retry.")
    if broke_device(error):
        error = DeviceBroken(
            f"The device failed: {error}".splitlines()[0][:300],
            "The studio goes on with a new worker: retry. If it happens again, `studio doctor` looks at the device.",
        )
    if ran_out(error) and not isinstance(error, Fault):
        return JobError(
            type="out_of_memory",
            message="There was not enough memory for this.",
            advice="Try it smaller or shorter, close other programs that use the device, or choose a smaller model.",
        )
    if isinstance(error, Fault):
        return JobError(type=error.type, message=error.message, advice=error.advice)
    return JobError(
        type="internal",
        message=f"{type(error).__name__}: {error}"[:500],
        advice="This is a fault in the model or the studio. The studio's log has the details; a retry may pass.",
    )


def main() -> None:
    home, name, lanes = Path(sys.argv[1]), sys.argv[2], tuple(sys.argv[3].split(","))
    if "net" not in lanes:
        os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is downloaded because something was generated
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {name} %(levelname)s %(message)s")
    settings = Settings.load(home)
    worker = Worker(home, name, lanes, settings.vram_gb or devices(settings.device)[0].memory_gb)
    signal.signal(signal.SIGTERM, lambda *_: worker.leaving.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the studio, which sends SIGTERM
    threading.Thread(target=end_with_parent, daemon=True).start()
    die_first()
    worker.loop()


def end_with_parent() -> None:
    """The studio holds the other end of this pipe: when it closes, nobody is left to work for."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def die_first() -> None:
    """When the machine runs out of memory, the kernel should take the worker and leave the studio."""
    oom = Path("/proc/self/oom_score_adj")
    if oom.exists():
        oom.write_text("500")


if __name__ == "__main__":
    main()
