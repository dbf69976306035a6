"""What the words of the vocabulary do; ``vocabulary`` says which there are."""
