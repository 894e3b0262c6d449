"""Sound as tokens: audiocraft's models loaded safely, run quickly, and read back into sound piece by piece."""
