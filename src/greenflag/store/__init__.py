"""What is kept: one SQLite file with the review log, the notes last read, and what follows."""
