"""Every step of a project can be gone back to, a named one for good; going back is a step too."""

import pytest

from pipelines.faults import Invalid, Stale
from studio.db import Db
from studio.timeline.projects import Projects
from studio.timeline.versions import UnknownVersion, Versions


def film(frames):
    return {
        "version": 1,
        "fps": "30/1",
        "width": 1280,
        "height": 720,
        "tracks": [{"kind": "video", "items": [{"type": "gap", "frames": frames}]}],
    }


@pytest.fixture
def projects(tmp_path):
    db = Db(tmp_path / "studio.db")
    yield Projects(db)
    db.close()


@pytest.fixture
def versions(projects):
    return Versions(projects.db, projects)


@pytest.fixture
def project(projects):
    id = projects.create("Harbour", film(30)).id
    for n in (60, 90):
        projects.save(id, film(n), label=f"to {n}")
    return id


def test_steps_are_listed_newest_first_with_their_length_and_which_is_now(projects, versions, project):
    projects.undo(project)
    found = versions.list(project)
    assert [(v.label, v.seconds, v.now) for v in found] == [
        ("to 90", 3, False),
        ("to 60", 2, True),
        ("Start", 1, False),
    ]


def test_going_back_is_a_step_that_is_undone(projects, versions, project):
    start = versions.list(project)[-1]
    back = versions.restore(project, start.id, if_version=projects.get(project).version)
    assert back.timeline == film(30)
    assert back.undo_label == "Back to “Start”"
    assert projects.undo(project).timeline == film(90)


def test_a_named_version_outlives_its_step(projects, versions, project, monkeypatch):
    named = versions.name(project, "  Rough   cut ")
    assert (named.label, named.kind) == ("Rough cut", "name")
    monkeypatch.setattr("studio.timeline.projects.STEPS_KEPT", 2)
    for n in range(1, 6):
        projects.save(project, film(n))
    assert versions.restore(project, named.id).timeline == film(90)
    versions.forget(project, named.id)
    with pytest.raises(UnknownVersion):
        versions.restore(project, named.id)


def test_what_is_no_version_is_refused(projects, versions, project):
    for id in ("step-99", "name-1", "step-x", "drop", "step-" + "9" * 40, ""):
        with pytest.raises(UnknownVersion):
            versions.restore(project, id)
    with pytest.raises(Invalid):
        versions.name(project, " \n ")
    with pytest.raises(Stale):
        versions.restore(project, "step-0", if_version=1)
