"""Reads a brief, whether a sentence, a page or a script: what it is about, what kind of film it wants, and what it says
that can be told. Pure: the same words give the same reading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.director.tongue import Found, Tongue, detect, tongue

STRUCTURES = ("story", "explainer", "trailer", "how-to", "product", "travel", "poem")
LONGEST_WORDS = 15  # of one line of narration: longer sentences are parted
SCENE = re.compile(
    r"^\s*(?:(?:int|ext|innen|außen)[./ ]|(?:scene|szene|scène|escena|scena|shot|plan|plano)\s*\d+\b|#{1,3}\s)", re.I
)
SPOKEN = re.compile(
    r"^\s*(?:narrator|narration|voice[- ]?over|vo|v\.o\.|erzähler|erzählerin|sprecher|sprecherin|narrateur|narratrice"
    r"|voix off|narrador|narradora|voz en off|narratore|narratrice|voce)\s*:\s*(.+)$", re.I
)  # fmt: skip
TITLED = re.compile(r"^\s*(?:title|titel|titre|título|titolo)\s*:\s*(.+)$", re.I)
STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•]|(?:step|schritt|étape|paso|passo)\s+\d+\s*[:.)]?)\s+(.+)$", re.I)
ENDS = re.compile(r"(?<=[.!?…])[\"'”»]?\s+(?=[^\s])")


@dataclass(frozen=True)
class Passage:
    """Something the brief itself says: what is told, what is seen meanwhile, and under which scene's head."""

    line: str
    seen: str
    scene: int = 0
    step: bool = False


@dataclass(frozen=True)
class Reading:
    language: str
    structure: str
    topic: str
    title: str
    passages: tuple[Passage, ...]
    things: tuple[Found, ...]
    moods: tuple[str, ...]
    written: bool
    """A page or a script: its own sentences are the narration."""

    def named(self, kind: str) -> list[Found]:
        return [thing for thing in self.things if thing.kind == kind]

    @property
    def tongue(self) -> Tongue:
        return tongue(self.language)


def read(brief: str, language: str = "auto") -> Reading:
    text = re.sub(r"[ \t]+", " ", brief.replace("\r\n", "\n")).strip()
    code = detect(text) if language == "auto" else language
    speech = tongue(code)
    titles = [found[1] for line in text.splitlines() if (found := TITLED.match(line))]
    plain = "\n".join(line for line in text.splitlines() if not TITLED.match(line))
    topic = topic_of(plain, speech)
    script = scripted(plain)
    passages = script or told(topic, speech)
    topic = next((p.line for p in script if p.line and SCENE.match(plain)), topic)
    kinds = [found.key for found in speech.find(plain, "structure")]
    return Reading(
        language=code,
        structure="how-to" if any(p.step for p in passages) else kinds[0] if kinds else "story",
        topic=topic,
        title=(titles[0].strip() if titles else headline(topic, speech))[:80],
        passages=passages,
        things=tuple(speech.find(plain, "subject", "place", "hour", "weather", "season")),
        moods=tuple(found.key for found in speech.find(plain, "mood")),
        written=bool(script) or len(passages) > 3,
    )


def topic_of(text: str, speech: Tongue) -> str:
    """The brief without its "make a film about": what the film is of."""
    asked = re.match(speech.said["ask"], text, re.I)
    rest = text[asked.end() :] if asked and asked.end() < len(text) - 2 else text
    if speech.code == "de":  # "über einen alten Fischer" is about "ein alter Fischer"
        rest = re.sub(r"^einen ((?:\w+en )*)", lambda m: "ein " + m[1].replace("en ", "er "), rest)
    return re.sub(r"^[\s:,;–-]+", "", rest).strip() or text


def headline(topic: str, speech: Tongue) -> str:
    """A few words for the title card, which do not end in the middle of a phrase."""
    quoted = re.search(r"[\"“„«]([^\"”“»]{3,60})[\"”“»]", topic)
    if quoted:
        return quoted[1].strip()
    words = re.split(r"[.!?\n:;,]", topic.strip())[0].split()[:7]
    breaks = set(speech.said["breaks"].split())
    words = words[: next((n for n, word in enumerate(words) if n > 1 and word.lower() in breaks), len(words))]
    small = set(speech.said["common"].split())
    while len(words) > 1 and words[-1].lower().strip("'’") in small:
        words.pop()
    while len(words) > 2 and words[0].lower() in ARTICLES:
        words.pop(0)
    said = " ".join(words) or "Film"
    return said[0].upper() + said[1:]


ARTICLES = {"a", "an", "ein", "eine", "un", "une", "uno", "una", "einen", "einem", "einer"}


def scripted(text: str) -> tuple[Passage, ...]:
    """The passages of a script: scene heads begin scenes, a narrator's lines are told, and what stands between is seen.
    Numbered lines are steps. Nothing where the text is neither."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not any(SCENE.match(line) or SPOKEN.match(line) for line in lines):
        steps = [found[1].strip() for line in lines if (found := STEP.match(line))]
        return tuple(Passage(ended(step), step, n, step=True) for n, step in enumerate(steps)) if len(steps) > 1 else ()
    passages, scene, seen = list[Passage](), -1, ""
    for line in lines:
        spoken = SPOKEN.match(line)
        if SCENE.match(line):
            if seen and (not passages or passages[-1].scene != scene):
                passages.append(Passage("", seen, max(scene, 0)))
            scene, seen = scene + 1, line
        elif spoken:
            pieces = [part for sentence in ENDS.split(spoken[1].strip()) for part in parted(sentence, (", ",))]
            passages += [Passage(ended(part), seen or part, max(scene, 0)) for part in pieces]
        else:
            seen = f"{seen} {line}".strip()
    if seen and (not passages or passages[-1].scene != scene):
        passages.append(Passage("", seen, max(scene, 0)))
    return tuple(passages)


def told(topic: str, speech: Tongue) -> tuple[Passage, ...]:
    """What the brief says, sentence by sentence, a long one parted where it may be."""
    joins = tuple(speech.said["join"].split("|"))
    sentences = [s.strip() for block in topic.splitlines() for s in ENDS.split(block) if s.strip()]
    parts = [part for sentence in sentences for part in parted(sentence, joins)]
    seen, found = set[str](), list[Passage]()
    nothing = {
        *speech.said["common"].split(),
        *["film", "video", "movie", "clip", "trailer", "poem", "story", "gedicht", "geschichte", "histoire"],
    }
    for part in parts:
        line = ended(part)
        if line and folded(line) not in seen and not set(folded(line).split()) <= nothing:
            seen.add(folded(line))
            found.append(Passage(line, part))
    return tuple(found)


def parted(sentence: str, joins: tuple[str, ...]) -> list[str]:
    """A sentence in pieces of at most LONGEST_WORDS, as far as its joints allow; a short one with two halves too."""
    words = sentence.split()
    if len(words) <= 9:
        return [sentence]
    for join in joins:
        places = [m.start() for m in re.finditer(re.escape(join), sentence)]
        for at in sorted(places, key=lambda at: abs(at - len(sentence) / 2)):
            left, right = sentence[:at].strip(" ,;"), sentence[at:].strip(" ,;")
            if min(len(left.split()), len(right.split())) >= 3:
                return [*parted(left, joins), *parted(right, joins)]
    if len(words) <= LONGEST_WORDS + 5:
        return [sentence]
    comma = min((m.start() for m in re.finditer(", ", sentence)), key=lambda a: abs(a - len(sentence) / 2), default=0)
    if comma and min(len(sentence[:comma].split()), len(sentence[comma:].split())) >= 3:
        return [*parted(sentence[:comma], joins), *parted(sentence[comma + 2 :], joins)]
    half = len(words) // 2
    return [*parted(" ".join(words[:half]), joins), *parted(" ".join(words[half:]), joins)]


def ended(text: str) -> str:
    """A line as it is said: a capital first, and a full stop last."""
    plain = re.sub(r"\s+", " ", re.sub(r"[\[\]{}<>]", " ", text)).strip(' ,;–-"“”„»«')
    if not plain:
        return ""
    return plain[0].upper() + plain[1:] + ("" if plain[-1] in ".!?…" else ".")


def folded(line: str) -> str:
    """A line as it counts for being the same as another."""
    return re.sub(r"\W+", " ", line.lower()).strip()
