"""The other program: decks, memory and reviews to Anki and back."""
