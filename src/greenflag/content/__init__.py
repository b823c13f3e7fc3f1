"""What there is to learn: notes, deck files and the cards they give."""
