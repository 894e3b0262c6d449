"""WebVTT says what the cues say, word by word, and whatever is read back is what was written."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import vtt
from pipelines.phrases import LINE, captions, columns
from pipelines.vtt import Cue, Word


def timed(text, step=0.3):
    words = [Word(word, n * step, n * step + step) for n, word in enumerate(text.split())]
    return words, [" "] * len(words)


def test_a_file_is_what_players_expect():
    cue = Cue(1, 3.5, "Fish & <chips>", (Word("Fish", 1, 1.5), Word("&", 1.5, 2), Word("<chips>", 2.25, 3)))
    assert vtt.write([cue]) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n"
        "Fish <00:00:01.500>&amp;<00:00:02.000> <00:00:02.250>&lt;chips&gt;<00:00:03.000>\n"
    )


def test_words_come_back_with_their_times():
    words = (Word("One —", 3600, 3600.4), Word("zwei", 3600.4, 3601), Word("三", 3601.5, 3602))
    cue = Cue(3600, 3602.3, "One — zwei\n三", words)
    assert vtt.read(vtt.write([cue])) == [cue]


def test_what_others_write_is_read():
    text = (
        "\ufeffWEBVTT - a title\r\nKind: captions\r\n\r\nNOTE\r\nnot --> a cue\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\n"
        "intro\r\n00:01.000 --> 00:02.000 align:start line:0\r\n"
        "<v Ann>Hello <b>there</b> &amp; you\r\n- No &lt;tags&gt;\r\n\r\n"
        "00:05.000 --> 00:04.000\r\nbackwards\r\n\r\n99:99 --> x\r\nbroken\r\n\r\n00:00.000 --> 00:00.500\r\nFirst"
    )
    assert vtt.read(text) == [Cue(0, 0.5, "First"), Cue(1, 2, "Hello there & you\n- No <tags>")]


def test_words_between_two_stamps_share_the_time():
    [cue] = vtt.read("WEBVTT\n\n00:00.000 --> 00:03.000\none two<00:02.000> six")
    assert cue.words == (Word("one", 0, 1), Word("two", 1, 2), Word("six", 2, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 10**7), st.integers(1, 10**5)), max_size=5))
def test_any_text_survives_and_none_breaks_the_file(given):
    cues = [Cue(start / 1000, (start + length) / 1000, text) for text, start, length in given]
    read = vtt.read(vtt.write(cues))
    plain = [
        re.sub(r"\s+", " ", c.text.replace("\x00", "")).strip()
        for c in sorted(cues, key=lambda c: (c.start_s, c.end_s))
    ]
    assert sorted(re.sub(r"\s+", " ", cue.text) for cue in read) == sorted(text for text in plain if text)


@given(st.text(max_size=300))
def test_nonsense_is_read_without_complaint(text):
    vtt.read("WEBVTT\n\n00:00.000 --> 00:03.000\n" + text)
    vtt.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "In the grey light before morning the boats come back, one after another, low in the water and smelling "
        "of tar. Nobody speaks. The gulls, who have waited all night on the harbour wall, begin.",
        "word " * 90,
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrik ist lang.",
        "春天来了" * 30,
    ],
)
def test_captions_fit_two_lines_and_say_everything_in_order(text):
    words, glue = timed(text)
    cues = captions([(words, glue)])
    assert all(columns(line) <= LINE for cue in cues for line in cue.text.split("\n"))
    assert all(cue.text.count("\n") <= 1 for cue in cues)
    assert "".join(cue.text for cue in cues).replace("\n", "").replace(" ", "") == text.replace(" ", "")
    assert all(a.end_s <= b.start_s for a, b in pairwise(cues))
    assert all(cue.start_s <= word.start_s <= word.end_s <= cue.end_s + 1e-9 for cue in cues for word in cue.words)


def test_captions_break_between_sentences_and_after_commas():
    first = timed("The tide had turned.")
    later = timed("When she looked up from the old map, the lamps along the quay were lit, and he was gone.")
    assert [cue.text.replace("\n", " / ") for cue in captions([first, later])] == [
        "The tide had turned.",
        "When she looked up from the old map,",
        "the lamps along the quay were lit, / and he was gone.",
    ]


def test_a_silence_parts_captions():
    first, second = Word("Wait", 0, 0.5), Word("now", 2, 2.5)
    one, two = captions([([first, second], [" ", " "])])
    assert (one.text, one.end_s, two.start_s) == ("Wait", pytest.approx(0.9), 2)
