"""A film's manifest says all that it is made of, and makes it again."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from pipelines.faults import Invalid
from studio.cli import main
from studio.remake import CannotRemake, remake
from studio.settings import Settings
from studio.studio import Studio
from studio.timeline.manifest import NoFilm, credits, manifest, read
from studio.timeline.model import Timeline
from studio.work.worker import Worker
from test_conform import clip, film, row

SMALL = {"width": 256, "height": 256}


@pytest.fixture
def exported(studio, worker, make):
    """A shot that begins with a picture, and a picture that was given, as a film."""
    start = make("draft-image", prompt="a boat", seed=5, **SMALL)
    shot = make("draft-video", prompt="a boat sails", seed=6, start=start.id, duration_s=1, fps=24, **SMALL)
    given = studio.library.tmp / "given.png"
    make_plain(given)
    own = studio.library.add(given, name="mine.png")
    job, _ = studio.export(timeline=studio_film(shot, own))
    while worker.run_next():
        pass
    return studio.queue.get(job.id).assets[0], start, shot, own


def make_plain(path):
    Image.radial_gradient("L").convert("RGB").save(path)


def studio_film(shot, own):
    beside = [{"asset": "cd" * 32, "in": 0}]
    return Timeline.parse(film(row(clip(shot, 20, takes=beside), clip(own, 10))) | {"title": "The Boat"})


def test_it_says_what_every_clip_is_and_what_that_was_made_from(studio, exported):
    made, start, shot, own = exported
    told = manifest(made, studio.library.many)
    assert [one.sha256 for one in told.media if one.recipe] == [start.id, shot.id]
    assert len(told.media) == 3, "a take that waits beside the one that plays is no part of it"
    by_id = {one.sha256: one for one in told.media}
    assert (by_id[shot.id].model, by_id[shot.id].seed, by_id[shot.id].licence) == ("draft-video", 6, "Apache-2.0")
    assert (by_id[shot.id].places, by_id[start.id].places) == (["tracks[0].items[0]"], [])
    assert (by_id[own.id].model, by_id[own.id].recipe) == (None, None)
    assert (told.film.sha256, told.film.format) == (made.id, "mp4")
    assert manifest(made, studio.library.many) == read(told.model_dump_json())
    said = credits(told)
    assert "Draft shot (draft-video, revision main)\n    Apache-2.0; 1 file" in said
    assert "mine.png" in said
    with pytest.raises(NoFilm):
        manifest(shot, studio.library.many)


def test_it_makes_the_same_film_again_in_another_home_and_says_what_differs(studio, exported, tmp_path):
    made, start, shot, own = exported
    told = read(manifest(made, studio.library.many).model_dump_json())
    other = Studio(Settings.load(tmp_path / "other"))
    hand = Worker(other.home, "there", ("cpu", "device"))

    def follow(job):
        while hand.run_next():
            pass
        done = other.queue.get(job.id)
        assert done.status == "done", done.error
        return done

    with pytest.raises(CannotRemake, match=r"mine\.png"):
        remake(other, told, follow)
    assert other.queue.counts() == {}, "nothing was begun"
    file = other.library.tmp / "mine.png"
    file.write_bytes(own.path.read_bytes())
    other.library.add(file)
    again = remake(other, told, follow)
    assert (again.made, again.differs) == ([start.id, shot.id], {})
    job, _ = other.export(timeline=again.timeline)
    assert follow(job).assets[0].id == made.id, "byte for byte"

    text = told.model_dump_json().replace(shot.id, "ab" * 32)
    changed = remake(other, read(text), follow)
    assert changed.differs == {"ab" * 32: shot.id}
    assert changed.timeline == again.timeline
    other.close()


def test_what_is_no_manifest_is_refused():
    for text in ("{}", "[]", "no", '{"homereel_manifest": 2}'):
        with pytest.raises(Invalid, match="no film's manifest"):
            read(text)


def test_the_command_line_writes_it_beside_the_film_and_makes_the_film_again(home, studio, exported, tmp_path, capsys):
    made, *_ = exported
    project = studio.projects.create("", json.dumps(made.recipe.options["timeline"])).id

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, words), "--home", str(home)])
        return ended.value.code, capsys.readouterr().err

    out, again = tmp_path / "out" / "boat.mp4", tmp_path / "again.mp4"
    assert run("export", project, "--out", out) == (0, "")
    assert out.read_bytes() == made.path.read_bytes()
    assert "Draft shot" in (out.parent / "boat.credits.txt").read_text()
    code, said = run("export", "--from-manifest", out.parent / "boat.manifest.json", "--out", again)
    assert (code, "byte for byte" in said) == (0, True), said
    assert again.read_bytes() == out.read_bytes()
    assert run("export", "--out", out)[0] == 2
