"""draft-speech reads what is written, in every language it lists, and its captions say when each word was said."""

import itertools
import unicodedata
import wave

import numpy as np
import pyloudnorm
import pytest

from pipelines import catalogue, vtt
from pipelines.draft.espeak import Espeak
from pipelines.draft.voices import characters, find, voices
from pipelines.faults import Cancelled, Invalid
from pipelines.phrases import LINE, columns
from pipelines.spoken import level
from pipelines.spoken.listen import tokens_of
from pipelines.spoken.script import LONGEST, Rest, Say, parse
from pipelines.spoken.writing import script_language

MODEL = catalogue.find("draft-speech")
RATE = level.RATE


class Desk:
    """Where a pipeline works: a folder, and someone who hears how far it is and may stop it."""

    def __init__(self, workdir, stop_after=None):
        self.workdir, self.stop_after, self.heard = workdir, stop_after, []

    def progress(self, fraction, note=""):
        self.heard.append(fraction)
        if self.stop_after is not None and len(self.heard) > self.stop_after:
            raise Cancelled


class Take:
    def __init__(self, sound, captions):
        self.bytes, self.captions = sound.read_bytes(), captions.read_bytes()
        self.cues = vtt.read(captions.read_text("utf-8"))
        self.words = [word for cue in self.cues for word in cue.words]
        with wave.open(str(sound)) as tape:
            self.form = (tape.getframerate(), tape.getnchannels(), tape.getsampwidth())
            self.samples = np.frombuffer(tape.readframes(tape.getnframes()), "<i2")
        self.seconds = len(self.samples) / RATE


@pytest.fixture
def speak(tmp_path):
    numbers = itertools.count()

    def speak(text, **options):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return Take(*MODEL.cls(MODEL).run(MODEL.options(text=text, **options), Desk(folder)))

    return speak


def silences(samples, shortest_s=0.3):
    """The lengths, in samples, of the stretches of nothing at all."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], samples == 0, [False]]).astype(int)))
    lengths = edges[1::2] - edges[::2]
    return [int(n) for n in lengths if n >= shortest_s * RATE]


def test_the_same_words_make_the_same_bytes_whatever_was_said_before(speak):
    first = speak("The boats come back, one after another.", voice="en-gb+f3", seed=1)
    speak("Etwas ganz anderes.", voice="de+whisper")
    again = speak("The boats come back, one after another.", voice="en-gb+f3", seed=2)
    assert (first.bytes, first.captions) == (again.bytes, again.captions)


def test_it_is_48_khz_mono_at_a_steady_level(speak):
    take = speak("In the grey light before morning the boats come back. Nobody speaks, and the gulls begin.")
    assert take.form == (48000, 1, 2)
    assert np.abs(take.samples.astype(int)).max() <= 32768 * 10 ** (-1 / 20)
    assert pyloudnorm.Meter(RATE).integrated_loudness(take.samples / 32768) == pytest.approx(-18, abs=0.7)


def test_loudness_is_measured_as_others_measure_it():
    noise = np.random.default_rng(1).standard_normal(RATE * 25) * np.repeat([0.02, 0.2, 0.0, 0.1, 0.001], RATE * 5)
    assert level.loudness(level.pcm(noise)) == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(noise), abs=0.1)


def test_it_lasts_longer_with_more_words_and_less_speed(speak):
    text = "Nobody speaks until the last boat is in."
    plain = speak(text)
    assert 2 < plain.seconds < 4
    assert speak(f"{text} {text}").seconds > 1.9 * plain.seconds
    assert speak(text, speed=0.5).seconds > 1.6 * plain.seconds
    assert speak(text, speed=2).seconds < 0.7 * plain.seconds


def test_pitch_is_heard(speak):
    def height(take):
        """Hertz, from the lag at which the sound is most like itself."""
        power = np.abs(np.fft.rfft(take.samples / 32768, 2 * len(take.samples))) ** 2
        likeness = np.fft.irfft(power)
        shortest = RATE // 400
        return RATE / (shortest + likeness[shortest : RATE // 60].argmax())

    assert height(speak("Mama.", pitch=1.6)) > 1.2 * height(speak("Mama.", pitch=0.6))


@pytest.mark.parametrize(("mark", "seconds"), [("1s", 1), ("750ms", 0.75), ("2.5", 2.5), ("1s] [PAUSE: 500 MS ", 1.5)])
def test_a_pause_is_exactly_as_long_as_it_says(speak, mark, seconds):
    assert silences(speak(f"Wait [pause:{mark}] and see.").samples) == [round(seconds * RATE)]


def test_pauses_stand_at_the_ends_too(speak):
    take = speak("[pause:400ms] Now. [pause:600ms]")
    assert silences(take.samples) == [round(0.4 * RATE), round(0.6 * RATE)]
    assert take.words[0].start_s >= 0.4


def test_words_are_timed_where_they_are_heard(speak):
    text = "“Good evening,” said Mr. Smith — it was 1932, wasn't it? [pause:1s] A well-known story; naïve, perhaps…"
    take = speak(text)
    written = text.replace("[pause:1s] ", "")
    assert " ".join(word.text for word in take.words) == " ".join(written.split())
    times = [t for word in take.words for t in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[-1] <= take.seconds
    loud = np.abs(take.samples.astype(int))
    for word in take.words:
        said = loud[round(word.start_s * RATE) : round(word.end_s * RATE)]
        assert said.max() > 0.05 * loud.max(), word
    heard = np.zeros(len(loud), bool)
    for word in take.words:
        heard[round(word.start_s * RATE) : round(word.end_s * RATE)] = True
    assert (loud[heard].astype(float) ** 2).sum() > 0.97 * (loud.astype(float) ** 2).sum()


def test_captions_are_two_short_lines_a_sentence_each(speak):
    take = speak(
        "The tide had turned. " + "When she looked up, the lamps along the quay were lit, and he was gone. " * 2
    )
    assert take.cues[0].text == "The tide had turned."
    assert all(columns(line) <= LINE for cue in take.cues for line in cue.text.split("\n"))
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(take.cues))


SAMPLES = {
    "en-us": "Good morning, world.",
    "de": "Schöne Grüße aus München.",
    "fr-fr": "Où êtes-vous, mes élèves ?",
    "cmn": "春天来了，花开了。",
    "ja": "こんにちは、せかい。",
    "ko": "안녕하세요, 세계.",
    "ar": "مرحبا بالعالم اليوم.",
    "hi": "नमस्ते दुनिया, कैसे हो?",
    "el": "Καλημέρα σας, κόσμε.",
    "ru": "Доброе утро, мир.",
    "th": "สวัสดีชาวโลก",
    "he": "שלום עולם.",
    "tr": "Günaydın, güzel dünya.",
}


@pytest.mark.parametrize("voice", SAMPLES)
def test_languages_are_spoken_and_captioned_in_their_own_script(speak, voice):
    take = speak(SAMPLES[voice], voice=voice)
    assert take.seconds > 0.6
    assert "".join(w.text for w in take.words).replace(" ", "") == SAMPLES[voice].replace(" ", "")
    assert take.words[0].start_s < 0.1
    assert take.words[-1].end_s > take.seconds - 0.5


def test_every_voice_that_is_listed_speaks():
    assert len(voices()) > 100
    assert len({voice.id for voice in voices()}) == len(voices())
    with Espeak() as espeak:
        for voice in voices():
            take = espeak.say("Mama 12", voice, "", 160, 50)
            assert np.abs(np.frombuffer(take.samples, "<i2").astype(int)).max() > 2000, voice
        for character in characters():
            assert len(espeak.say("Mama", find("en-gb")[0], character, 160, 50).samples) > 8000, character


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        ({"voice": "en-gbb"}, "did you mean en-gb"),
        ({"voice": "german"}, "did you mean de"),
        ({"voice": "en-gb+nobody"}, r"en-gb\+f3"),
        ({"voice": "../../etc/passwd"}, "A voice is a language"),
        ({"language": "elvish"}, "A voice is a language"),
        ({"text": "Hello [voice:klingonic] there"}, "'klingonic'"),
        ({"text": "Hello [pause:soon] there"}, r"\[pause:1s\]"),
        ({"text": "Hello [pause:9999s] there"}, "60 s at most"),
        ({"text": "Hello" + "[pause:60s]" * 61}, "more than an hour"),
        ({"text": " \n [pause:1s] "}, "nothing to say"),
        ({"text": "x" * 100_001}, "100000"),
        ({"speed": 3}, "less than or equal to 2"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_cure(options, cure):
    with pytest.raises(Invalid, match=cure):
        MODEL.options(**{"text": "Hello", **options})


def test_a_voice_mark_changes_the_speaker(speak):
    both = speak("One two three. [voice:en-gb+f3] One two three.")
    half = speak("One two three.")
    assert both.bytes[44 : 44 + RATE] != half.bytes[-RATE:]
    assert [w.text for w in both.words] == ["One", "two", "three."] * 2


def test_markup_is_read_out_and_never_obeyed(speak):
    take = speak("<break time='20s'/> [[h@l@U]] \x01900p <audio src='file:///etc/passwd'/> ${x} & so on")
    assert "".join(w.text for w in take.words).startswith("<breaktime='20s'/>")
    assert take.seconds < 20
    assert silences(take.samples) == []
    ssml = speak("<speak><prosody rate='x-slow'>one</prosody></speak>")
    assert ssml.seconds > 1.5 * speak("speak prosody one").seconds


def test_a_text_of_marks_and_dashes_says_so(speak):
    with pytest.raises(Invalid, match="nothing to say"):
        speak("— … —")


def test_a_long_text_reports_and_stops_between_sentences(tmp_path):
    desk = Desk(tmp_path, stop_after=5)
    with pytest.raises(Cancelled):
        list(MODEL.cls(MODEL).run(MODEL.options(text="One more sentence. " * 500), desk))
    assert len(desk.heard) == 6
    assert desk.heard == sorted(desk.heard)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mr. Smith met J. R. Hart at 3.30 p.m. today. Then?! “Yes.” No…", 4),
        ("春天来了。花开了！好吗？", 3),
        ("A title\nA line\nanother that\nwraps on.", 2),
        ("wrapped by an\neditor, with no\nreal ends", 1),
        ("हम गए। वे आए।", 2),
    ],
)
def test_sentences_are_told_apart(text, said):
    assert sum(isinstance(part, Say) for part in parse(text)) == said


def test_no_breath_is_endless_and_no_word_is_lost():
    text = "on and on, " * 300 + "x" * 1000
    parts = list(parse(text))
    assert all(len(part.text) <= LONGEST for part in parts)
    assert "".join(part.text for part in parts).replace(" ", "") == text.replace(" ", "")


def test_marks_are_found_and_other_brackets_left():
    parts = list(parse("One [laughs] two [Pause: 500ms] [voice: de ]drei\nVier"))
    assert parts == [Say("One [laughs] two"), Rest(0.5), Say("drei", "de"), Rest(), Say("Vier", "de")]


def test_a_script_the_voice_does_not_read_finds_one_that_does():
    assert [script_language(SAMPLES[v], "en") for v in ("cmn", "ja", "ko", "ar", "hi", "el", "ru", "de")] == [
        "cmn", "ja", "ko", "ar", "hi", "el", "ru", "",
    ]  # fmt: skip
    assert script_language(SAMPLES["ru"], "uk") == ""


def test_marks_standing_alone_go_with_the_word_before():
    text = "Well — no 👍 ."
    assert [text[a:b] for a, b in tokens_of(text, [])] == ["Well —", "no", "👍 ."]
    assert unicodedata.category("👍") == "So"


def test_the_schema_offers_every_voice_by_name():
    offered = MODEL.schema()["properties"]["voice"]
    assert {voice.id for voice in voices()} <= set(offered["examples"])
    assert offered["x-names"]["de"] == "German"
    assert all(find(voice) for voice in offered["examples"])
