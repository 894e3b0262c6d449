"""The draft picture: same words and seed, same bytes; other words, another picture; and what is said is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.base import Options
from pipelines.catalogue import find
from pipelines.draft.image import DraftImage
from pipelines.draft.painting import words
from pipelines.draft.painting.camera import Pose
from pipelines.draft.painting.painter import paint
from pipelines.draft.painting.pictures import UnreadablePicture
from pipelines.draft.painting.places import PLACES
from pipelines.draft.painting.reading import Description, Subject, read
from pipelines.draft.painting.styles import STYLES
from pipelines.draft.painting.subjects import CAST
from pipelines.faults import Invalid

MODEL = find("draft-image")
SMALL = {"width": 320, "height": 256, "seed": 7}
SEEN_IN_THE_SKY = {"moon", "sun", "stars", "aurora", "rainbow", "planet"}


class Table:
    """A context that remembers how far it was told the work had come."""

    def __init__(self, workdir: Path):
        self.workdir, self.said = workdir, []

    def progress(self, fraction: float, note: str = "") -> None:
        self.said.append((fraction, note))


@pytest.fixture
def made(tmp_path: Path):
    def make(prompt: str, **options: object) -> bytes:
        chosen: Options = MODEL.options(prompt=prompt, **{**SMALL, **options})
        (path,) = DraftImage(MODEL).run(chosen, Table(tmp_path))
        return path.read_bytes()

    return make


def seen(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).astype(np.float32)


def apart(a: bytes, b: bytes) -> float:
    """Mean difference of two pictures, in steps of 255."""
    return float(np.abs(seen(a) - seen(b)).mean())


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """How well the structure of two pictures agrees: 1 is the same."""
    small = [cv2.resize(cv2.cvtColor(p.astype(np.uint8), cv2.COLOR_BGR2GRAY), (64, 48)).ravel() for p in (a, b)]
    return float(np.corrcoef(small)[0, 1])


def test_the_same_recipe_makes_the_same_bytes(made):
    assert made("three boats at sea, storm") == made("three boats at sea, storm")


def test_another_seed_is_another_picture(made):
    assert apart(made("a harbour at dusk"), made("a harbour at dusk", seed=8)) > 8


def test_words_it_does_not_know_change_the_composition(made):
    assert apart(made("a quiet forest"), made("a quiet forest of zlorb")) > 8
    assert read("zlorb").salt != read("zlarb").salt


def test_night_is_darker_than_day(made):
    for place in ("mountains", "harbour", "village", "city"):
        day, night = (seen(made(f"{place} at {hour}")).mean() for hour in ("noon", "midnight"))
        assert night < 0.6 * day, place


def test_a_winter_field_is_paler_than_a_summer_one(made):
    winter, summer = (seen(made(f"field in {season}, noon"))[150:].mean() for season in ("winter", "summer"))
    assert winter > summer + 15


def test_every_style_is_distinct_from_every_other(made):
    pictures = {style: made("red boat on a lake, mountains, golden hour", style=style) for style in STYLES}
    for a, b in combinations(STYLES, 2):
        assert apart(pictures[a], pictures[b]) > 4, (a, b)


@pytest.mark.parametrize("style", ["poster", "watercolour", "oil", "pastel", "paper", "pixel"])
def test_painted_styles_keep_the_colours_of_the_scene(made, style):
    prompt = "red boat on a lake, mountains, golden hour"
    plain, painted = (seen(made(prompt, style=s)).mean(axis=(0, 1)) for s in ("cinematic", style))
    assert np.abs(plain - painted).max() < 45


def test_the_style_is_read_from_the_prompt(made):
    said = made("a lake, black and white film noir")
    assert np.ptp(seen(said).mean(axis=(0, 1))) < 6
    assert said == made("a lake, black and white film noir", style="noir")


@pytest.mark.parametrize(("width", "height"), [(256, 256), (256, 640), (1024, 256), (328, 264)])
def test_a_picture_has_the_size_asked_for(made, width, height):
    assert seen(made("an island with palms", width=width, height=height)).shape == (height, width, 3)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_painted_and_is_no_empty_sheet(place):
    picture = paint(read(place), 256, 256, 3).frame(Pose(), 0.0)
    assert picture.shape == (256, 256, 3)
    assert picture.astype(np.float32).std() > 12


def test_every_place_and_subject_it_reads_it_can_paint():
    assert set(words.PLACES) == set(PLACES)
    assert set(words.STYLES) == set(STYLES)
    assert set(words.SUBJECTS) - SEEN_IN_THE_SKY <= set(CAST)


def picture_of(said: Description) -> np.ndarray:
    return paint(said, 256, 256, 3).frame(Pose(), 0.0).astype(np.int16)


@cache
def bare(place: str) -> np.ndarray:
    return picture_of(replace(read(f"{place} noon, clear sky"), salt=1))


@pytest.mark.parametrize("name", CAST)
def test_every_subject_is_seen(name):
    """The scene with it differs from the scene without, in a part of it."""
    place = {"table": "room", "water": "sea", "deep": "underwater"}.get(CAST[name].stands, "field")
    phrase = words.SUBJECTS[name].split("|")[0]
    said = replace(read(f"{place} noon, clear sky, {phrase}"), place=place, salt=1)
    assert Subject(name) in said.subjects
    there, gone = picture_of(said), bare(place)
    assert 0.0002 < (np.abs(there - gone).max(axis=2) > 12).mean() < 0.75


def test_a_prompt_is_read_as_it_is_meant():
    said = read("Three red fishing boats in a misty harbour below mountains at golden hour, watercolor, slow push in")
    assert said.subjects == (Subject("fishing boat", 3, "#c8372d"),)
    assert (said.place, said.backdrop, said.hour, said.weather) == ("harbour", "mountains", "golden", "fog")
    assert (said.style, said.camera) == ("watercolour", "dolly in")


def test_plurals_numbers_and_refusals():
    assert read("two foxes").subjects == (Subject("fox", 2),)
    assert read("a forest with no people").subjects == ()
    assert read("a boat and a horse", "horses").subjects == (Subject("fishing boat"),)
    assert read("wolves in the forest").subjects[0].count > 1


@pytest.mark.parametrize(
    ("prompt", "name", "fewest", "most"),
    [
        ("a misty harbour at dawn, fishing boats", "fishing boat", 2, 4),
        ("a table with cups", "cup", 2, 4),
        ("a flock of birds over the sea", "bird", 9, 9),
        ("two people and a dog", "dog", 1, 1),
        ("a pair of foxes", "fox", 2, 2),
        ("two happy red boats", "fishing boat", 2, 2),
    ],
)
def test_a_number_belongs_to_the_next_thing_named(prompt, name, fewest, most):
    counts = {s.name: s.count for s in read(prompt).subjects}
    assert fewest <= counts[name] <= most
    assert "couple" not in counts or "people" in prompt


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("a sailing ship on a calm sea", ["ship"]),
        ("ships sailing past a lighthouse", ["ship", "lighthouse"]),
        ("fishing boats coming home at dusk", ["fishing boat"]),
        ("a house by the sea", ["house"]),
        ("soft morning light over a field", []),
    ],
)
def test_a_phrase_is_one_thing_and_an_idiom_none(prompt, names):
    assert [s.name for s in read(prompt).subjects] == names


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("prompt", ["a hot air balloon", "a dragon", "a lighthouse on a cliff"])
def test_the_first_subject_stands_inside_the_picture(prompt, seed):
    """Seen from further off, nothing of it lies beyond the frame."""
    said = read(f"{prompt}, noon, clear")
    with_it, without = (paint(d, 448, 256, seed, margin=0.27) for d in (said, replace(said, subjects=())))
    there, gone = (scene.frame(Pose(zoom=0.75), 0.0).astype(int) for scene in (with_it, without))
    rows, columns = np.nonzero(np.abs(there - gone).max(axis=2) > 25)
    assert 32 <= rows.min() <= rows.max() < 224
    assert 56 <= columns.min() <= columns.max() < 392


def test_fog_veils_what_is_far_and_spares_what_is_near():
    """A harbour's houses lose their contrast in fog, its jetty does not."""
    clear, fog = (replace(read(f"a harbour, morning, {weather}"), salt=1) for weather in ("clear", "fog"))
    (far_clear, near_clear), (far_fog, near_fog) = (contrast(said) for said in (clear, fog))
    assert far_fog < 0.45 * far_clear
    assert near_fog > 0.6 * near_clear


def contrast(said: Description) -> tuple[float, float]:
    picture = cv2.cvtColor(paint(said, 640, 360, 3).frame(Pose(), 0.0), cv2.COLOR_BGR2GRAY).astype(np.float32)
    return float(picture[150:195].std()), float(picture[300:].std())


def test_what_cannot_float_stands_on_land():
    """Beside the house at sea there is green, where without it there was water."""
    said = replace(read("the sea, noon, clear, a house"), salt=1)
    there, gone = (paint(d, 448, 256, 3).frame(Pose(), 0.0).astype(int) for d in (said, replace(said, subjects=())))
    green = [(p[..., 1] > p[..., 0] + 8) & (p[..., 1] > p[..., 2]) for p in (there, gone)]
    assert green[0].mean() > green[1].mean() + 0.004


def test_a_high_moon_has_no_second_face_in_the_water():
    said = replace(read("a full moon over the sea, midnight, clear"), salt=1)
    picture = cv2.cvtColor(paint(said, 640, 360, 3).frame(Pose(), 0.0), cv2.COLOR_BGR2GRAY)
    _, bright = cv2.threshold(picture, 150, 255, cv2.THRESH_BINARY)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(bright)
    low = [box for box in boxes[1:] if box[1] > 215]
    assert low, "a path of glitter"
    assert max(box[3] for box in low) < 9, "broken into bars"


def test_a_storm_in_ink_is_mostly_paper(made):
    assert (seen(made("a castle in the mountains, storm, ink")).mean(axis=2) > 170).mean() > 0.6


def test_a_source_keeps_its_composition_and_changes_its_manner(made, tmp_path):
    source = tmp_path / "source.png"
    source.write_bytes(made("a lighthouse at noon"))
    given = seen(source.read_bytes())
    for style in ("watercolour", "oil", "poster", "paper"):
        done = seen(made("a picture", source=source, style=style, strength=0.7))
        assert alike(given, done) > 0.8, style
        assert np.abs(given - done).mean() > 3, style


def test_strength_says_how_far_to_go_from_the_source(made, tmp_path):
    source = tmp_path / "source.png"
    source.write_bytes(made("a castle at noon"))
    away = [apart(source.read_bytes(), made("at night", source=source, strength=s)) for s in (0, 0.3, 0.9)]
    assert away[0] < 1 < away[1] < away[2]


def test_a_broken_source_is_refused_in_words(made, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    with pytest.raises(UnreadablePicture, match=r"broken\.png"):
        made("a castle", source=broken)


@pytest.mark.parametrize(
    "wrong", [{"width": 250}, {"height": 2056}, {"width": 300}, {"prompt": ""}, {"style": "cubist"}]
)
def test_what_it_cannot_do_is_refused_by_name(wrong):
    with pytest.raises(Invalid, match=next(iter(wrong))):
        MODEL.options(**{"prompt": "sea", **wrong})


def test_it_says_how_far_it_is(tmp_path):
    table = Table(tmp_path)
    list(DraftImage(MODEL).run(MODEL.options(prompt="sea", **SMALL), table))
    fractions = [fraction for fraction, _ in table.said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert all(note for _, note in table.said)
