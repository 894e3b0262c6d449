"""From a brief to a film: script, shots, takes, cut. A client of the studio's verbs, like a door."""
