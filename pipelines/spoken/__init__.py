"""What every model that reads aloud shares: the script and its marks, the lexicon, the words' times, the level."""
