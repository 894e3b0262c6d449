"""A project keeps every step: undo outlives the server, and nobody overwrites anybody silently."""

import pytest

from pipelines.faults import Invalid, Stale
from studio.db import Db
from studio.timeline.projects import NothingToUndo, Projects, TrashedProject, UnknownProject


@pytest.fixture
def projects(tmp_path):
    db = Db(tmp_path / "studio.db")
    yield Projects(db)
    db.close()


def film(frames):
    return {"version": 1, "tracks": [{"kind": "video", "items": [{"type": "gap", "frames": frames}]}]}


def length(project):
    return project.timeline["tracks"][0]["items"][0]["frames"]


def test_steps_are_walked_back_and_forth_and_survive_a_restart(projects):
    id = projects.create("Harbour", film(1)).id
    for n in (2, 3):
        projects.save(id, film(n), label=f"to {n}")
    again = Projects(Db(projects.db.path))
    assert again.get(id).undo_label == "to 3"
    assert [length(again.undo(id)), length(again.undo(id))] == [2, 1]
    with pytest.raises(NothingToUndo):
        again.undo(id)
    assert [length(again.redo(id)), length(again.redo(id))] == [2, 3]
    assert not again.get(id).can_redo
    again.db.close()


def test_a_new_step_forgets_what_was_undone(projects):
    id = projects.create("", film(1)).id
    projects.save(id, film(2))
    projects.undo(id)
    project = projects.save(id, film(5))
    assert (length(project), project.can_redo) == (5, False)
    assert length(projects.undo(id)) == 1


def test_who_saves_on_top_of_an_old_version_is_told(projects):
    project = projects.create("", film(1))
    projects.save(project.id, film(2), if_version=project.version)
    with pytest.raises(Stale):
        projects.save(project.id, film(3), if_version=project.version)
    with pytest.raises(Stale):
        projects.undo(project.id, if_version=project.version)
    assert length(projects.get(project.id)) == 2


def test_every_change_makes_a_new_version_and_no_change_none(projects):
    project = projects.create("", film(1))
    assert projects.save(project.id, film(1)) == project
    versions = [projects.save(project.id, film(2)).version, projects.undo(project.id).version]
    versions.append(projects.save(project.id, title="Named").version)
    assert versions == [project.version + 1, project.version + 2, project.version + 3]
    assert projects.get(project.id).title == "Named"


def test_a_faulty_timeline_changes_nothing(projects):
    project = projects.create("", film(1))
    with pytest.raises(Invalid, match=r"^tracks\[0\]\.items\[0\]\.frames: "):
        projects.save(project.id, film(0))
    assert projects.get(project.id) == project


def test_the_trash_gives_back_what_was_put_in(projects):
    kept, thrown = projects.create("kept"), projects.create("thrown", film(7))
    projects.trash(thrown.id)
    projects.trash(thrown.id)
    with pytest.raises(TrashedProject):
        projects.get(thrown.id)
    assert [p.id for p in projects.list()] == [kept.id]
    assert [p.id for p in projects.list(trashed=True)] == [thrown.id]
    assert projects.restore(thrown.id).timeline == thrown.timeline


def test_the_list_is_newest_first_and_goes_on_where_it_stopped(projects):
    ids = [projects.create(str(n)).id for n in range(5)][::-1]
    first = projects.list(limit=2)
    rest = projects.list(before=first[-1].id)
    assert [p.id for p in (*first, *rest)] == ids


def test_nobody_knows_a_project_that_is_not_there(projects):
    for verb in (projects.get, projects.undo, projects.trash, projects.restore):
        with pytest.raises(UnknownProject):
            verb("nowhere")


def test_only_so_many_steps_are_kept(projects, monkeypatch):
    monkeypatch.setattr("studio.timeline.projects.STEPS_KEPT", 3)
    id = projects.create("", film(1)).id
    for n in range(2, 9):
        projects.save(id, film(n))
    seen = []
    while projects.get(id).can_undo:
        seen.append(length(projects.undo(id)))
    assert seen == [7, 6]
