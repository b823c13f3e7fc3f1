"""The migrations of the store, in order; one that was released is never edited.

Each runs in one transaction with its record (`sqlite_utils.Migrations`). `connection.VERSION` names
the newest, so that opening an up-to-date file needs no sqlite-utils, whose import costs as much as
everything else of a start.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("greenflag")

TABLES = """
-- Deck files as last read: a file whose size and time are the same is not read again.
CREATE TABLE files (
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,      -- nanoseconds since 1970, as the file system says
  deck TEXT NOT NULL,             -- title of the deck
  about TEXT NOT NULL,
  language TEXT NOT NULL,
  own INTEGER NOT NULL            -- 1: in the user's own folder; 0: shipped
) STRICT;

-- Notes as last read from the decks. A removed note stays, set aside with its history.
CREATE TABLE notes (
  number INTEGER PRIMARY KEY,     -- row of the search index
  id TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,          -- where it starts in the file, from 1
  position INTEGER NOT NULL,      -- its place in the file, from 0
  kind TEXT NOT NULL,
  competency TEXT,
  weight INTEGER NOT NULL,        -- 1 to 5
  tags TEXT NOT NULL,             -- JSON list
  body TEXT NOT NULL,             -- the note as JSON
  hash TEXT NOT NULL,             -- of the body
  added INTEGER NOT NULL,         -- milliseconds since 1970
  changed INTEGER NOT NULL,       -- milliseconds since 1970: when the content last changed
  removed INTEGER,                -- milliseconds since 1970; NULL while a deck holds it
  indexed INTEGER NOT NULL        -- 1: the search index has it as it is
) STRICT;
CREATE INDEX notes_by_file ON notes (file, position);
CREATE INDEX notes_unindexed ON notes (number) WHERE NOT indexed;

-- The cards of the notes, both sides ready as Markdown.
CREATE TABLE cards (
  id TEXT PRIMARY KEY,            -- note id / face: the cards of a note stand together
  note TEXT NOT NULL REFERENCES notes (id),
  position INTEGER NOT NULL,      -- its place among the cards of its note, from 0
  front TEXT NOT NULL,
  back TEXT NOT NULL,
  removed INTEGER                 -- milliseconds since 1970; NULL while its note gives it
) STRICT, WITHOUT ROWID;

-- The review log: facts, added and never changed. Everything about memory follows from it.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  card TEXT NOT NULL REFERENCES cards (id),
  at INTEGER NOT NULL,            -- milliseconds since 1970
  day INTEGER NOT NULL,           -- study day (ordinal) where the review was done
  rating INTEGER NOT NULL CHECK (rating BETWEEN 0 AND 4),  -- 0: a reset
  seconds REAL,                   -- from the question to the rating
  kind TEXT NOT NULL CHECK (kind IN ('review', 'cram', 'reset')),
  source TEXT NOT NULL,           -- greenflag, or the program it came from
  source_id TEXT,                 -- its id there
  UNIQUE (card, at)
) STRICT;
CREATE INDEX reviews_by_day ON reviews (day, kind, card, rating);

-- A cache of the log: what FSRS believes about each card. `rebuild` makes it anew.
CREATE TABLE memory (
  card TEXT PRIMARY KEY REFERENCES cards (id),
  stability REAL NOT NULL,        -- days until recall falls to 90 %
  difficulty REAL NOT NULL,       -- 1 to 10
  due INTEGER NOT NULL,           -- study day (ordinal)
  last_day INTEGER NOT NULL,      -- study day of the last review
  reviews INTEGER NOT NULL,
  lapses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX memory_by_due ON memory (due);

CREATE TABLE suspended (card TEXT PRIMARY KEY REFERENCES cards (id)) STRICT, WITHOUT ROWID;
CREATE TABLE buried (
  card TEXT PRIMARY KEY REFERENCES cards (id),
  until INTEGER NOT NULL          -- the study day on which it is back
) STRICT, WITHOUT ROWID;

-- The latest showing of a card by `next`, answered once.
CREATE TABLE showings (
  card TEXT PRIMARY KEY REFERENCES cards (id),
  token TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Today's list of cards in the order they are asked; a card leaves it when it is done with.
CREATE TABLE today (
  position INTEGER PRIMARY KEY,
  card TEXT NOT NULL UNIQUE REFERENCES cards (id),
  reason TEXT NOT NULL
) STRICT;

-- What undo takes back, newest last.
CREATE TABLE acts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,            -- milliseconds since 1970
  what TEXT NOT NULL,             -- rate, suspend, resume, bury, reset, add, edit
  about TEXT NOT NULL,            -- the card or note
  before TEXT NOT NULL            -- JSON: what to put back
) STRICT;

-- Parameters fitted to this log; the newest is in use, without any the model's defaults are.
CREATE TABLE parameters (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  model TEXT NOT NULL,
  numbers TEXT NOT NULL           -- JSON list, as long as the model needs
) STRICT;

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = "unicode61 remove_diacritics 2");
"""


@migrations()
def m001_daily_sitting(db: Database) -> None:
    """Notes, cards, the review log, memory, and what a day of sittings needs."""
    _execute(db, TABLES)


def _execute(db: Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


INTERVIEWS = """
-- Interviews ahead and past. One user act is one row changed; undo puts the earlier row back.
CREATE TABLE interviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  company TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL,            -- milliseconds since 1970
  minutes TEXT NOT NULL,          -- JSON: minutes to study on each weekday, Monday first
  days_off TEXT NOT NULL,         -- JSON: study days without study
  focus TEXT NOT NULL,            -- JSON: competencies that count double
  decks TEXT NOT NULL,            -- JSON: titles of the decks to study; all when empty
  without TEXT NOT NULL,          -- JSON: competencies left out
  goal REAL NOT NULL,             -- the recall aimed at, 0 to 1
  state TEXT NOT NULL CHECK (state IN ('planned', 'cancelled', 'done'))
) STRICT;

-- What the plan of each study day expected of an interview: to be held against what came.
CREATE TABLE forecasts (
  interview INTEGER NOT NULL,
  day INTEGER NOT NULL,           -- study day (ordinal)
  expected REAL NOT NULL,         -- recall at the interview, 0 to 1
  low REAL NOT NULL,              -- nine times in ten it is between low
  high REAL NOT NULL,             -- and high
  PRIMARY KEY (interview, day)
) STRICT, WITHOUT ROWID;
"""


@migrations()
def m002_interviews(db: Database) -> None:
    """The interviews that the plan aims at, and what it expected of them."""
    _execute(db, INTERVIEWS)


REHEARSALS = """
-- Mock interviews: the questions as drawn, so that one broken off goes on as it began.
CREATE TABLE mocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  started INTEGER NOT NULL,       -- milliseconds since 1970
  finished INTEGER,               -- milliseconds since 1970; NULL until its last question is done
  plan TEXT NOT NULL,             -- JSON: the draws in order, each with its reason
  options TEXT NOT NULL,          -- JSON: minutes, think, seed
  steps INTEGER NOT NULL          -- how many were kept: who saw another count is refused
) STRICT;

-- Answers told in a mock interview, or kept by `answer`. They are no reviews and move no schedule.
CREATE TABLE rehearsals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mock INTEGER REFERENCES mocks (id),
  place INTEGER,                  -- which of its questions, from 0; NULL without a mock
  note TEXT NOT NULL REFERENCES notes (id),  -- the question
  competency TEXT,                -- of the question then
  wording TEXT NOT NULL,          -- as it was asked
  at INTEGER NOT NULL,            -- milliseconds since 1970
  day INTEGER NOT NULL,           -- study day (ordinal) where it was told
  state TEXT NOT NULL CHECK (state IN ('answered', 'told', 'ticked', 'done', 'skipped', 'gone')),
  source TEXT NOT NULL,           -- aloud, typed, transcript; empty when it was not answered
  seconds REAL,                   -- as told, or as the text would take; NULL when unknown
  allowed REAL NOT NULL,          -- the seconds it was to take at the most
  answer TEXT,                    -- the words, when they were typed or transcribed
  follow_up TEXT NOT NULL,        -- the question after the answer; empty without one
  follow_seconds REAL,
  follow_answer TEXT,
  points INTEGER NOT NULL,        -- how many key points the question had then
  said TEXT NOT NULL,             -- JSON: which of them were said, from 0
  story TEXT,                     -- id of the user's story that was shown
  remark TEXT NOT NULL,           -- a line for next time
  findings TEXT,                  -- JSON: how often each rule found something; NULL without words
  UNIQUE (mock, place)
) STRICT;
CREATE INDEX rehearsals_by_note ON rehearsals (note, id);
"""


@migrations()
def m003_rehearsals(db: Database) -> None:
    """Mock interviews and the answers told in them."""
    _execute(db, REHEARSALS)


DEBRIEFS = """
-- What is ticked off around an interview. Rows of an interview that undo took away are never shown.
CREATE TABLE ticks (
  interview INTEGER NOT NULL,
  item TEXT NOT NULL,             -- note id / item-N, as its card is called
  at INTEGER NOT NULL,            -- milliseconds since 1970
  needed INTEGER NOT NULL,        -- 1: done; 0: left out, as it is not needed
  PRIMARY KEY (interview, item)
) STRICT, WITHOUT ROWID;

-- What an interview taught: the debrief, and the draft of one that is not finished.
CREATE TABLE debriefs (
  interview INTEGER NOT NULL,
  draft INTEGER NOT NULL,         -- 1: not finished
  at INTEGER NOT NULL,            -- milliseconds since 1970
  answers TEXT NOT NULL,          -- JSON: what was answered, by question; a draft's asked as well
  outcome TEXT,                   -- waiting, next-round, offer, no; NULL when not known
  expected REAL,                  -- recall that was last expected of it, 0 to 1
  PRIMARY KEY (interview, draft)
) STRICT, WITHOUT ROWID;

-- The questions that came up in an interview: the bank's note, and how the answer went.
CREATE TABLE asked (
  interview INTEGER NOT NULL,
  note TEXT NOT NULL,
  position INTEGER NOT NULL,      -- its place in the debrief, from 0
  wording TEXT NOT NULL,          -- as it was written down
  went INTEGER CHECK (went BETWEEN 1 AND 3),      -- 1 weak, 2 fine, 3 strong
  story TEXT,                     -- the note of the story that was told
  landed INTEGER CHECK (landed BETWEEN 1 AND 3),  -- 1 flat, 2 fine, 3 made them ask on
  PRIMARY KEY (interview, note)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_by_story ON asked (story) WHERE story IS NOT NULL;
"""


@migrations()
def m004_debriefs(db: Database) -> None:
    """What is ticked off around an interview, and what it taught."""
    _execute(db, DEBRIEFS)
