"""Captions as Advanced SubStation Alpha text (version 4+, after libass), the words timed where they shall be sung."""

from __future__ import annotations

from pipelines.vtt import Cue

HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,IBM Plex Sans,{size},{said},&H00F3F8FA,&H000E0C0C,&H800E0C0C,-1,0,0,0,100,100,0,0,1,{rim},0,2,\
{aside},{aside},{foot},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
PAPER, AMBER = "&H00F3F8FA", "&H003BA9F2"
"""Blue, green and red, as this format has it."""


def write(cues: list[Cue], width: int, height: int, sung: bool) -> str:
    """An .ass file for a picture of this size; with `sung`, words become amber as they are said."""
    unit = min(width, height) / 720
    head = HEAD.format(
        width=width, height=height, size=round(38 * unit), rim=max(1, round(2.5 * unit)),
        aside=round(width * 0.08), foot=round(height * 0.065), said=AMBER if sung else PAPER,
    )  # fmt: skip
    texts = [words(cue) if sung else plain(cue.text) for cue in cues]
    spans = [f"{stamp(cue.start_s)},{stamp(cue.end_s)}" for cue in cues]
    return head + "".join(f"Dialogue: 0,{at},Default,,0,0,0,,{text}\n" for at, text in zip(spans, texts, strict=True))


def words(cue: Cue) -> str:
    """The text with `{\\k}` tags: how many hundredths of a second until the next word, or its end, is reached."""
    out, at, now = "", 0, cue.start_s
    for word in cue.words:
        found = cue.text.find(word.text, at)
        if found < 0:
            continue
        out += rf"{{\k{hundredths(word.start_s - now)}}}" if word.start_s > now else ""
        out += (
            plain(cue.text[at:found]) + rf"{{\k{hundredths(word.end_s - max(word.start_s, now))}}}" + plain(word.text)
        )
        at, now = found + len(word.text), max(word.end_s, now)
    return out + plain(cue.text[at:])


def plain(text: str) -> str:
    """Text that means nothing but itself."""
    shown = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return "\\N".join(shown.replace("\r", "").split("\n"))


def hundredths(seconds: float) -> int:
    return max(0, round(seconds * 100))


def stamp(seconds: float) -> str:
    """`0:01:02.34`."""
    at = hundredths(seconds)
    return f"{at // 360000}:{at // 6000 % 60:02}:{at // 100 % 60:02}.{at % 100:02}"
