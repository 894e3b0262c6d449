"""Restoration of films of any length, piece by piece: read, restored, joined without a seam, written."""
