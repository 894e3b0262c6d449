"""The floor: where films are made. A few threads beside the workers, each seeing to one film's job: they plan, send the
takes into the queue, and cut and export once they are back.

A film's job waits in a lane that no worker serves, so it keeps none from its work. All that is known of a film is in
the ledger; after a power cut its job is claimed anew, and what was made is still there.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence

from pipelines import vtt
from pipelines.faults import Cancelled, Fault
from pipelines.vtt import Cue
from studio.director import shots
from studio.director.cutting import cut
from studio.director.film import plan_key
from studio.director.films import Film, Films, Take
from studio.director.plan import description
from studio.director.sheet import Sheet, call_sheet, digest, serves
from studio.director.writer import endpoint, write
from studio.library.beats import beats
from studio.library.views import NoSound
from studio.people import acting, working_for
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.timeline.versions import Versions
from studio.types import Asset, JobError, new_id
from studio.work.queue import Claim, JobIsOver

log = logging.getLogger(__name__)

MOST, LOOK_S, RENEW_S = 4, 0.15, 10.0
"""How many films are made at a time, how often each is looked at, and how often its lease is renewed."""
MOST_TRIES = 3
SHARES = {"plan": 0.04, "takes": 0.62}  # of a film's progress; the export has the rest


class TakeFailed(Fault):
    """A take came to nothing, and its film waits for somebody to see to it."""


class Floor:
    def __init__(self, studio: Studio):
        self.studio, self.films = studio, Films(studio.db, studio.queue)
        self.name = f"director-{new_id()[:6]}"
        self.leaving = threading.Event()
        self.at_work: dict[threading.Thread, str] = {}
        self.renewed = 0.0
        self.thread = threading.Thread(target=self.watch, daemon=True, name="director")

    def open(self) -> Floor:
        self.thread.start()
        return self

    def close(self) -> None:
        """Everyone goes home; films under way wait for the next floor."""
        self.leaving.set()
        for thread in [*self.at_work, self.thread]:
            if thread.ident:
                thread.join(5)

    def watch(self) -> None:
        while not self.leaving.wait(LOOK_S):
            self.at_work = {thread: worker for thread, worker in self.at_work.items() if thread.is_alive()}
            try:
                self.renew()
                if self.studio.crew and len(self.at_work) < MOST and self.studio.queue.waits(("film",)):
                    self.take_on()
            except Exception:  # a locked database passes; a floor that has gone dark does not
                log.exception("the director stumbled")

    def renew(self) -> None:
        """A film whose script takes long to write is still being made."""
        if time.monotonic() - self.renewed > RENEW_S:
            self.renewed = time.monotonic()
            for worker in self.at_work.values():
                self.studio.queue.renew(worker)

    def take_on(self) -> None:
        claim = self.studio.queue.claim(f"{self.name}-{new_id()[:4]}", ("film",))
        if claim:
            thread = threading.Thread(target=self.conduct, args=(claim,), daemon=True, name=f"film-{claim.job.id}")
            self.at_work[thread] = claim.worker
            thread.start()

    def conduct(self, claim: Claim) -> None:
        """See one film through to the stage that is wanted, or to a fault."""
        with acting(working_for(claim.job.maker)):
            self.conducted(claim)

    def conducted(self, claim: Claim) -> None:
        queue = self.studio.queue
        try:
            self.set_right(claim)
            while self.look(claim):
                if self.leaving.wait(LOOK_S):
                    if not queue.holds(claim):
                        raise Cancelled
                    queue.release(claim)
                    return
        except Cancelled:
            self.call_off(claim)
        except Exception as error:
            if not isinstance(error, Fault):
                log.exception("film %s failed", claim.job.id)
            self.call_off(claim)
            fault = (error.type, error.message, error.advice) if isinstance(error, Fault) else (
                "internal", f"{type(error).__name__}: {error}"[:500], "The studio's log has the details.")  # fmt: skip
            queue.fail(claim, JobError(type=fault[0], message=fault[1], advice=fault[2]))
        finally:
            queue.let_go(claim)

    def film(self, claim: Claim) -> Film:
        return self.films.get(claim.job.recipe.options["film"])

    def set_right(self, claim: Claim) -> None:
        """What came to nothing before is asked for again; a retried job is the film's job now."""
        film = self.film(claim)
        with self.studio.db.transaction():
            lost = [take.job.id for take in self.films.takes(film.id) if take.job.status in ("failed", "cancelled")]
            self.films.forget(film.id, lost)
            self.films.set(film.id, job=claim.job.id)

    def call_off(self, claim: Claim) -> None:
        """The film is stopped: so is what was still to be made for it, unless somebody has gone on with it."""
        film = self.film(claim)
        if film.job != claim.job.id:
            return
        for take in self.films.takes(film.id):
            if not take.job.over:
                try:
                    self.studio.queue.cancel(take.job.id)
                except JobIsOver:
                    continue

    # --- one look ----------------------------------------------------------------------------------------------------

    def look(self, claim: Claim) -> bool:
        try:
            return self.step(claim)
        except sqlite3.OperationalError as error:  # locked by somebody who is writing at length: it passes
            if "locked" not in str(error):
                raise
            return True

    def step(self, claim: Claim) -> bool:
        """Do what can be done now; says whether more is left to do. Raises `Cancelled` once the job is not ours."""
        film = self.film(claim)
        if film.plan is None:
            self.plan(claim, film)
            return True
        with self.studio.db.transaction():
            film = self.film(claim)
            takes = self.films.takes(film.id)
            sheet = call_sheet(film, takes)
            if film.until != "script":
                self.ask_for(film, sheet, takes)
            self.report(claim, film, sheet, takes)
            if film.until == "script" or (sheet.ready and film.until == "takes"):
                self.deliver(claim, film)
                return False
        if not sheet.ready:
            return True
        return self.finish(claim, film, sheet, takes)

    def plan(self, claim: Claim, film: Film) -> None:
        """With a language model where one answers, else, or when it fails, with what is built in."""
        queue = self.studio.queue
        queue.report(claim, 0.01, "reading the brief")
        where = endpoint(self.studio.settings) if film.brief.planner == "auto" else None
        plan, note = None, ""
        if where:
            queue.report(claim, 0.02, f"{where.model} writes the script")
            plan, note = write(where, film.brief, lambda: queue.holds(claim))
        plan = plan or shots.plan(film.brief)
        queue.report(claim, SHARES["plan"], note or "the script is written")
        with self.studio.db.transaction():
            if self.film(claim).plan is None:
                self.films.replan(film.id, plan)

    def ask_for(self, film: Film, sheet: Sheet, takes: Sequence[Take]) -> None:
        """Put what is missing in line, and raise what one of them failed of."""
        for part in sheet.missing:
            live = [take for take in takes if take.part == part.name and serves(take, part)]
            for take in live:
                if take.job.status in ("failed", "cancelled"):
                    why = take.job.error
                    raise TakeFailed(f"{spoken_of(part.name)}: {why.message if why else 'it was cancelled.'}",
                                     why.advice if why else "Go on with the film to have it made.")  # fmt: skip
            if len(live) >= MOST_TRIES and all(take.job.over for take in live):
                raise TakeFailed(f"{spoken_of(part.name)}: its file does not stay in the library.", "See the trash.")
            if all(take.job.over for take in live):
                job, _ = self.studio.submit(part.request.model_copy(update={"project": film.project}))
                self.films.took(film.id, part.name, part.key, job.id)
        wanted = {part.name: part.key for part in sheet.parts}
        for take in takes:  # what nobody waits for any more
            if take.job.status == "queued" and take.part != "film" and wanted.get(take.part, take.key) != take.key:
                self.studio.queue.cancel(take.job.id)

    def report(self, claim: Claim, film: Film, sheet: Sheet, takes: Sequence[Take]) -> None:
        latest = {take.part: take for take in takes}
        about = max(len(sheet.parts), 2 * len(film.plan.shots) + 1 if film.plan else 1)
        done = len(sheet.takes) + sum(
            latest[part.name].job.progress
            for part in sheet.missing
            if part.name in latest and not latest[part.name].job.over
        )
        there = (
            sum(f"shot-{s.id}" in sheet.takes or f"picture-{s.id}" in sheet.takes for s in film.plan.shots)
            if film.plan
            else 0
        )
        fraction = SHARES["plan"] + SHARES["takes"] * min(1.0, done / about)
        note = f"{there} of {len(film.plan.shots) if film.plan else 0} shots"
        if sheet.ready:
            fraction, note = SHARES["plan"] + SHARES["takes"], "cutting"
            export = latest.get("film")
            if export and not export.job.over:
                fraction, note = fraction + (1 - fraction) * export.job.progress, "writing the film"
        self.studio.queue.report(claim, fraction, note)

    # --- the cut, and the film ---------------------------------------------------------------------------------------

    def finish(self, claim: Claim, film: Film, sheet: Sheet, takes: Sequence[Take]) -> bool:
        """Cut and export, once for each state of the plan; then the job is done."""
        key = plan_key(film)
        export = next((take for take in reversed(takes) if take.part == "film" and take.key == key), None)
        if export is None:
            timeline = cut(film, sheet, self.pulse(sheet), self.cues(film, sheet))
            with self.studio.db.transaction():
                if self.film(claim).version == film.version and self.studio.queue.holds(claim):
                    self.send_out(film, timeline, key)
            return True
        if not export.job.over:
            return True
        if export.job.status != "done" or export.asset is None:
            why = export.job.error
            raise TakeFailed(f"The film: {why.message if why else 'it was cancelled.'}", why.advice if why else "")
        with self.studio.db.transaction():
            now = self.film(claim)
            if now.version != film.version:
                return True
            self.films.set(film.id, made=export.asset.id)
            self.deliver(claim, now, export.job.assets)
        return False

    def send_out(self, film: Film, timeline: Timeline, key: str) -> None:
        """The cut into the film's project, and from there to a file. A project that somebody has worked on keeps their
        work as a version with a name."""
        projects = self.studio.projects
        if film.project is None:
            project = projects.create(timeline.title, timeline)
        else:
            if digest(projects.get(film.project).timeline) != film.cut:
                Versions(self.studio.db, projects).name(film.project, "Before the film was cut anew")
            project = projects.save(film.project, timeline, label="Cut the film", title=timeline.title)
        self.films.set(film.id, project=project.id, cut=digest(project.timeline))
        poster = min(timeline.frames - 1, int(timeline.frames * 0.4))
        job, _ = self.studio.export(project.id, "mp4", settings={"poster": poster})
        self.films.took(film.id, "film", key, job.id)

    def deliver(self, claim: Claim, film: Film, assets: Sequence[Asset] = ()) -> None:
        """The job is done: its result names the film's project and file, as far as there are any."""
        made = assets[0].id if assets else None
        result = {"plan": film.id, "project": film.project, "film": made, "stage": film.until}
        if film.plan:
            result |= {"title": film.plan.title, "description": description(film.plan)}
        self.studio.queue.publish(claim, assets, result)

    def pulse(self, sheet: Sheet) -> list[float]:
        """The music's beats, in seconds; none where there is no pulse."""
        take = sheet.takes.get("music")
        if take is None or take.asset is None:
            return []
        kept = self.studio.home / "cache" / "beats" / f"{take.asset.id}.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            return list(beats(take.asset, kept)["beats"])
        except (NoSound, Fault):
            return []

    def cues(self, film: Film, sheet: Sheet) -> dict[str, list[Cue]]:
        """When each word of each line is said, where the voice told."""
        found = {}
        for shot in film.plan.shots if film.plan else ():
            take = sheet.takes.get(f"voice-{shot.id}")
            if take and take.captions:
                found[shot.id] = vtt.read(take.captions.path.read_text("utf-8", errors="replace"))
        return found


def spoken_of(part: str) -> str:
    kind, _, shot = part.partition("-")
    if kind == "cast":
        return "A picture of the cast"
    return f"{kind.capitalize()} of {shot}" if shot else kind.capitalize()
