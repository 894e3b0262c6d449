"""What each role may do, by method and path. The one place: every door, Gradio and the dialects too, is behind it."""

from __future__ import annotations

import re

from studio.people import Role

# Whoever stands at the locked door: its page, what that needs, and whether the house stands.
OPEN = re.compile(r"/login|/login/[\w.-]+|/logout|/health")

READ = ("GET", "HEAD", "OPTIONS")
ANY = (*READ, "POST", "PUT", "PATCH", "DELETE")
WRITE = ("POST", "PUT", "PATCH", "DELETE")

TABLE: tuple[tuple[tuple[str, ...], str, Role], ...] = (  # the first that fits says what it takes
    (ANY, r"/+api/v1/(keys|links|sessions)\b.*", "admin"),
    (ANY, r"/+api/v1/doctor\b.*", "admin"),
    (WRITE, r"/+api/v1/(models|weights)\b.*", "admin"),  # what fills the disk, or takes weights off it
    (WRITE, r"/+api/v1/queue/(pause|resume)\b.*", "admin"),  # stops everybody's
    (READ, r"/+metrics\b.*", "admin"),  # counts everybody's
    (READ, r".*", "view"),
    (("POST",), r"/log(in|out)|/+api/v1/assets/zip", "view"),
    (("POST",), r"/+gradio_api/(run|call|call/v2)/(list_models|job)/?", "view"),
    (("POST",), r"/+gradio_api/(startup-events|reset|close)/?", "view"),
    (ANY, r".*", "make"),
)

# What a signed address opens without a credential: the library's files, and uploads of one file.
FILES = re.compile(r"/api/v1/assets/[^/]+/(file|thumbnail)|/api/v1/files/[^/]+|/fal/files/[^/]+/[^/]+")
UPLOADS = re.compile(r"/(fal/storage|api/uploadthing)/put/.+")


def needed(method: str, path: str) -> Role:
    """The least role that a request takes."""
    return next(
        (role for methods, where, role in TABLE if method in methods and re.fullmatch(where, path, re.S)), "make"
    )


def signable(method: str, path: str) -> str | None:
    """Whether a signature may open this: "file", "upload", or not at all."""
    if method in ("GET", "HEAD") and FILES.fullmatch(path):
        return "file"
    return "upload" if method in ("PUT", "POST") and UPLOADS.fullmatch(path) else None
