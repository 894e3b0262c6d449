"""The queue keeps its word: what is acknowledged is kept, what is claimed is held by one, what is over stays over."""

from __future__ import annotations

import threading

import pytest

from pipelines.faults import Cancelled
from studio.studio import Studio
from studio.types import GenerationRequest, JobError
from studio.work.queue import JobIsOver, KeyReused, UnknownJob

ALL = ("cpu", "device")


@pytest.fixture
def queue(studio):
    return studio.queue


@pytest.fixture
def submit(studio):
    def submit(prompt="a fox", priority=0, key=None):
        request = GenerationRequest(model="draft-image", options={"prompt": prompt}, priority=priority)
        return studio.submit(request, key=key)[0]

    return submit


def order(queue):
    return [job.id for job in queue.line()]


def test_a_job_is_there_for_whoever_opens_the_home_next(studio, submit):
    job = submit()
    again = Studio(studio.settings)
    assert again.queue.get(job.id).recipe == job.recipe


def test_the_seed_is_picked_when_the_job_is_written(submit):
    assert submit().recipe.options["seed"] >= 0


def test_first_in_is_first_out_and_priority_goes_before(queue, submit):
    first, second, urgent = submit(), submit(), submit(priority=5)
    assert [queue.claim("w", ALL).job.id for _ in range(3)] == [urgent.id, first.id, second.id]
    assert queue.claim("w", ALL) is None


def test_a_worker_takes_only_from_its_lanes(queue, submit):
    submit()
    assert queue.claim("w", ("device",)) is None


def test_twenty_hands_never_take_the_same_job(studio, queue, submit):
    jobs = {submit().id for _ in range(20)}
    taken, lock = [], threading.Lock()

    def hand(name):
        own = Studio(studio.settings).queue
        while claim := own.claim(name, ALL):
            with lock:
                taken.append(claim.job.id)

    hands = [threading.Thread(target=hand, args=(f"w{n}",)) for n in range(4)]
    [h.start() for h in hands]
    [h.join() for h in hands]
    assert len(taken) == 20
    assert set(taken) == jobs


def test_nothing_is_claimed_while_paused(queue, submit):
    submit()
    queue.pause()
    assert queue.claim("w", ALL) is None
    queue.resume()
    assert queue.claim("w", ALL)


def test_a_cancelled_job_can_never_become_done(queue, submit):
    submit()
    claim = queue.claim("w", ALL)
    queue.cancel(claim.job.id)
    with pytest.raises(Cancelled):
        queue.publish(claim, [])
    assert queue.get(claim.job.id).status == "cancelled"


def test_progress_tells_a_worker_that_its_job_was_cancelled(queue, submit):
    submit()
    claim = queue.claim("w", ALL)
    queue.report(claim, 0.5, "half")
    queue.cancel(claim.job.id)
    with pytest.raises(Cancelled):
        queue.report(claim, 0.6, "more")


def test_a_worker_thought_dead_cannot_touch_the_next_attempt(queue, submit):
    submit()
    old = queue.claim("w1", ALL)
    queue.lost("w1", "killed", crash=True)
    new = queue.claim("w2", ALL)
    assert new.job.id == old.job.id
    with pytest.raises(Cancelled):
        queue.publish(old, [])
    assert queue.holds(new)


def test_two_crashes_and_the_job_fails_with_its_reason(queue, submit):
    job = submit()
    for name in ("w1", "w2"):
        assert queue.claim(name, ALL)
        queue.lost(name, "The worker was killed.", crash=True)
    failed = queue.get(job.id)
    assert (failed.status, failed.attempts) == ("failed", 2)
    assert "killed" in failed.error.message
    assert failed.error.advice


def test_going_home_costs_no_attempt_and_no_place(queue, submit):
    first, second = submit(), submit()
    claim = queue.claim("w", ALL)
    queue.release(claim)
    assert queue.get(first.id).attempts == 0
    assert order(queue) == [first.id, second.id]


def test_after_a_restart_what_ran_runs_again_in_its_place(studio, queue, submit):
    first, second = submit(), submit()
    queue.claim("w", ALL)
    again = Studio(studio.settings).queue
    again.recover()
    assert order(again) == [first.id, second.id]
    assert again.get(first.id).note == "resumed"


def test_a_lease_that_runs_out_frees_the_job(queue, submit, monkeypatch):
    job = submit()
    monkeypatch.setattr("studio.work.queue.LEASE_S", -1)
    queue.claim("w", ALL)
    queue.expire()
    assert queue.get(job.id).status == "queued"


def test_a_job_that_runs_too_long_fails_and_says_how_to_allow_more(queue, submit):
    job = submit()
    queue.claim("w", ALL)
    queue.overdue(timeout_s=-1)
    failed = queue.get(job.id)
    assert failed.error.type == "timeout"
    assert "STUDIO_JOB_TIMEOUT_S" in failed.error.advice
    assert queue.clung_to(-1) == ["w"]


def test_what_is_over_cannot_be_cancelled(queue, submit):
    submit()
    claim = queue.claim("w", ALL)
    queue.fail(claim, JobError(type="x", message="y"))
    with pytest.raises(JobIsOver):
        queue.cancel(claim.job.id)


def test_a_retry_is_a_new_job_with_the_same_recipe(studio, queue, submit):
    job = submit()
    queue.cancel(job.id)
    again = studio.retry(job.id)
    assert (again.retry_of, again.recipe, again.status) == (job.id, job.recipe, "queued")


@pytest.mark.parametrize("before", [0, 1, 3, None])
def test_a_waiting_job_can_be_moved_anywhere(queue, submit, before):
    ids = [submit().id for _ in range(5)]
    target = None if before is None else ids[before]
    queue.move(ids[2], target)
    expected = [i for i in ids if i != ids[2]]
    expected.insert(len(expected) if target is None else expected.index(target), ids[2])
    assert order(queue) == expected


def test_moved_before_a_more_urgent_job_it_is_as_urgent(queue, submit):
    urgent, plain, other = submit(priority=3), submit(), submit()
    queue.move(other.id, urgent.id)
    assert order(queue) == [other.id, urgent.id, plain.id]


def test_one_key_is_one_job_and_another_body_is_refused(studio, submit):
    first = submit("a fox", key="k")
    assert submit("a fox", key="k").id == first.id
    with pytest.raises(KeyReused):
        submit("a hen", key="k")


def test_twenty_at_once_with_one_key_are_one_job(studio):
    request = GenerationRequest(model="draft-image", options={"prompt": "a fox"})
    ids = []

    def send():
        ids.append(Studio(studio.settings).submit(request, key="same")[0].id)

    threads = [threading.Thread(target=send) for _ in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(ids) == 20
    assert len(set(ids)) == 1


def test_several_go_in_together_or_not_at_all(studio, queue):
    good = GenerationRequest(model="draft-image", options={"prompt": "a fox"})
    bad = GenerationRequest(model="draft-image", options={"prompt": "a fox", "width": -1})
    with pytest.raises(Exception, match="width"):
        studio.submit_all([good, bad])
    assert queue.counts() == {}
    assert len(studio.submit_all([good] * 3)) == 3


def test_a_page_ends_where_the_next_begins(queue, submit):
    ids = [submit().id for _ in range(7)]
    seen, before = [], None
    while True:
        page = queue.page(limit=3, before=before)
        seen += [job.id for job in page.items]
        before = page.next
        if not before:
            break
    assert seen == ids[::-1]


def test_an_unknown_job_is_said_to_be_unknown(queue):
    with pytest.raises(UnknownJob):
        queue.get("nobody")


def test_a_thousand_jobs_in_line_are_listed_with_a_handful_of_questions(studio, queue):
    request = GenerationRequest(model="draft-image", options={"prompt": "a fox"})
    studio.submit_all([request] * 1000)
    asked = []
    studio.db.conn.set_trace_callback(asked.append)
    assert queue.page(limit=200).items[0].position == 999
    assert len(asked) <= 5


def test_a_queue_position_counts_those_before_it(queue, submit):
    ids = [submit().id for _ in range(3)]
    assert [queue.get(i).position for i in ids] == [0, 1, 2]
