"""The draft models: real media with no weights and no GPU, so that a whole film can be cut before it is made."""
