"""From draft to final: every draft take of a film made again by the models chosen for it, in its own place."""
