"""Timeline to files: pieces made once, joined, mastered and looked at."""
