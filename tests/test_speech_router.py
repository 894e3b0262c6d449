"""`speech` lets the best voice that is ready speak, goes on to the next where one fails, and says who it was."""

import pytest

from pipelines import catalogue, server
from pipelines.base import Model, Pipeline
from pipelines.faults import Cancelled, Invalid, Unavailable
from pipelines.kokoro import Kokoro
from pipelines.spoken.kokoro_voices import HASHES
from pipelines.spoken.voices import Voice

SPEECH = catalogue.find("speech")


@pytest.fixture(autouse=True)
def nothing_but_espeak(monkeypatch, tmp_path):
    """No server, and a hub's cache with nothing in it."""
    monkeypatch.delenv("STUDIO_RIVA_URL", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    server.forget()


class Broken(Kokoro):
    """Kokoro whose weights are here, and cannot be read."""

    @classmethod
    def status(cls, model):
        return "ready", ""

    def load(self):
        raise RuntimeError("the checkpoint is torn")


@pytest.fixture
def broken(monkeypatch):
    model = Model(
        "kokoro", "Kokoro", "speech", f"{__name__}:Broken", repo="x/y", licence="none", vram_gb=1, hashes=HASHES
    )
    found = {m.id: m for m in catalogue.MODELS} | {"kokoro": model}
    monkeypatch.setattr(catalogue, "find", found.__getitem__)


class Desk:
    def __init__(self, workdir, stop_after=None):
        self.workdir, self.stop_after, self.heard, self.notes = workdir, stop_after, [], []
        workdir.mkdir(exist_ok=True)

    def progress(self, fraction, note=""):
        self.heard.append(fraction)
        self.notes.append(note)
        if self.stop_after is not None and len(self.heard) > self.stop_after:
            raise Cancelled


def speak(folder, text="Nobody speaks.", **options):
    desk, pipeline = Desk(folder), SPEECH.cls(SPEECH)
    pipeline.load()
    files = [*pipeline.run(SPEECH.options(text=text, **options), desk)]
    told = pipeline.told
    pipeline.unload()
    assert pipeline.loaded == {}
    return files, told, desk


def test_the_take_says_who_spoke_and_why_the_others_did_not(tmp_path):
    (sound, captions), told, desk = speak(tmp_path / "work")
    assert (sound.parent, captions.parent) == (desk.workdir, desk.workdir)
    assert told["speaker"] == "draft-speech"
    assert told["draft"] is True
    assert "STUDIO_RIVA_URL" in told["passed_over"]["riva"]
    assert "not downloaded" in told["passed_over"]["kokoro"]
    assert told["tags"] == ["draft-speech", "draft"]
    assert any("eSpeak" in note for note in desk.notes)
    assert desk.heard == sorted(desk.heard)


def test_through_the_queue_a_draft_voice_is_tagged_and_named(work, worker):
    job = work("speech", text="Nobody speaks.", seed=1)
    assert job.status == "done", job.error
    assert job.result["speaker"] == "draft-speech"
    assert set(job.result["passed_over"]) == {"riva", "kokoro"}
    assert {"draft", "draft-speech"} <= set(job.assets[0].tags)
    assert [asset.kind for asset in job.assets] == ["audio", "captions"]


def test_one_that_fails_is_passed_over_with_what_it_said(broken, tmp_path):
    _, told, desk = speak(tmp_path / "work")
    assert told["speaker"] == "draft-speech"
    assert told["passed_over"]["kokoro"] == "the checkpoint is torn"
    assert desk.heard == sorted(desk.heard)


def test_the_same_words_make_the_same_bytes_and_a_stop_is_no_failure(tmp_path):
    once, again = (speak(tmp_path / name)[0][0].read_bytes() for name in "ab")
    assert once == again
    with pytest.raises(Cancelled):
        list(SPEECH.cls(SPEECH).run(SPEECH.options(text="One. Two. Three."), Desk(tmp_path / "c", stop_after=1)))


def test_a_voice_that_cannot_speak_is_stood_in_for_by_one_like_it(tmp_path):
    same = [speak(tmp_path / "a", voice="af_bella")[0][0], speak(tmp_path / "b", voice="en-us+f3")[0][0]]
    assert same[0].read_bytes() == same[1].read_bytes()
    cast = [
        speak(tmp_path / "c", "Ada: Bonjour.", cast="Ada = ff_siwis"),
        speak(tmp_path / "d", "Bonjour.", voice="fr-fr+f3"),
    ]
    assert cast[0][0][0].read_bytes() == cast[1][0][0].read_bytes()


def test_without_a_voice_the_language_finds_one(tmp_path):
    asked = speak(tmp_path / "a", "Guten Tag.", language="de")[0][0].read_bytes()
    assert asked == speak(tmp_path / "b", "Guten Tag.", voice="de")[0][0].read_bytes()
    written = speak(tmp_path / "c", "Доброе утро.")[0][0].read_bytes()
    assert written == speak(tmp_path / "d", "Доброе утро.", voice="ru")[0][0].read_bytes()


def test_the_one_whose_voice_it_is_comes_first():
    from pipelines.speech import ranked

    assert [m.id for m in ranked("auto")] == ["riva", "kokoro", "draft-speech"]
    assert [m.id for m in ranked("en-gb+f3")] == ["draft-speech", "riva", "kokoro"]
    assert ranked("af_bella+af_sky")[0].id == "kokoro"


def test_a_voice_that_nobody_has_is_refused():
    with pytest.raises(Invalid, match="there is no voice 'klingonic'"):
        SPEECH.options(text="Hello", voice="klingonic")


def test_a_language_that_nobody_speaks_says_so(tmp_path):
    with pytest.raises(Unavailable, match="no voice for tlh"):
        speak(tmp_path / "work", language="tlh")


def test_it_is_ready_wherever_any_voice_is_and_is_what_speaks_by_default():
    assert SPEECH.status() == ("ready", "")
    assert catalogue.default("speech").id == "speech"
    assert isinstance(SPEECH.cls.voices()[0], Voice)
    assert issubclass(SPEECH.cls, Pipeline)
