"""What every voice understands: a cast and its lines, a lexicon of pronunciations, and words timed as written."""

import itertools

import pytest

from pipelines import catalogue, vtt
from pipelines.draft.ipa import mnemonics
from pipelines.faults import Invalid
from pipelines.spoken.lexicon import Span, as_written, read_lexicon, spans
from pipelines.spoken.script import Rest, Say, parse, read_cast
from pipelines.spoken.voices import Voice, nearest

MODEL = catalogue.find("draft-speech")
CAST = read_cast("Ada = en-gb+f3, Old Ben = en-us")


class Desk:
    def __init__(self, workdir):
        self.workdir, self.notes = workdir, []

    def progress(self, fraction, note=""):
        self.notes.append(note)


@pytest.fixture
def speak(tmp_path):
    numbers = itertools.count()

    def speak(text, **options):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        sound, captions = MODEL.cls(MODEL).run(MODEL.options(text=text, **options), Desk(folder))
        return sound.read_bytes(), [word for cue in vtt.read(captions.read_text("utf-8")) for word in cue.words]

    return speak


def said(text):
    return [(part.text, part.voice) for part in parse(text, CAST) if isinstance(part, Say)]


def test_a_line_with_a_name_is_that_persons_and_the_next_is_the_narrators():
    assert said("Night falls.\nAda: Who is there?\nold ben: Only me.\nThe door closes.") == [
        ("Night falls.", ""), ("Who is there?", "en-gb+f3"), ("Only me.", "en-us"), ("The door closes.", ""),
    ]  # fmt: skip


def test_a_line_that_wraps_stays_with_its_speaker():
    assert said("Ada: I came as soon\nas I heard. Truly.\nShe sits.") == [
        ("I came as soon as I heard.", "en-gb+f3"), ("Truly.", "en-gb+f3"), ("She sits.", ""),
    ]  # fmt: skip


def test_names_outside_the_cast_are_read_as_they_stand():
    assert said("Note: it was 10:30.") == [("Note: it was 10:30.", "")]


def test_a_mark_may_name_one_of_the_cast():
    assert said("[voice:ADA] Yes. [voice:de] Nein.") == [("Yes.", "en-gb+f3"), ("Nein.", "de")]
    assert list(parse("Ada: One [pause:1s] two.", CAST)) == [Say("One", "en-gb+f3"), Rest(1), Say("two.", "en-gb+f3")]


def test_dialogue_is_spoken_by_two_and_captioned_without_their_names(speak):
    both, words = speak("Ada: One two three.\nBen: One two three.", cast="Ada = en-gb+f3\nBen = en-us")
    one, _ = speak("Ada: One two three.\nBen: One two three.", cast={"Ada": "en-us", "Ben": "en-us"})
    assert [word.text for word in words] == ["One", "two", "three."] * 2
    assert both != one


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        ({"cast": "Ada"}, "Ada = en-gb"),
        ({"cast": "Ada = klingonic"}, "klingonic"),
        ({"lexicon": "Leigh"}, "Leigh = Lee"),
        ({"lexicon": "Leigh = //"}, "Leigh = Lee"),
        ({"lexicon": "\n".join(f"a{n} = b" for n in range(1001))}, "1000 is the most"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_cure(options, cure):
    with pytest.raises(Invalid, match=cure):
        MODEL.options(text="Hello", **options)


def test_the_lexicon_finds_whole_words_in_any_case():
    lexicon = read_lexicon("Leigh = Lee\nGIF = /dʒɪf/\n東京 = とうきょう")
    assert spans("leigh's Leighton GIF", lexicon) == [
        Span("leigh", "Lee"), Span("'s Leighton ", "'s Leighton "), Span("GIF", "GIF", "dʒɪf"),
    ]  # fmt: skip
    assert spans("大東京市", lexicon)[1] == Span("東京", "とうきょう")


def test_times_found_in_what_was_said_are_given_to_what_was_written():
    parts = spans("Mr Leigh left.", {"leigh": "Leeeee"})
    assert as_written([(0, 0.0), (3, 0.2), (7, 0.3), (10, 0.5)], parts, [p.said for p in parts]) == [
        (0, 0.0), (3, 0.2), (3, 0.3), (9, 0.5),
    ]  # fmt: skip


def test_a_respelling_is_heard_and_the_captions_stay_as_written(speak):
    plain, _ = speak("We saw Siobhan leave.")
    other, words = speak("We saw Siobhan leave.", lexicon="Siobhan = Shivawn")
    same, _ = speak("We saw Shivawn leave.")
    assert [word.text for word in words] == ["We", "saw", "Siobhan", "leave."]
    assert other == same != plain


def test_sounds_are_heard_and_nothing_else_of_the_text_becomes_sounds(speak):
    plain, _ = speak("A gif of a dog [[d0g]].")
    other, words = speak("A gif of a dog [[d0g]].", lexicon={"gif": "/dʒɪf/"})
    assert [word.text for word in words] == ["A", "gif", "of", "a", "dog", "[[d0g]]."]
    assert other != plain
    times = [word.start_s for word in words]
    assert times == sorted(times)


def test_sounds_become_the_letters_espeak_knows_and_no_others():
    assert mnemonics("ˈʃɪvɔːn") == "'SIvO:n"
    assert mnemonics("dʒɪf") == "dZIf"
    assert mnemonics("]]<%\x01a1") == "a"


def test_the_nearest_voice_speaks_the_language_then_the_accent_then_has_the_sex():
    voices = [
        Voice("a", "A", "en-us", "f"),
        Voice("b", "B", "en-gb", "f"),
        Voice("c", "C", "en-gb", "m"),
        Voice("z", "Z", "zh"),
    ]
    assert nearest(voices, "en-GB", "m").id == "c"
    assert nearest(voices, "en").id == "a"
    assert nearest(voices, "cmn").id == "z"
    assert nearest(voices, "fi") is None
