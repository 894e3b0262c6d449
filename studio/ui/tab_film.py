"""From a brief to a film: one wide prompt, then a storyboard to change; drawn by static/film.js."""

from __future__ import annotations

from studio.studio import Studio
from studio.ui.island import island

TITLE, ORDER = "Film", 5


def build(studio: Studio) -> None:
    island("homereel-film", 'import("/ui/static/film.js")')
