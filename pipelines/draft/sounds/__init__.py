"""Synthesises sounds: one function each, of a `Take` that says for how long and how. Everything is made to loop."""
