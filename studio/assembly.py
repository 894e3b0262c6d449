"""A project of files that are in the library: the first assembly, to be cut."""

from __future__ import annotations

from collections.abc import Sequence

from studio.library.store import UnknownAsset
from studio.studio import Studio
from studio.timeline.edit.assembly import assembled
from studio.timeline.projects import Project


def assemble(studio: Studio, ids: Sequence[str], title: str = "") -> Project:
    """Pictures and shots one after the other, sounds on a row of their own, in the order given. Raises `UnknownAsset`,
    and `NothingToAssemble`."""
    found = studio.library.many(ids)
    if lost := [id for id in ids if id not in found]:
        raise UnknownAsset(f"{len(lost)} of the files are not in the library: {lost[0][:12]}.", "Bring them in first.")
    return studio.projects.create(title, assembled([found[id] for id in ids], title))
