"""Kokoro, on a checkpoint of random weights, does with voices, languages, times and seeds what its page says."""

import hashlib
import itertools
from dataclasses import replace
from importlib.util import find_spec

import pytest

from pipelines import vtt
from pipelines.base import Model
from pipelines.faults import Cancelled, Invalid
from pipelines.hub import Damaged
from pipelines.kokoro import halves, mixture
from pipelines.spoken import sounds
from pipelines.spoken.kokoro_voices import HASHES, LANGUAGES, SPOKEN, VOICES, voice
from pipelines.spoken.level import RATE
from pipelines.spoken.lexicon import Span, spans
from tiny import built
from tiny import kokoro as tiny

LETTERS = tiny.CONFIG["vocab"].get
CHINESE = pytest.mark.skipif(bool(sounds.missing("zh")), reason="misaki[zh] is not installed")


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A model of one's own: a folder in Kokoro's layout, its files pinned."""
    folder = built(tiny.TINY[0], tmp_path_factory.getbasetemp())
    pins = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*.pt*")
    }
    return Model(
        "tiny-kokoro", "Tiny Kokoro", "speech", "pipelines.kokoro:Kokoro", repo=str(folder),
        licence="none", hashes=pins,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pipeline(model):
    loaded = model.cls(model)
    loaded.load()
    yield loaded
    loaded.unload()
    assert loaded.loaded is None
    assert loaded.styles == {}


class Desk:
    def __init__(self, workdir, stop_after=None):
        self.workdir, self.stop_after, self.heard = workdir, stop_after, []

    def progress(self, fraction, note=""):
        self.heard.append(fraction)
        if self.stop_after is not None and len(self.heard) > self.stop_after:
            raise Cancelled


@pytest.fixture
def speak(model, pipeline, tmp_path):
    numbers = itertools.count()

    def speak(text, **options):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        wanted = model.options(**{"text": text, "voice": "af_bella", "seed": 7, **options})
        sound, captions = pipeline.run(wanted, Desk(folder))
        return sound.read_bytes(), [w for cue in vtt.read(captions.read_text("utf-8")) for w in cue.words]

    return speak


def test_its_voices_are_listed_with_their_languages_and_each_is_pinned():
    assert len(VOICES) == 54
    assert {voice(name).language for name in VOICES} == set(SPOKEN) == set(LANGUAGES.values())
    assert voice("bm_george") == ("bm_george", "George, British English", "en-gb", "m")
    assert all(len(sha256) == 64 for sha256 in HASHES.values())
    assert len(HASHES) == 55


def test_the_voices_offered_are_those_the_entry_has_and_this_machine_can_pronounce(model):
    offered = model.schema()["properties"]["voice"]["examples"]
    assert set(offered) == {name for name in tiny.VOICES if not sounds.missing(voice(name).language)}


def test_a_mixture_is_shares_that_add_up_to_one():
    assert mixture("af_bella") == [("af_bella", 1)]
    assert mixture("af_bella+af_sky") == [("af_bella", 0.5), ("af_sky", 0.5)]
    assert mixture("af_bella:3 + af_sky:1") == [("af_bella", 0.75), ("af_sky", 0.25)]


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        ({"voice": "af_bela"}, "did you mean af_bella"),
        ({"voice": "af_bella+nobody"}, "'nobody'"),
        ({"voice": "af_bella:0"}, "af_bella:0.7"),
        ({"voice": "af_bella:lots"}, "af_bella:0.7"),
        ({"voice": "../../af_bella"}, "there is no voice"),
        ({"text": "[voice:klingonic] Hello"}, "klingonic"),
        ({"language": "klingon"}, "en-gb"),
    ],
)
def test_what_it_cannot_say_is_refused_with_the_cure(model, options, cure):
    with pytest.raises(Invalid, match=cure):
        model.options(**{"text": "Hello", **options})


@pytest.mark.skipif(not sounds.missing("ja"), reason="Japanese is installed here")
def test_a_language_that_lacks_its_dictionary_is_refused_with_how_to_get_it(model):
    with pytest.raises(Invalid, match=r"Japanese cannot be pronounced here.*(misaki|unidic)"):
        model.options(text="Hello", language="ja")


def test_words_are_timed_as_they_are_written(speak):
    text = "“Good evening,” said Mr. Smith — it was 1932, wasn't it? One of the boats."
    _, words = speak(text)
    assert " ".join(word.text for word in words) == text
    times = [t for word in words for t in (word.start_s, word.end_s)]
    assert times == sorted(times)
    long, short = (next(w for w in words if w.text.startswith(said)) for said in ("1932", "it"))
    assert long.end_s - long.start_s > 2 * (short.end_s - short.start_s)


def test_voices_mixtures_and_speed_are_heard(speak):
    plain, _ = speak("Nobody speaks.")
    assert speak("Nobody speaks.", voice="af_sky")[0] != plain
    assert speak("Nobody speaks.", voice="af_bella:0.7+af_sky:0.3")[0] not in (
        plain,
        speak("Nobody speaks.", voice="af_sky")[0],
    )
    assert len(speak("Nobody speaks.", speed=2)[0]) < 0.8 * len(plain)


def test_a_cast_speaks_each_in_their_own_voice_and_language(speak):
    sound, words = speak("Ada: Bonjour.\nGeorge: Good day.", cast="Ada = ff_siwis\nGeorge = bm_george")
    assert [word.text for word in words] == ["Bonjour.", "Good", "day."]
    assert sound != speak("Bonjour.\nGood day.")[0]


@CHINESE
def test_text_in_another_script_finds_a_voice_that_reads_it(speak, pipeline, model):
    options = model.options(text="春天来了。", voice="af_bella")
    assert pipeline.speaker(options.script()[0], options) == ("zf_xiaoxiao", "zh")
    _, words = speak("春天来了。花开了。")
    assert "".join(word.text for word in words) == "春天来了。花开了。"


def test_a_sentence_of_too_many_phonemes_is_said_in_parts_and_whole(speak, monkeypatch):
    monkeypatch.setattr("pipelines.kokoro.LONGEST", 12)
    _, words = speak("It was 1861 or 1862.", speed=2)
    assert [word.text for word in words] == ["It", "was", "1861", "or", "1862."]


def test_the_first_sentence_is_heard_before_the_last_is_said(model, pipeline, tmp_path):
    desk = Desk(tmp_path)
    pieces = pipeline.pieces(model.options(text="One. Two. " * 500, voice="af_bella"), desk)
    first = next(pieces)
    assert len(first.sound) > 0.1 * RATE
    assert [word.text for word in first.phrase[0]] == ["One."]
    assert len(desk.heard) == 1
    pieces.close()


def test_it_stops_between_sentences(model, pipeline, tmp_path):
    desk = Desk(tmp_path, stop_after=2)
    with pytest.raises(Cancelled):
        list(pipeline.run(model.options(text="One. " * 50, voice="af_bella"), desk))
    assert len(desk.heard) == 3


@pytest.mark.skipif(find_spec("en_core_web_sm") is not None, reason="the spaCy model is installed here")
def test_english_by_espeak_is_told_of_and_other_languages_are_not(speak, pipeline):
    speak("Good day.")
    assert "en_core_web_sm" in pipeline.told["notes"][0]
    speak("Bonjour.", voice="ff_siwis")
    assert pipeline.told == {}


def test_a_voice_that_is_not_the_pinned_file_is_not_loaded(model):
    other = replace(model, hashes={**model.hashes, "voices/af_sky.pt": "0" * 64})
    pipeline = other.cls(other)
    pipeline.load()
    with pytest.raises(Damaged, match="af_sky"):
        pipeline.style("af_sky")


def test_the_lexicons_sounds_are_said_as_given():
    given = sounds.sounds(spans("A gif, please.", {"gif": "/dʒɪf/"}), "en-us", LETTERS)
    assert "ʤɪf" in given.phonemes
    assert [at for at, _ in given.words] == [0, 2, 7]
    plain = sounds.sounds(spans("A jiff, please."), "en-us", LETTERS)
    assert sounds.heard(plain.phonemes)


def test_words_that_espeak_runs_together_or_apart_keep_their_places():
    text = "One of the boats sailed in 1932 to the sea."
    found = sounds.sounds(spans(text), "en-gb", LETTERS)
    assert [text[at:].split()[0] for at, _ in found.words] == text.split()
    places = [place for _, place in found.words]
    assert places == sorted(set(places))
    assert [found.phonemes[place:][:2] for place in places[-3:]] == ["tə", "ðə", "sˈ"]


def test_a_long_sentence_is_halved_between_words():
    assert halves([Span("one two three", "one two three")]) == (
        [Span("one ", "one ")], [Span("two three", "two three")],
    )  # fmt: skip
    assert halves([Span("aaaa", "aaaa")]) == ([Span("aa", "aa")], [Span("aa", "aa")])
