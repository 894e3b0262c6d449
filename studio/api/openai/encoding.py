"""Sound as it goes out: encoded while it is still being spoken, by an ffmpeg that is fed and read at once."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipelines import ffmpeg

RATE, PCM_RATE = 48_000, 24_000
CHUNK = 32_768


class Form(NamedTuple):
    """A response_format: its content type, and ffmpeg's arguments for it."""

    mime: str
    arguments: tuple[str, ...]
    rate: int = RATE


FORMS = {
    "mp3": Form(
        "audio/mpeg", ("-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3")
    ),
    "opus": Form("audio/opus", ("-c:a", "libopus", "-b:a", "64k", "-page_duration", "200000", "-f", "ogg")),
    "aac": Form("audio/aac", ("-c:a", "aac", "-b:a", "128k", "-f", "adts")),
    "flac": Form("audio/flac", ("-c:a", "flac", "-sample_fmt", "s16", "-f", "flac")),
    "wav": Form("audio/wav", ("-c:a", "pcm_s16le", "-f", "s16le"), PCM_RATE),
    "pcm": Form("audio/pcm", ("-c:a", "pcm_s16le", "-f", "s16le"), PCM_RATE),
}


async def encoded(
    source: AsyncIterator[bytes] | Path, format: str, *, gain: float = 1.0, tempo: float = 1.0
) -> AsyncIterator[bytes]:
    """A WAV file, or 16-bit mono at 48 kHz as it comes, in another form: 24 kHz for wav and pcm, 48 kHz for all else.

    `gain` is a factor, peaks are kept under -1 dBFS; `tempo` makes it shorter or longer at its pitch. Whoever stops
    listening ends it. What the source raises comes out here."""
    form = FORMS[format]
    filters = [f"volume={gain:.6f}", "alimiter=limit=0.88:level=0"] if gain != 1 else []
    filters += [f"atempo={tempo:.6f}"] if tempo != 1 else []
    live = not isinstance(source, Path)
    given = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0") if live else ("-i", f"file:{source}")
    quiet = [flag for flag in ffmpeg.QUIET if flag != "-nostdin"] if live else list(ffmpeg.QUIET)
    arguments = [
        ffmpeg.binary(), *quiet, *given, *(("-af", ",".join(filters)) if filters else ()), "-map_metadata", "-1",
        "-ar", str(form.rate), "-ac", "1", "-flush_packets", "1", *form.arguments, "pipe:1",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.PIPE if live else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    feeding = asyncio.create_task(feed(process, source)) if live else None  # type: ignore[arg-type]
    assert process.stdout is not None
    try:
        if format == "wav":
            yield wav_header(form.rate)
        while data := await process.stdout.read(CHUNK):
            yield data
        if feeding:
            await feeding
    finally:
        if feeding:
            feeding.cancel()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def feed(process: asyncio.subprocess.Process, source: AsyncIterator[bytes]) -> None:
    assert process.stdin is not None
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # its end says why
            async for data in source:
                process.stdin.write(data)
                await process.stdin.drain()
    finally:
        process.stdin.close()


def wav_header(rate: int) -> bytes:
    """Of 16-bit mono whose length is not known yet; readers take what comes."""
    endless = 0xFFFFFFFF
    shape = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", endless)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + shape
        + b"data"
        + struct.pack("<I", endless)
    )
