"""One sync with another studio: project by project, files first, then the film that both have from now on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipelines.faults import Fault, Stale
from studio.studio import Studio
from studio.sync.ledger import Ledger, Merged, Sheet
from studio.sync.parcels import Parcels, label_of
from studio.sync.peer import LineBroken, Peer
from studio.timeline.edit import merge
from studio.timeline.edit.merge import Conflict
from studio.timeline.export.handover.bundle import used
from studio.timeline.manifest import in_order, sources
from studio.timeline.model import Timeline

TRIES = 5


@dataclass
class Report:
    """What a sync did. Counts are of projects and files; `absent` files are in neither studio."""

    pushed: int = 0
    pulled: int = 0
    merged: int = 0
    same: int = 0
    sent: int = 0
    fetched: int = 0
    sent_bytes: int = 0
    fetched_bytes: int = 0
    absent: list[str] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)
    """Projects that were left as they are, by title, and why."""
    conflicts: dict[str, list[Conflict]] = field(default_factory=dict)
    """By project."""


class Sync:
    def __init__(self, studio: Studio, peer: Peer, tell: Callable[[str], None] = lambda said: None):
        self.studio, self.peer, self.tell, self.report = studio, peer, tell, Report()
        self.ledger, self.parcels, self.other = Ledger(studio), Parcels(studio.library), ""

    def run(self) -> Report:
        """Every project of either side. Raises `LineBroken` when the line breaks for good; what was done until then is
        done, and another run goes on from there."""
        hello = self.peer.hello()
        self.other = hello["studio"]
        self.parcels.tidy()
        here = {one.id: one.title for one in self.ledger.listed()}
        titles = {one["id"]: one["title"] for one in hello["projects"]} | here
        for id, title in titles.items():
            self.tell(title)
            try:
                self.project(id)
            except LineBroken:
                raise
            except Fault as fault:
                self.report.passed_over[title] = f"{fault.message} {fault.advice}".strip()
        self.report.sent_bytes, self.report.fetched_bytes = self.peer.sent, self.peer.fetched
        return self.report

    def project(self, id: str) -> None:
        """One project, again from the start when either side was changed meanwhile."""
        for left in reversed(range(TRIES)):
            try:
                self.once(id)
                break
            except Stale:
                if not left:
                    raise

    def once(self, id: str) -> None:
        known = self.studio.db.one("select trashed from project where id = ?", id)
        here = self.ledger.sheet(id) if known and known["trashed"] is None else None
        there = self.peer.sheet(id)
        if known and here is None:
            self.report.passed_over[there.title if there else id] = "It is in the trash here."
        elif there is None and here is not None:
            if self.ledger.base(self.other, id):
                self.report.passed_over[here.title] = "It was deleted in the other studio."
                return
            self.push(here)
        elif here is None and there is not None:
            self.pull(there)
        elif here is not None and there is not None:
            self.both(here, there)

    def push(self, here: Sheet) -> None:
        film = Timeline.parse(here.timeline)
        self.exchange(film)
        self.peer.keep(here.id, self.merged(here.title, film))
        self.ledger.agree(self.other, here.id, here.title, film)
        self.report.pushed += 1

    def pull(self, there: Sheet) -> None:
        film = Timeline.parse(there.timeline)
        self.exchange(film)
        self.ledger.keep(there.id, self.merged(there.title, film))
        self.ledger.agree(self.other, there.id, there.title, film)
        self.report.pulled += 1

    def both(self, here: Sheet, there: Sheet) -> None:
        title, film, conflicts = self.one_of(here, there)
        ours, theirs = Timeline.parse(here.timeline), Timeline.parse(there.timeline)
        self.exchange(film, *(conflicts and (ours, theirs)))
        if (here.title, ours) == (there.title, theirs):
            self.report.same += 1
        else:
            self.report.merged += 1
        lost = next((theirs if one.kept == "here" else ours for one in conflicts), None)
        told = self.merged(title, film, conflicts, lost)
        if (here.title, ours) != (title, film) or conflicts:
            self.ledger.keep(here.id, told.model_copy(update={"if_version": here.version}))
            self.ledger.agree(self.other, here.id, there.title, theirs)  # all of theirs is here, should the line break
        if (there.title, theirs) != (title, film) or conflicts:
            seen = {"here": "there", "there": "here"}
            mirrored = [one.model_copy(update={"kept": seen[one.kept]}) for one in conflicts]
            self.peer.keep(there.id, told.model_copy(update={"if_version": there.version, "conflicts": mirrored}))
        self.ledger.agree(self.other, here.id, title, film)
        if conflicts:
            self.report.conflicts[here.id] = conflicts

    def one_of(self, here: Sheet, there: Sheet) -> tuple[str, Timeline, list[Conflict]]:
        """Title and film that both have from now on. The other studio's times are told by our clock."""
        base = self.ledger.base(self.other, here.id)
        sides = here.side(), there.side(ahead=there.now - here.now)
        film, conflicts = merge.merge(base[1] if base else None, *sides)
        title = here.title
        if here.title != there.title:
            was = base[0] if base else None
            title = there.title if here.title == was else here.title
            if was not in (here.title, there.title):
                kept: merge.Side = "there" if sides[1].updated > sides[0].updated else "here"
                title, lost = (there.title, here.title) if kept == "there" else (here.title, there.title)
                conflicts = [*conflicts, Conflict(path="title", kept=kept, lost=lost, won=title)]
        return title, film, conflicts

    def merged(
        self, title: str, film: Timeline, conflicts: Iterable[Conflict] = (), lost: Timeline | None = None
    ) -> Merged:
        return Merged(
            title=title, timeline=film.dump(), conflicts=list(conflicts), lost=lost and lost.dump(),
            studio=self.ledger.me(),
        )  # fmt: skip

    # --- files ---------------------------------------------------------------------------------------------------

    def exchange(self, *films: Timeline) -> None:
        """Every file of these films, and what it was made from, on both sides; only what is missing travels."""
        library, seen = self.studio.library, set[str]()
        left = {id for film in films for id in {*used(film), *film.assets()}}
        while left := left - seen:
            seen |= left
            for id in self.parcels.missing(sorted(left)):
                if self.peer.fetch(id, self.parcels):
                    self.report.fetched += 1
                else:
                    self.report.absent.append(id)
            there = library.many(left)
            left = {id for asset in there.values() for id in sources(asset.recipe)}
        mine = {asset.id: asset for asset in in_order(sorted(seen), library.many)}
        for id, have in self.peer.missing(sorted(mine)).items():
            self.peer.send(mine[id], label_of(mine[id]), have)
            self.report.sent += 1
