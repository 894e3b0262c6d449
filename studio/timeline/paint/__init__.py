"""Timeline to pictures: what is painted on each frame."""
