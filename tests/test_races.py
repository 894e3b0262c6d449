"""A thousand random hands on one queue, checked step by step against a ledger kept on paper."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from pipelines.faults import Cancelled
from studio.studio import Studio
from studio.types import GenerationRequest, JobError
from studio.work.queue import MOST_ATTEMPTS, MOST_CRASHES, JobIsOver
from test_crew import check_invariants

ALL = ("cpu", "device")
WORKERS = ("ann", "bob", "cat")


def request(prompt="a fox", priority=0):
    return GenerationRequest(model="draft-image", options={"prompt": prompt}, priority=priority)


@dataclass
class Sheet:
    """What one job should be."""

    status: str = "queued"
    crashes: int = 0
    attempt: int = 0
    holder: str = ""


@dataclass
class Paper:
    """The whole ledger as it should be: every job, and the line in its order."""

    jobs: dict[str, Sheet] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    paused: bool = False

    def ends(self, id: str, status: str) -> None:
        self.jobs[id].status, self.jobs[id].holder = status, ""
        self.line = [other for other in self.line if other != id]


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_random_steps_agree_with_the_ledger_on_paper(studio, seed):
    dice, paper = random.Random(seed), Paper()
    queues = [studio.queue, Studio(studio.settings).queue]
    held = {}
    for step in range(300):
        queue = dice.choice(queues)
        move = dice.choice(MOVES)
        move(dice, queue, studio, paper, held)
        if step % 10 == 0:
            agree(queue, paper)
    agree(studio.queue, paper)
    check_invariants(studio)


def agree(queue, paper):
    page, seen = None, []
    while page is None or page.next:
        page = queue.page(limit=200, before=page and page.next)
        seen += page.items
    assert {job.id: (job.status, job.attempts) for job in seen} == {
        id: (sheet.status, sheet.attempt) for id, sheet in paper.jobs.items()
    }
    assert [job.id for job in queue.line() if job.status == "queued"] == [
        id for id in paper.line if paper.jobs[id].status == "queued"
    ]
    assert queue.paused == paper.paused


def submits(dice, queue, studio, paper, held):
    id = queue.put(studio_job(studio), "cpu").id
    paper.jobs[id] = Sheet()
    paper.line.append(id)


def studio_job(studio):
    from pipelines import catalogue
    from studio.types import Job

    recipe = studio.settle(catalogue.find("draft-image"), {"prompt": "a fox"})
    return Job(task="image", model="draft-image", recipe=recipe)


def claims(dice, queue, studio, paper, held):
    worker = dice.choice(WORKERS)
    if worker in held:
        return
    claim = queue.claim(worker, ALL)
    waiting = [id for id in paper.line if paper.jobs[id].status == "queued"]
    assert (claim and claim.job.id) == (None if paper.paused or not waiting else waiting[0])
    if claim:
        sheet = paper.jobs[claim.job.id]
        sheet.status, sheet.holder, sheet.attempt = "running", worker, sheet.attempt + 1
        assert claim.attempt == sheet.attempt
        held[worker] = claim


def holds(paper, worker, claim):
    sheet = paper.jobs[claim.job.id]
    return (sheet.status, sheet.holder, sheet.attempt) == ("running", worker, claim.attempt)


def finishes(dice, queue, studio, paper, held):
    """Or fails, or reports; what was taken from the worker meanwhile is refused it."""
    if not held:
        return
    worker = dice.choice(sorted(held))
    claim, how = held[worker], dice.choice(["publish", "fail", "report"])
    mine = holds(paper, worker, claim)
    try:
        if how == "publish":
            queue.publish(claim, [])
        elif how == "fail":
            queue.fail(claim, JobError(type="x", message="y"))
        else:
            queue.report(claim, dice.random(), "on it")
        assert mine or how == "fail"
    except Cancelled:
        assert not mine
    if mine and how != "report":
        paper.ends(claim.job.id, "done" if how == "publish" else "failed")
    if how != "report" or not mine:
        queue.let_go(claim)
        del held[worker]


def goes_home(dice, queue, studio, paper, held):
    if not held:
        return
    worker = dice.choice(sorted(held))
    claim = held.pop(worker)
    if holds(paper, worker, claim):
        sheet = paper.jobs[claim.job.id]
        sheet.status, sheet.holder, sheet.attempt = "queued", "", sheet.attempt - 1
    queue.release(claim)
    if dice.random() < 0.5:  # another worker may be quicker than the last words of the first
        claims(dice, queue, studio, paper, held)
    queue.let_go(claim)


def dies(dice, queue, studio, paper, held):
    """Its host notices; the zombie may yet speak up, which `finishes` tries later."""
    worker = dice.choice(WORKERS)
    for sheet in paper.jobs.values():
        if sheet.holder == worker and sheet.status == "running":
            sheet.crashes, sheet.holder = sheet.crashes + 1, ""
            over = sheet.crashes >= MOST_CRASHES or sheet.attempt >= MOST_ATTEMPTS
            sheet.status = "failed" if over else "queued"
    paper.line = [id for id in paper.line if paper.jobs[id].status in ("queued", "running")]
    queue.lost(worker, "killed", crash=True)
    if dice.random() < 0.5:
        held.pop(worker, None)


def cancels(dice, queue, studio, paper, held):
    if not paper.jobs:
        return
    id = dice.choice(sorted(paper.jobs))
    over = paper.jobs[id].status in ("done", "failed", "cancelled")
    try:
        queue.cancel(id)
        assert not over
        paper.ends(id, "cancelled")
    except JobIsOver:
        assert over


def moves(dice, queue, studio, paper, held):
    waiting = [id for id in paper.line if paper.jobs[id].status == "queued"]
    if len(waiting) < 2:
        return
    id, before = dice.choice(waiting), dice.choice([*waiting, None])
    queue.move(id, before)
    if id != before:
        paper.line.remove(id)
        paper.line.insert(len(paper.line) if before is None else paper.line.index(before), id)


def retries(dice, queue, studio, paper, held):
    over = [id for id, sheet in paper.jobs.items() if sheet.status in ("done", "failed", "cancelled")]
    if over:
        again = studio.retry(dice.choice(sorted(over))).id
        paper.jobs[again] = Sheet()
        paper.line.append(again)


def pauses(dice, queue, studio, paper, held):
    paper.paused = dice.random() < 0.3
    queue.pause() if paper.paused else queue.resume()


MOVES = (
    submits,
    submits,
    submits,
    claims,
    claims,
    claims,
    finishes,
    finishes,
    goes_home,
    dies,
    cancels,
    moves,
    retries,
    pauses,
)


def test_hands_in_threads_leave_one_end_to_every_job(studio):
    """Four processes' worth of connections claim, publish and cancel at once; each job ends once, as its last answer
    said."""
    jobs = [job.id for job in studio.submit_all([request()] * 60)]
    ends, lock = {}, threading.Lock()

    def ended(id, how):
        with lock:
            assert id not in ends, "it ended twice"
            ends[id] = how

    def works(name):
        own = Studio(studio.settings).queue
        while claim := own.claim(name, ALL):
            try:
                own.report(claim, 0.5, "half")
                own.publish(claim, [])
                ended(claim.job.id, "done")
            except Cancelled:
                pass
            own.let_go(claim)

    def cancels(seed):
        own, dice = Studio(studio.settings).queue, random.Random(seed)
        for id in dice.sample(jobs, 30):
            try:
                own.cancel(id)
                ended(id, "cancelled")
            except JobIsOver:
                pass

    hands = [threading.Thread(target=works, args=(name,)) for name in WORKERS]
    hands += [threading.Thread(target=cancels, args=(1,))]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    assert {id: studio.queue.get(id).status for id in jobs} == ends
    check_invariants(studio)


def test_a_job_can_be_moved_to_and_fro_for_ever(studio):
    """Places are halved between neighbours; when no number is left between two, the line is numbered anew."""
    a, b, c = (job.id for job in studio.submit_all([request()] * 3))
    for _ in range(70):
        studio.queue.move(c, b)
        studio.queue.move(b, c)
    assert [job.id for job in studio.queue.line()] == [a, b, c]
    studio.queue.move(c, b)
    assert [job.id for job in studio.queue.line()] == [a, c, b]


def test_a_commit_that_fails_takes_nothing_later_with_it(studio):
    """A transaction left open by a failed commit would swallow every later one, acknowledged and never written."""

    def dangling():
        with studio.db.transaction() as conn:
            conn.execute("pragma defer_foreign_keys = on")
            conn.execute("insert into job_asset values ('nobody', 0, 'nothing')")

    with pytest.raises(Exception, match="FOREIGN KEY"):
        dangling()
    job = studio.submit(request())[0]
    assert Studio(studio.settings).queue.get(job.id).id == job.id


def test_after_the_answer_to_pause_nothing_begins(studio):
    studio.submit_all([request()] * 30)
    claimed, go = [], threading.Event()

    def works():
        own = Studio(studio.settings).queue
        while not go.is_set():
            if claim := own.claim("w", ALL):
                claimed.append(claim.job.id)

    hand = threading.Thread(target=works)
    hand.start()
    studio.queue.pause()
    running = {row[0] for row in studio.db.all("select id from job where status = 'running'")}
    for _ in range(50):
        assert {row[0] for row in studio.db.all("select id from job where status = 'running'")} == running
    go.set()
    hand.join()
    assert set(claimed) == running


def test_many_open_a_new_home_at_once(home):
    from studio.settings import Settings

    faults = []

    def opens():
        try:
            Studio(Settings.load(home)).queue.counts()
        except Exception as error:
            faults.append(error)

    hands = [threading.Thread(target=opens) for _ in range(8)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    assert not faults


def test_a_thousand_who_wait_ask_little(studio):
    """Whoever waits for a job asks only whether it is over; where it stands in the line is worked out once."""
    job = studio.submit_all([request()] * 50)[0]
    asked = []
    studio.db.conn.set_trace_callback(asked.append)
    with ThreadPoolExecutor(1) as aside:  # where no browser's event loop runs already
        aside.submit(asyncio.run, studio.settled(job.id, timeout_s=0.2)).result()
    looks = [sql for sql in asked if sql.startswith("select status")]
    assert 1 < len(looks) <= 5
    assert len(asked) - len(looks) <= 4


@pytest.mark.parametrize("n", [0, 400, 999])
def test_a_place_in_line_is_the_same_alone_and_in_a_list(studio, n):
    jobs = studio.submit_all([request(priority=k % 3) for k in range(1000)])
    alone = studio.queue.get(jobs[n].id).position
    listed = {job.id: job.position for job in studio.queue.line(1000)}
    assert alone == listed[jobs[n].id]
