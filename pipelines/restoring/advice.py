"""From what was measured to what is to be done: the settings that a report suggests, and why, in words."""

from __future__ import annotations

from typing import Any

NOISY, BLOCKY, SOFT, MISSING = 2.2, 0.3, 0.42, 0.02
FULL = 28
"""The measured noise that wants a whole `denoise`: a little less than all of it leaves more of the fine detail."""


def suggested(report: dict[str, Any]) -> dict[str, Any]:
    """Options of the draft model, and those of them that other models have."""
    found: dict[str, Any] = {
        "denoise": denoise(report["noise"]),
        "deblock": deblock(report["blocking"]),
        "sharpen": sharpen(report),
    }
    if report["kind"] == "image":
        return found
    modes = {"progressive": "off", "interlaced": "frames", "pulldown": "film"}
    found["deinterlace"] = modes[report["cadence"]]
    found["mend"] = report["cadence"] == "progressive" and max(report["repeated"], report["dropped"]) >= MISSING
    found["sound"] = "clean" if troubled(report) else "keep"
    return found


def denoise(noise: float) -> float:
    """0 to 1 for a noise of that standard deviation, of 255."""
    return round(min(1.0, noise / FULL), 2) if noise >= NOISY else 0.0


def deblock(blocking: float) -> float:
    return round(min(1.0, 0.3 + blocking / 2), 2) if blocking >= BLOCKY else 0.0


def sharpen(report: dict[str, Any]) -> float:
    if report["sharpness"] >= SOFT or report["noise"] > 12:
        return 0.0
    return round(min(1.0, 0.2 + (SOFT - report["sharpness"]) * 3.2), 2)


def troubled(report: dict[str, Any]) -> bool:
    """Whether its sound wants cleaning: clipped, hissing, or far from its loudness."""
    hiss = (
        report.get("noise_floor_db", -90) > -65
        and report.get("loudness_lufs", 0) - report.get("noise_floor_db", -90) > 15
    )
    return report.get("sound_clipped", 0) > 0.0005 or hiss or abs(report.get("gain_db", 0)) > 8


def findings(report: dict[str, Any]) -> list[dict[str, str]]:
    """Each measure as a line for a person: what, how it is, and whether something should be done (`ok`, `warn`)."""
    ways = suggested(report)

    def line(name: str, said: str, warn: bool) -> dict[str, str]:
        return {"name": name, "said": said, "state": "warn" if warn else "ok"}

    noise, blocks, sharp = report["noise"], report["blocking"], report["sharpness"]
    lines = [
        line("Noise", f"{'none to speak of' if noise < NOISY else 'some' if noise < 5 else 'much'} ({noise:g} of 255)",
             ways["denoise"] > 0),
        line("Blocks", f"{'none seen' if blocks < BLOCKY else 'the grid of its coding shows'} ({blocks:g})",
             ways["deblock"] > 0),
        line("Sharpness", f"{'soft' if sharp < SOFT else 'sharp'} ({sharp:.0%})", ways["sharpen"] > 0),
        line("Clipped light", f"{report['clipped']:.1%} of the picture is black or white", report["clipped"] > 0.2),
    ]  # fmt: skip
    if report["kind"] == "image":
        return lines
    first = {"tff": "top", "bff": "bottom"}[report["first_field"]]
    words = {
        "progressive": "whole frames", "interlaced": f"interlaced, {first} field first",
        "pulldown": "film with 3:2 pulldown",
    }  # fmt: skip
    lines += [
        line("Frames", words[report["cadence"]], report["cadence"] != "progressive"),
        line("Repeated frames", f"{report['repeated']:.0%}", report["repeated"] >= MISSING),
        line("Missing frames", f"{report['dropped']:.1%}", report["dropped"] >= MISSING),
    ]
    if "loudness_lufs" in report:
        quiet = abs(report["gain_db"]) > 8
        lines += [
            line("Loudness", f"{report['loudness_lufs']:g} LUFS", quiet),
            line("Sound's noise", f"{report['noise_floor_db']:g} dB", ways["sound"] == "clean" and not quiet),
            line("Clipped sound", f"{report['sound_clipped']:.2%}", report["sound_clipped"] > 0.0005),
        ]
    return lines
