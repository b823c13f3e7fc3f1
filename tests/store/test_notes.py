"""Reading the decks again keeps all progress, and what is kept can be found by its words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.store import marks, notes, reviews, today
from greenflag.store.connection import open_store
from greenflag.store.notes import Changes, DeckCounts, NoteRow
from tests.store.parts import AT, DAY, HOUR, a_store, dump, from_log, keep, note, rate, sound

MINE, OTHER = "decks/mine.yaml", "decks/other.yaml"


def reading() -> list[NoteRow]:
    """A deck of three notes as it is first read."""
    return [
        note("apology", words="I am sorry for the delay", faces=["say", "mean"], tags=["tone"]),
        note("budget", words="Defending the budget, the Büro way", position=1, competency="money"),
        note("churn", words="Customers who leave; the rate of it", position=2, weight=5),
    ]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with the three notes, two of their cards reviewed, and a list for today."""
    with closing(a_store(tmp_path, *reading())) as db:
        rate(db, "apology/say", 3)
        rate(db, "budget/card", 1)
        today.keep(db, "a day", [("churn/card", "new")])
        yield db


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A store with the three notes, only to be read."""
    with closing(a_store(tmp_path_factory.mktemp("library"), *reading())) as db:
        yield db


def progress(db: sqlite3.Connection) -> tuple[object, ...]:
    whole = dump(db)
    return whole["reviews"], whole["memory"], whole["suspended"], whole["buried"]


def found(db: sqlite3.Connection, words: str, limit: int = 10) -> list[str]:
    return [note.id for note in notes.search(db, words, limit)]


class TestReadingAgain:
    def test_the_same_decks_changes_nothing(self, db: sqlite3.Connection) -> None:
        found(db, "x")
        before = dump(db)
        assert keep(db, *reading()) == Changes()
        assert dump(db) == before
        assert today.stamp(db) == "a day"

    def test_a_new_note_is_added(self, db: sqlite3.Connection) -> None:
        before = progress(db)
        changes = keep(db, *reading(), note("delay", position=3), at=AT + HOUR)
        assert changes == Changes(added=("delay",))
        kept = notes.note(db, "delay")
        assert kept is not None
        assert (kept.added, kept.changed, kept.removed) == (AT + HOUR, AT + HOUR, None)
        assert notes.cards_of(db, "delay") == ["delay/card"]
        assert progress(db) == before
        assert today.stamp(db) == ""

    def test_a_reworded_note_keeps_its_progress(self, db: sqlite3.Connection) -> None:
        before = progress(db)
        sorry = note("apology", words="I apologise", faces=["say", "mean"], tags=["tone"])
        changes = keep(db, sorry, *reading()[1:], at=AT + HOUR)
        assert changes == Changes(reworded=("apology",))
        kept, card = notes.note(db, "apology"), notes.card(db, "apology/say")
        assert kept is not None and card is not None
        assert (kept.added, kept.changed) == (AT, AT + HOUR)
        assert (card.front, card.back) == ("I apologise say?", "I apologise say!")
        assert progress(db) == before

    def test_a_note_that_only_stands_elsewhere_in_its_file_is_not_a_change(
        self, db: sqlite3.Connection
    ) -> None:
        one, two, three = reading()
        swapped = [one, two._replace(position=2, line=8), three._replace(position=1, line=5)]
        assert keep(db, *swapped, at=AT + HOUR) == Changes()
        kept = notes.note(db, "budget")
        assert kept is not None
        assert (kept.line, kept.changed) == (8, AT)
        assert [each.id for each in notes.all_notes(db)] == ["apology", "churn", "budget"]
        assert today.stamp(db) == "a day"

    def test_a_note_moved_to_another_deck_keeps_its_progress(self, db: sqlite3.Connection) -> None:
        before = progress(db)
        one, two, three = reading()
        moved = one._replace(file=OTHER, position=0)
        assert keep(db, two, three, moved) == Changes(moved=("apology",))
        card = notes.card(db, "apology/say")
        assert card is not None
        assert card.deck == OTHER
        assert progress(db) == before

    def test_a_note_moved_and_reworded_is_called_reworded(self, db: sqlite3.Connection) -> None:
        moved = note("apology", words="I apologise", file=OTHER, faces=["say", "mean"])
        assert keep(db, *reading()[1:], moved) == Changes(reworded=("apology",))
        kept = notes.note(db, "apology")
        assert kept is not None
        assert kept.file == OTHER

    def test_a_removed_note_is_set_aside_with_its_reviews(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, ["apology/mean"], "apology", AT)
        before = progress(db)
        assert keep(db, *reading()[1:], at=AT + HOUR) == Changes(removed=("apology",))
        kept = notes.note(db, "apology")
        assert kept is not None
        assert kept.removed == AT + HOUR
        assert notes.card(db, "apology/say") is None
        assert notes.cards_of(db, "apology") == []
        assert "apology" not in [each.id for each in notes.all_notes(db)]
        assert progress(db) == before
        assert len(reviews.history(db, "apology/say")) == 1

    def test_a_note_that_comes_back_comes_back_with_all_of_it(self, db: sqlite3.Connection) -> None:
        before = dump(db, "search", "facts")
        keep(db, *reading()[1:], at=AT + HOUR)
        changes = keep(db, *reading(), at=AT + 2 * HOUR)
        assert changes == Changes(returned=("apology",))
        del before["notes"], before["files"]
        after = dump(db, "search", "facts", "notes", "files")
        assert after == before
        kept = notes.note(db, "apology")
        assert kept is not None
        assert (kept.added, kept.changed, kept.removed) == (AT, AT, None)

    def test_a_note_that_comes_back_reworded_has_changed_when_it_came(
        self, db: sqlite3.Connection
    ) -> None:
        keep(db, *reading()[1:], at=AT + HOUR)
        sorry = note("apology", words="I apologise", faces=["say", "mean"])
        assert keep(db, sorry, *reading()[1:], at=AT + 2 * HOUR).returned == ("apology",)
        kept = notes.note(db, "apology")
        assert kept is not None
        assert (kept.added, kept.changed) == (AT, AT + 2 * HOUR)

    def test_a_deck_file_that_is_gone_sets_its_notes_aside(self, db: sqlite3.Connection) -> None:
        before = progress(db)
        changes = keep(db, gone=[MINE])
        assert changes == Changes(removed=("apology", "budget", "churn"))
        assert notes.known_files(db) == {}
        assert notes.deck_titles(db) == []
        assert progress(db) == before

    def test_a_file_renamed_moves_its_notes(self, db: sqlite3.Connection) -> None:
        before = progress(db)
        renamed = [each._replace(file=OTHER) for each in reading()]
        changes = keep(db, *renamed, gone=[MINE])
        assert changes == Changes(moved=("apology", "budget", "churn"))
        assert list(notes.known_files(db)) == [OTHER]
        assert progress(db) == before

    def test_notes_of_files_not_read_this_time_are_left_alone(self, db: sqlite3.Connection) -> None:
        changes = keep(db, note("other", file=OTHER))
        assert changes == Changes(added=("other",))
        assert len(list(notes.all_notes(db))) == 4

    def test_a_face_that_is_gone_takes_its_card_and_gives_it_back_with_its_progress(
        self, db: sqlite3.Connection
    ) -> None:
        before = progress(db)
        one, *others = reading()
        keep(db, note("apology", words="I am sorry for the delay", faces=["mean"]), *others)
        assert notes.cards_of(db, "apology") == ["apology/mean"]
        assert notes.card(db, "apology/say") is None
        keep(db, one, *others)
        assert notes.cards_of(db, "apology") == ["apology/say", "apology/mean"]
        assert progress(db) == before

    def test_cards_of_a_note_are_never_those_of_one_whose_id_begins_the_same(
        self, db: sqlite3.Connection
    ) -> None:
        names = ["churn-rate", "churn.x", "chur"]
        near = [note(id_, position=n + 3) for n, id_ in enumerate(names)]
        keep(db, *reading(), *near)
        keep(db, *reading()[:2], *near)
        assert [id_ for id_ in ["churn", *names] if notes.cards_of(db, id_)] == names

    def test_a_broken_file_is_remembered_until_it_changes(self, db: sqlite3.Connection) -> None:
        assert notes.broken_files(db) == {}
        notes.keep_decks(db, [], [], [], {OTHER: (12, 34)}, AT)
        assert notes.broken_files(db) == {OTHER: (12, 34)}
        notes.keep_decks(db, [], [], [], {}, AT)
        assert notes.broken_files(db) == {}

    def test_that_breaks_off_changes_nothing(self, db: sqlite3.Connection) -> None:
        before = dump(db)
        doubled = note("apology", words="twice", position=5)
        new = note("delay", position=4)
        with pytest.raises(sqlite3.IntegrityError):
            keep(db, *reading()[1:], new, new, doubled)
        assert dump(db) == before

    @settings(max_examples=25)
    @given(
        syncs=st.lists(
            st.dictionaries(
                st.sampled_from("abcdef"),
                st.tuples(
                    st.sampled_from([MINE, OTHER]),
                    st.sampled_from(["red", "green", "blue"]),
                    st.sampled_from([("x",), ("x", "y"), ("y", "z")]),
                ),
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_whatever_is_done_to_the_decks_the_log_stays_and_the_rest_is_as_if_read_at_once(
        self,
        syncs: list[dict[str, tuple[str, str, tuple[str, ...]]]],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> None:
        def rows(deck: dict[str, tuple[str, str, tuple[str, ...]]]) -> list[NoteRow]:
            return [
                note(id_, file=file, words=words, faces=faces, position=n)
                for n, (id_, (file, words, faces)) in enumerate(deck.items())
            ]

        def shown(db: sqlite3.Connection) -> object:
            everything = sorted(notes.all_notes(db))
            cards = [notes.card(db, id_) for n in everything for id_ in notes.cards_of(db, n.id)]
            hits = {word: sorted(found(db, word)) for word in ("red", "green", "blue")}
            return [kept._replace(added=0, changed=0) for kept in everything], cards, hits

        db = quick(tmp_path_factory.mktemp("often"))
        for deck in syncs:
            log = dump(db)["reviews"]
            keep(db, *rows(deck), also=[MINE, OTHER])
            assert dump(db)["reviews"] == log
            found(db, "red")
            for id_ in deck:
                rate(db, notes.cards_of(db, id_)[0])
            assert reviews.differing(db, from_log) == []
        once = quick(tmp_path_factory.mktemp("once"))
        keep(once, *rows(syncs[-1]), also=[MINE, OTHER])
        assert shown(db) == shown(once)
        assert sound(db)
        db.close()
        once.close()


def quick(home: Path) -> sqlite3.Connection:
    """A store that does not wait for the disk."""
    db = open_store(str(home))
    db.execute("PRAGMA synchronous = OFF")
    return db


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("sorry", ["apology"]),
            ("sor", ["apology"]),
            ("orry", []),
            ("the delay", ["apology"]),
            ("delay the", ["apology"]),
            ("the", ["apology", "budget", "churn"]),
            ("SORRY", ["apology"]),
            ("buro", ["budget"]),
            ("BÜRO", ["budget"]),
            ("budget sorry", []),
            ("churn", ["churn"]),
            ("sorry !", ["apology"]),
            ("- sorry", ["apology"]),
            ("", []),
            ("   ", []),
        ],
    )
    def test_finds_notes_by_words_and_their_beginnings(
        self, db: sqlite3.Connection, words: str, expected: list[str]
    ) -> None:
        assert sorted(found(db, words)) == expected

    @pytest.mark.parametrize(
        "words",
        [
            '"', '""', '"sorry', 'sorry"', "'", "*", "sorry*", "sor* OR budget", "NOT sorry",
            "AND", "OR", "NEAR(sorry budget)", "words:sorry", "search:x", "^sorry", "sorry +",
            "-sorry", "(sorry", "{sorry}", "sorry;DROP TABLE notes", "\x00", "sorry\x00",
            "?", "%", "_", "…", "日本", "\ud800", "a" * 10_000,
        ],
    )  # fmt: skip
    def test_quotes_and_operators_are_only_text(self, db: sqlite3.Connection, words: str) -> None:
        assert set(found(db, words)) <= {"apology", "budget", "churn"}
        assert found(db, "sorry") == ["apology"]

    @pytest.mark.parametrize("words", ["sorry OR budget", "sorry AND delay", "NOT churn"])
    def test_operators_are_words_to_be_found(self, db: sqlite3.Connection, words: str) -> None:
        assert found(db, words) == []

    @given(words=st.text(max_size=30))
    def test_no_words_break_it(self, words: str, library: sqlite3.Connection) -> None:
        assert set(found(library, words)) <= {"apology", "budget", "churn"}

    def test_the_best_come_first_and_no_more_than_wanted(self, db: sqlite3.Connection) -> None:
        often = note("often", words="sorry sorry sorry", position=3)
        keep(db, *reading(), often, note("long", words="sorry " + "word " * 200, position=4))
        assert found(db, "sorry")[0] == "often"
        assert len(found(db, "sorry")) == 3
        assert len(found(db, "sorry", 2)) == 2

    def test_follows_a_rewording(self, db: sqlite3.Connection) -> None:
        assert found(db, "sorry") == ["apology"]
        keep(db, note("apology", words="I apologise", faces=["say", "mean"]), *reading()[1:])
        assert found(db, "sorry") == []
        assert found(db, "apologise") == ["apology"]

    def test_follows_removal_and_return(self, db: sqlite3.Connection) -> None:
        assert found(db, "sorry") == ["apology"]
        keep(db, *reading()[1:])
        assert found(db, "sorry") == []
        keep(db, *reading())
        assert found(db, "sorry") == ["apology"]

    def test_also_when_nobody_searched_in_between(self, db: sqlite3.Connection) -> None:
        keep(db, *reading()[1:])
        keep(db, note("apology", words="I apologise"), *reading()[1:])
        assert (found(db, "sorry"), found(db, "apologise")) == ([], ["apology"])
        assert sound(db)

    def test_finds_a_note_by_what_any_of_its_fields_says(self, db: sqlite3.Connection) -> None:
        assert found(db, "tone") == ["apology"]
        assert found(db, "money") == ["budget"]


class TestLookingUp:
    def test_a_note_tells_where_it_stands(self, db: sqlite3.Connection) -> None:
        kept = notes.note(db, "budget")
        assert kept is not None
        assert (kept.file, kept.line, kept.deck, kept.kind) == (MINE, 5, MINE, "basic")
        assert (kept.competency, kept.weight) == ("money", 3)

    def test_what_there_is_not_is_none(self, db: sqlite3.Connection) -> None:
        assert notes.note(db, "nothing") is None
        assert notes.card(db, "apology") is None
        assert notes.card(db, "apology/nothing") is None
        assert notes.cards_of(db, "nothing") == []

    def test_notes_elsewhere_are_those_of_files_not_named(self, db: sqlite3.Connection) -> None:
        keep(db, note("other", file=OTHER))
        assert notes.ids_elsewhere(db, [MINE]) == {"other": (OTHER, 2)}
        assert set(notes.ids_elsewhere(db, [OTHER])) == {"apology", "budget", "churn"}
        assert notes.ids_elsewhere(db, [MINE, OTHER]) == {}

    def test_decks_are_listed_shipped_ones_first(self, db: sqlite3.Connection) -> None:
        shipped = "shipped/z.yaml"
        keep(db, note("z", file=shipped), titles={shipped: "Zeal"})
        assert notes.deck_titles(db) == ["Zeal", MINE]
        assert next(each.id for each in notes.all_notes(db)) == "z"
        assert [each.id for each in notes.all_notes(db, ["Zeal"])] == ["z"]
        assert notes.decks_by_card(db)["z/card"] == "Zeal"

    def test_competencies_are_those_of_notes_there_are(self, db: sqlite3.Connection) -> None:
        assert notes.competencies(db) == ["money"]
        keep(db, reading()[0], reading()[2])
        assert notes.competencies(db) == []

    def test_a_deck_counts_what_it_holds_and_how_far_one_is(self, db: sqlite3.Connection) -> None:
        db.create_function("recall", 3, lambda s, last, day: None if s is None else 0.25)
        keep(db, also=["decks/empty.yaml"])
        assert notes.deck_counts(db, DAY + 1, "recall") == [
            DeckCounts("decks/empty.yaml", "decks/empty.yaml", "", True, 0, 0, 0, 0, 0.0),
            DeckCounts(MINE, MINE, "", True, 3, 4, 2, 1, 0.25),
        ]
