"""What is remembered: the schedule of a card, and what a rating does to it."""
