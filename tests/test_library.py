"""The library keeps every file whole, finds it again, and gives nothing away that is still needed."""

import errno
import hashlib
import io
import json
import os
import random
import sqlite3
import time
import wave
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipelines.faults import DiskFull, Fault, TooLarge, Unsupported
from studio.db import Db
from studio.library import intake as intake_room
from studio.library.media import Limits
from studio.library.names import displayed, on_disk
from studio.library.shelf import matching
from studio.library.store import AssetGone, Emptied, Library, UnknownAsset
from studio.library.views import NoSound
from studio.types import Recipe

RECIPE = Recipe(model="draft-image", revision="main", options={"prompt": "Harbour at dawn, two boats", "seed": 1})


@pytest.fixture
def library(tmp_path):
    (tmp_path / "home").mkdir()
    db = Db(tmp_path / "home" / "studio.db")
    yield Library(db, tmp_path / "home")
    db.close()


def picture(seed=0, size=(64, 48)):
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def tone(seconds=2.0, rate=22050, level=0.5):
    out = io.BytesIO()
    with wave.open(out, "wb") as tape:
        tape.setparams((1, 2, rate, 0, "NONE", ""))
        wavy = level * np.sin(np.arange(round(seconds * rate)) * 0.2)
        wavy[: len(wavy) // 2] = 0
        tape.writeframes((wavy * 32767).astype("<i2").tobytes())
    return out.getvalue()


def left_over(library):
    return sorted(p.name for p in library.tmp.rglob("*"))


def kept(library):
    return sorted(p.stem for p in library.folder.glob("*/*"))


# --- in -------------------------------------------------------------------------------------------------------------


def test_a_made_file_moves_in_with_its_recipe(library):
    made = library.tmp / "job" / "take.png"
    made.parent.mkdir()
    made.write_bytes(picture())
    asset = library.add(made, name="a/b/Dawn.png", recipe=RECIPE, tags=["sea", "sea", " "])
    assert not made.exists()
    assert asset.id == hashlib.sha256(asset.path.read_bytes()).hexdigest()
    assert asset.path == library.folder / asset.id[:2] / f"{asset.id}.png"
    assert (asset.name, asset.tags, asset.recipe, asset.width) == ("Dawn.png", ("sea",), RECIPE, 64)
    assert library.get(asset.id) == asset
    assert library.db.one("select file from asset")[0] == f"{asset.id[:2]}/{asset.id}.png"
    assert left_over(library) == ["job"]


def test_a_file_from_elsewhere_is_copied(library, tmp_path):
    (tmp_path / "mine.wav").write_bytes(tone())
    asset = library.add(tmp_path / "mine.wav")
    assert (tmp_path / "mine.wav").read_bytes() == asset.path.read_bytes()
    assert (asset.kind, asset.name, asset.duration_s) == ("audio", "mine.wav", 2)


def test_a_file_brought_in_has_no_row_until_its_transaction_ends(library, tmp_path):
    (tmp_path / "a.png").write_bytes(picture())
    asset = library.bring_in(tmp_path / "a.png", recipe=RECIPE)
    with pytest.raises(UnknownAsset):
        library.get(asset.id)

    def record_and_fail():
        with library.db.transaction():
            library.record(asset)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert library.list().items == []
    assert library.list(q="harbour").items == []
    library.record(asset)
    assert [a.id for a in library.list(q="harbour").items] == [asset.id]


def test_the_same_bytes_are_the_same_asset(library):
    first = library.upload([picture()], "one.png")
    library.trash([first.id])
    again = library.upload([picture()], "two.png")
    assert (again.id, again.name) == (first.id, "one.png")
    assert library.get(first.id).name == "one.png"
    assert len(kept(library)) == 1


def test_a_damaged_copy_is_mended_by_the_same_bytes(library):
    asset = library.upload([picture()], "a.png")
    asset.path.write_bytes(b"rot")
    library.upload([picture()], "a.png")
    assert asset.path.read_bytes() == picture()


def test_dropping_a_file_back_in_restores_its_settings(library, tmp_path):
    (tmp_path / "a.png").write_bytes(picture())
    made = library.bring_in(tmp_path / "a.png", recipe=RECIPE)
    whole = made.path.read_bytes()
    made.path.unlink()
    assert library.upload([whole], "downloaded (1).png").recipe == RECIPE


def test_an_upload_comes_in_pieces_and_is_shown_at_once(library):
    whole = picture(3)
    asset = library.upload((whole[n : n + 100] for n in range(0, len(whole), 100)), "../../etc/Photo\x00\u202egnp.png")
    assert asset.path.read_bytes() == whole
    assert asset.name == "Photo gnp.png" or asset.name == "Photognp.png"
    assert all(view.exists() for view in library.drawn(asset.id)[:1])
    assert left_over(library) == []


def test_a_wav_that_says_it_is_a_picture_is_kept_as_a_wav(library):
    asset = library.upload([tone()], "take.png")
    assert (asset.kind, asset.path.suffix, asset.mime) == ("audio", ".wav", "audio/wav")


def broken():
    yield picture()[:100]


def dropped():
    yield picture()[:100]
    raise ConnectionError


@pytest.mark.parametrize(
    ("chunks", "limits", "fault"),
    [
        (lambda: [b"#EXTM3U\n/etc/passwd\n"], Limits(), Unsupported),
        (lambda: [], Limits(), Unsupported),
        (broken, Limits(), Unsupported),
        (dropped, Limits(), ConnectionError),
        (lambda: [picture()] * 99, Limits(bytes=20_000), TooLarge),
        (lambda: [picture()], Limits(pixels=99), TooLarge),
        (lambda: [tone()], Limits(seconds=1), TooLarge),
    ],
)
def test_what_is_refused_leaves_nothing_behind(library, chunks, limits, fault):
    library.limits = limits
    with pytest.raises(fault):
        library.upload(chunks(), "x.png")
    assert left_over(library) == kept(library) == []
    assert library.list().items == []


def test_an_upload_stops_at_the_limit_and_not_after_it(library):
    library.limits, taken = Limits(bytes=1000), []

    def endless():
        while True:
            taken.append(1)
            yield bytes(300)

    with pytest.raises(TooLarge):
        library.upload(endless(), "x")
    assert len(taken) == 4


def test_a_full_disk_is_said_so(library, monkeypatch, tmp_path):
    monkeypatch.setattr(intake_room, "SPARE_BYTES", 1 << 62)
    with pytest.raises(DiskFull):
        library.upload([picture()], "a.png")
    (tmp_path / "a.png").write_bytes(picture())

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="full"):
        library.add(tmp_path / "a.png")
    assert left_over(library) == kept(library) == []


# --- found ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(library, tmp_path):
    """Seven pictures and a sound, oldest first."""
    assets = []
    for n, word in enumerate(["dawn", "noon", "dusk", "night", "storm", "naïve café", "北京 harbour"]):
        (tmp_path / "a.png").write_bytes(picture(n))
        recipe = RECIPE.model_copy(update={"options": {"prompt": f"Boats at {word}"}}) if n % 2 else None
        assets.append(library.add(tmp_path / "a.png", name=f"{word}.png", recipe=recipe, tags=[f"tag {n % 3}"]))
    (tmp_path / "a.wav").write_bytes(tone())
    return [*assets, library.add(tmp_path / "a.wav", name="Waves.wav")]


def named(page):
    return [asset.name.partition(".")[0] for asset in page.items]


def test_pages_go_from_the_newest_to_the_oldest_and_miss_none(library, shelf):
    first = library.list(limit=3)
    second = library.list(limit=3, before=first.next)
    third = library.list(limit=3, before=second.next)
    assert [*first.items, *second.items, *third.items] == shelf[::-1]
    assert third.next is None
    with pytest.raises(UnknownAsset):
        library.list(before="nobody")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"kind": "audio"}, ["Waves"]),
        ({"q": "boat"}, ["naïve café", "night", "noon"]),
        ({"q": "BOATS ni"}, ["night"]),
        ({"q": "cafe"}, ["naïve café"]),
        ({"q": "北京"}, ["北京 harbour"]),
        ({"tag": "tag 2"}, ["naïve café", "dusk"]),
        ({"tag": "tag"}, []),
        ({"model": "draft-image"}, ["naïve café", "night", "noon"]),
        ({"model": "draft"}, []),
        ({"q": "wav", "kind": "image"}, []),
        ({"q": "png", "limit": 2}, ["北京 harbour", "naïve café"]),
        ({"q": "  "}, ["Waves", "北京 harbour", "naïve café", "storm", "night", "dusk", "noon", "dawn"]),
        ({"q": "***"}, []),
        ({"starred": True}, ["dusk"]),
    ],
)
def test_things_are_found_by_words_kind_tag_star_and_model(library, shelf, wanted, found):
    library.change(shelf[2].id, starred=True)
    assert named(library.list(**wanted)) == found


@given(st.text(max_size=80))
def test_whatever_is_typed_is_words_and_nothing_else(text):
    conn = sqlite3.connect(":memory:")
    conn.execute("create virtual table w using fts5 (name, prompt, tags, model)")
    if match := matching(text, text, text):
        conn.execute("select * from w where w match ?", (match,)).fetchall()
    conn.close()


@pytest.mark.parametrize(
    "q", ['" OR 1=1 --', "name: *", "NEAR(a b)", "a AND NOT b", "^x", "'; drop table asset;", "a" * 9999]
)
def test_hostile_questions_find_nothing_and_break_nothing(library, shelf, q):
    library.list(q=q, tag=q, model=q)
    assert len(library.list().items) == 8


def test_changes_are_kept_and_found(library, shelf):
    asset = library.change(shelf[0].id, name="x/First\nlight.png", tags=["Übung"], starred=True)
    assert library.get(asset.id) == asset
    assert (asset.name, asset.tags, asset.starred) == ("First light.png", ("Übung",), True)
    assert named(library.list(q="first light")) == named(library.list(tag="Übung")) == ["First light"]
    assert library.list(q="dawn").items == []
    assert library.change(asset.id, starred=False).tags == ("Übung",)


def test_a_hundred_thousand_entries_stay_quick(library):
    """Rows put in at once; then each kind of page, by the processor's clock."""
    dice, nouns = random.Random(1), [f"{chr(97 + n % 26)}ord{n}" for n in range(3000)]
    rows = [
        (f"{n:064x}", ("image", "video", "audio")[n % 3], f"take {n}.png", "ab/x.png", "image/png", 9,
         json.dumps({"model": f"m{n % 7}", "revision": "1", "options": {"prompt": "boat"}}),
         json.dumps([f"t{n % 500}"]), int(n % 5000 == 0), float(n))
        for n in range(1, 100_001)
    ]  # fmt: skip
    said = [
        (n, f"take {n}", f"boat {' '.join(dice.choices(nouns, k=4))}", f"t{n % 500}", f"m{n % 7}")
        for n in range(1, 100_001)
    ]
    with library.db.transaction() as conn:
        conn.executemany(
            "insert into asset (id, kind, name, file, mime, bytes, recipe, tags, starred, created)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows,
        )  # fmt: skip
        conn.executemany("insert into asset_words (rowid, name, prompt, tags, model) values (?, ?, ?, ?, ?)", said)
    asked = [
        {}, {"kind": "video"}, {"limit": 200}, {"before": f"{50_000:064x}"}, {"q": "zord77"}, {"q": "w"}, {"q": "boat"},
        {"q": "boat bo cord"}, {"tag": "t250"}, {"model": "m3"}, {"starred": True}, {"trashed": True},
        {"q": "nothing"}, {"q": "boat", "kind": "audio", "model": "m2", "before": f"{9_000:064x}"},
    ]  # fmt: skip
    for wanted in asked:
        spent = time.process_time()
        library.list(**wanted)
        assert time.process_time() - spent < 0.1, wanted


# --- trash ----------------------------------------------------------------------------------------------------------


def test_the_trash_gives_back_what_it_was_given(library, shelf):
    ids = [shelf[0].id, shelf[1].id]
    library.trash(ids)
    with pytest.raises(AssetGone):
        library.get(ids[0])
    assert library.get(ids[0], trashed=True) == shelf[0]
    assert set(library.many([*ids, shelf[2].id, "x"])) == {shelf[2].id}
    assert named(library.list(trashed=True)) == ["noon", "dawn"]
    assert len(library.list().items) == 6
    library.restore(ids)
    assert len(library.list().items) == 8


def test_trashing_what_is_not_there_trashes_nothing(library, shelf):
    with pytest.raises(UnknownAsset):
        library.trash([shelf[0].id, "nobody"])
    assert len(library.list().items) == 8


def test_only_what_nothing_speaks_of_is_really_deleted(library, shelf):
    made, taken, placed, undone, free = (asset.id for asset in shelf[:5])
    with library.db.transaction() as conn:
        conn.execute(
            "insert into job (id, task, model, lane, place, recipe, created) values ('j', 't', 'm', 'l', 1, ?, 1)",
            (json.dumps({"options": {"start": taken}}),),
        )
        conn.execute("insert into job_asset values ('j', 0, ?)", (made,))
        conn.execute(
            "insert into project (id, title, timeline, created, updated) values ('p', '', ?, 1, 1)",
            (json.dumps({"asset": placed}),),
        )
        conn.execute("insert into project_step values ('p', 0, '', ?, 1)", (json.dumps({"asset": undone}),))
    thumbnail = library.thumbnail(free)
    library.trash([made, taken, placed, undone, free])
    assert library.purge(3600).deleted == 0
    size = sum(asset.bytes for asset in (shelf[0], shelf[4]))
    assert library.purge(0) == Emptied(deleted=2, freed=size, kept=3)
    for gone in (made, free):
        with pytest.raises(UnknownAsset):
            library.get(gone)
    assert not shelf[4].path.exists()
    assert not thumbnail.exists()
    assert library.list(q="storm", trashed=True).items == []
    assert {asset.id for asset in library.list(trashed=True).items} == {taken, placed, undone}
    library.db.change("update job set status = 'done'")
    assert library.purge(0).deleted == 1, "what a job took that is over is nobody's any more"


def test_the_sweep_takes_what_was_left_and_nothing_else(library, shelf, tmp_path):
    old = time.time() - 7200
    (tmp_path / "b.png").write_bytes(picture(99))
    unrecorded = library.bring_in(tmp_path / "b.png").path
    stale, fresh = library.tmp / "upload-1", library.tmp / "upload-2"
    job, busy = library.tmp / "job-1", library.tmp / "job-2"
    for folder in (job, busy):
        folder.mkdir()
        (folder / "part").write_bytes(b"x")
    for path in (stale, fresh):
        path.write_bytes(b"x")
    for path in (stale, job / "part", job, busy, shelf[0].path):
        os.utime(path, (old, old))
    library.sweep()
    assert (stale.exists(), fresh.exists(), job.exists(), busy.exists()) == (False, True, False, True)
    assert unrecorded.exists()
    assert shelf[0].path.exists()
    os.utime(unrecorded, (old, old))
    library.sweep()
    assert not unrecorded.exists()


# --- shown ----------------------------------------------------------------------------------------------------------


def test_thumbnails_are_small_upright_and_drawn_once(library):
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (1600, 800), "red").save(out, "JPEG", exif=exif)
    asset = library.upload([out.getvalue()], "turned.jpg")
    thumbnail = library.thumbnail(asset.id)
    with Image.open(thumbnail) as image:
        assert image.size == (240, 480)
    drawn = thumbnail.stat().st_mtime_ns
    assert library.thumbnail(asset.id).stat().st_mtime_ns == drawn


@pytest.mark.parametrize("kind", ["png", "wav", "vtt", "lost", "rotten"])
def test_everything_has_a_picture_even_when_its_file_is_lost(library, tmp_path, kind):
    body = {"wav": tone(), "vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"}.get(kind, picture())
    (tmp_path / "a").write_bytes(body)
    asset = library.add(tmp_path / "a")
    if kind == "lost":
        asset.path.unlink()
    if kind == "rotten":
        asset.path.write_bytes(asset.path.read_bytes()[:80])
    with Image.open(library.thumbnail(asset.id)) as image:
        assert max(image.size) <= 480
    if kind == "rotten":
        asset.path.write_bytes(body)
        with Image.open(library.thumbnail(asset.id)) as image:
            assert image.size == (64, 48)


def test_a_waveform_is_twenty_peaks_a_second(library):
    asset = library.upload([tone(2, level=0.5)], "a.wav")
    shape = library.waveform(asset.id)
    assert shape["per_second"] == 20
    assert shape["peaks"] == pytest.approx([0] * 20 + [0.5] * 20, abs=0.01)
    assert library.waveform(asset.id) == shape
    silent = library.upload([picture()], "a.png")
    with pytest.raises(NoSound):
        library.waveform(silent.id)


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
def test_a_waveform_is_right_at_any_rate(library, tmp_path, rate):
    (tmp_path / "a.wav").write_bytes(tone(1.03, rate=rate))
    peaks = library.waveform(library.add(tmp_path / "a.wav").id)["peaks"]
    assert len(peaks) == 21
    assert max(peaks[:10]) == 0
    assert min(peaks[11:20]) > 0.45


def test_a_zip_holds_the_files_under_names_that_fit_everywhere(library, tmp_path):
    names = ["a.png", "A.PNG", "../../evil.png", "con.png", "-rf.png", 'x"?:*|<>.png', "é" * 300 + ".png", "plain"]
    ids = []
    for n, name in enumerate(names):
        (tmp_path / "a").write_bytes(picture(n))
        ids.append(library.add(tmp_path / "a", name=name).id)
    with zipfile.ZipFile(io.BytesIO(b"".join(library.zip([*ids, ids[0]])))) as archive:
        assert archive.testzip() is None
        found = archive.namelist()
    assert len({name.casefold() for name in found}) == len(found) == len(names)
    assert found[:3] == ["a.png", "A (2).png", "evil.png"]
    assert all(len(name.encode()) < 255 and name[0] not in "-./" and name.endswith(".png") for name in found)
    with pytest.raises(Fault):
        library.zip(["nobody"])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../x", "x"),
        (r"C:\Users\me\a.png", "a.png"),
        ("..", "untitled"),
        ("", "untitled"),
        ("a\x00\x1b\nb", "a b"),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 400, "x" * 200),
        ("👩‍🎤 song.mp3", "👩‍🎤 song.mp3"),
    ],
)
def test_names_are_text_and_nothing_else(given, shown):
    assert displayed(given) == shown


@given(st.lists(st.text(max_size=300), max_size=8))
def test_names_on_disk_are_always_safe_and_different(names):
    files = list(on_disk((name, ".png") for name in names))
    assert len({name.casefold() for name in files}) == len(names)
    assert all(
        name.endswith(".png") and "/" not in name and "\x00" not in name and len(name.encode()) < 255 for name in files
    )
