"""Telling it aloud: stories, answers and what can be noticed in them."""
