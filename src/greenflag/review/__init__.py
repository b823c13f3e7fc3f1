"""One sitting: which cards, in which order, and what each key does."""
