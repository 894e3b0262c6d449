"""Writes music: words become a brief, the brief a form, the form chords, tune, bass and drums. Pure, and silent."""
