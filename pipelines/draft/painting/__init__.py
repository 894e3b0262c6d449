"""Paints a scene out of words, in layers with depth, and shows it to a moving camera. Shared by the draft models."""
