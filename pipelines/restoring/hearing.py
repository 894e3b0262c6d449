"""What is the matter with a film's sound: how loud it is, how much of it is clipped, how loud its noise is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pipelines.restoring.source import opened

RATE = 48_000
WINDOW_S = 60.0
LUFS = -16.0
"""The loudness that clean sound is brought to."""
SILENT_DB = -90.0


def measured(path: Path) -> dict[str, Any]:
    """Of a minute in its middle: loudness in LUFS, peak and noise floor in dB of full scale, the share of samples that
    are clipped, and the gain in dB that would bring it to its loudness."""
    samples = read(path)
    if samples is None or not np.abs(samples).max(initial=0):
        return {"silent": True}
    import pyloudnorm

    peak = float(np.abs(samples).max())
    held = samples if samples.shape[1] > RATE // 2 else np.pad(samples, ((0, 0), (0, RATE // 2)))
    loud = float(pyloudnorm.Meter(RATE).integrated_loudness(held.T))
    blocks = samples.mean(0)[: samples.shape[1] // 2400 * 2400].reshape(-1, 2400)
    levels = 20 * np.log10(np.sqrt((blocks**2).mean(1)) + 1e-9) if len(blocks) else np.array([SILENT_DB])
    heard = levels[levels > SILENT_DB]
    top = np.abs(samples) >= 0.985
    clipped = float((top[:, 1:] & top[:, :-1]).mean())
    found = {
        "peak_db": round(20 * float(np.log10(peak)), 1),
        "noise_floor_db": round(float(np.quantile(heard, 0.05)), 1) if len(heard) else SILENT_DB,
        "sound_clipped": round(clipped, 5),
    }
    if np.isfinite(loud):
        found |= {"loudness_lufs": round(loud, 1), "gain_db": round(float(np.clip(LUFS - loud, -20, 20)), 2)}
    return found


def read(path: Path) -> np.ndarray | None:
    """A minute from its middle, (channels, samples) float32 at 48 kHz: its first two channels, as they are."""
    import av
    import av.error

    pieces, wanted = [], int(WINDOW_S * RATE)
    with opened(path) as container:
        stream = container.streams.audio[0]
        length = float(stream.duration * stream.time_base) if stream.duration else (container.duration or 0) / 1e6
        if length > WINDOW_S:
            container.seek(int((length - WINDOW_S) / 2 * 1_000_000), backward=True)
        resampler = av.AudioResampler(format="fltp", rate=RATE)
        try:
            for frame in container.decode(stream):
                pieces += [one.to_ndarray()[:2] for one in resampler.resample(frame)]
                if sum(piece.shape[1] for piece in pieces) >= wanted:
                    break
        except av.error.FFmpegError:
            pass  # what was heard up to there will do
    return np.concatenate(pieces, 1)[:, :wanted] if pieces else None
