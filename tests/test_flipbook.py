"""The preview is the film: the same pictures as an export paints, the same samples as its mix, piece by piece."""

from __future__ import annotations

import io
import threading
import wave

import cv2
import numpy as np
import pytest

from studio.sample import sample
from studio.timeline import edit
from studio.timeline.export import flipbook
from studio.timeline.export.export import frame
from studio.timeline.model import Timeline
from studio.timeline.sound.mix import Mix, sample_at

WIDTH = 160


@pytest.fixture
def film(studio):
    timeline = Timeline.parse(sample(studio).timeline)
    return timeline, studio.library.many(timeline.assets())


@pytest.fixture
def pages(film, tmp_path):
    """A piece's pictures, as a client takes them apart."""

    def pages(piece, timeline=film[0], upto=None):
        found, data = [], b""
        stream = flipbook.pages(timeline, film[1], piece, WIDTH, tmp_path / "preview", threading.Lock())
        for block in stream:
            data += block
            if upto and len(found) >= upto:
                stream.close()
                break
            while len(data) >= 4 and len(data) >= 4 + (size := int.from_bytes(data[:4], "big")):
                found.append(data[4 : 4 + size] if size else found[-1])
                data = data[4 + size :]
        return found

    pages.folder = tmp_path / "preview"
    return pages


def test_every_frame_of_the_film_is_in_one_piece(film):
    timeline, media = film
    pieces = flipbook.pieces(timeline, media, WIDTH)
    assert [p.start for p in pieces] == [0, *[p.end for p in pieces[:-1]]]
    assert pieces[-1].end == timeline.frames


def test_a_page_is_the_exports_frame_and_a_kept_piece_is_the_same_again(film, pages):
    timeline, media = film
    piece = flipbook.pieces(timeline, media, WIDTH)[0]
    found = pages(piece)
    assert len(found) == piece.frames
    shown = cv2.imdecode(np.frombuffer(found[20], np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    painted = frame(timeline, media, piece.start + 20, flipbook.size(timeline, WIDTH))
    assert np.abs(shown.astype(int) - painted).mean() < 6
    assert pages(piece) == found
    assert len(list(pages.folder.iterdir())) == 1


def test_a_piece_given_up_half_way_leaves_nothing(film, pages):
    pages(flipbook.pieces(*film, WIDTH)[0], upto=3)
    assert list(pages.folder.iterdir()) == []


def test_an_edit_changes_the_keys_of_what_it_changed_alone(film):
    timeline, media = film
    before = {p.key for p in flipbook.pieces(timeline, media, WIDTH)}
    title = next(n for n, item in enumerate(timeline.tracks[1].items) if item.type == "title")
    after = edit.set_item(timeline, 1, title, text="Other words")
    changed = {p.key for p in flipbook.pieces(after, media, WIDTH)} - before
    assert 0 < len(changed) < len(before)
    quiet = edit.set_track(timeline, 3, gain_db=-20)
    assert {p.key for p in flipbook.pieces(quiet, media, WIDTH)} == before


def test_its_sound_from_any_frame_is_the_films_own(film):
    timeline, media = film
    whole = np.concatenate(list(Mix(timeline, media).blocks()))
    for start, end in ((0, 60), (97, 200), (300, 420)):
        a, b = sample_at(start, timeline.fps), sample_at(end, timeline.fps)
        part = flipbook.sound(timeline, media, start, end)
        assert part.shape == (b - a, 2)
        assert np.abs(part - whole[a:b]).max() < 0.02, f"frames {start} to {end}"


def test_a_sound_is_a_wav_file():
    with wave.open(io.BytesIO(flipbook.wav(np.zeros((480, 2), np.float32)))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 48_000, 480)
