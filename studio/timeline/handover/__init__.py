"""Timelines for other editors, and from them: one file a format, pure but for its last line."""
