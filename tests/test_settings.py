"""settings.toml is one frozen value; what is wrong in it is named with its mend."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.errors import BadSettings
from greenflag.settings import FILE, Settings, read_settings


def settings_of(home: Path, text: str | bytes) -> Settings:
    (home / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings(str(home))


class TestDefaults:
    def test_no_file_is_needed(self, tmp_path: Path) -> None:
        assert read_settings(str(tmp_path)) == Settings(4, 20, 0.9, ())

    def test_nor_a_home(self, tmp_path: Path) -> None:
        assert read_settings(str(tmp_path / "nowhere")) == Settings()

    def test_an_empty_file_changes_nothing(self, tmp_path: Path) -> None:
        assert settings_of(tmp_path, "# nothing yet\n") == Settings()

    def test_what_is_not_named_keeps_its_default(self, tmp_path: Path) -> None:
        assert settings_of(tmp_path, "new_per_day = 5") == Settings(new_per_day=5)

    def test_reading_leaves_no_trace(self, tmp_path: Path) -> None:
        read_settings(str(tmp_path))
        assert os.listdir(tmp_path) == []


class TestReading:
    def test_every_setting_is_taken(self, tmp_path: Path) -> None:
        text = (
            "rollover_hour = 5\nnew_per_day = 12\nretention = 0.85\n"
            '[retention_by_deck]\n"Power verbs" = 0.95\n"Customer Support Manager" = 0.8\n'
        )
        read = settings_of(tmp_path, text)
        assert read[:3] == (5, 12, 0.85)
        assert read.retention_of("Power verbs") == 0.95
        assert read.retention_of("Customer Support Manager") == 0.8
        assert read.retention_of("Another deck") == 0.85

    def test_the_order_of_decks_does_not_matter(self, tmp_path: Path) -> None:
        one = settings_of(tmp_path, "[retention_by_deck]\nb = 0.8\na = 0.9\n")
        other = settings_of(tmp_path, "[retention_by_deck]\na = 0.9\nb = 0.8\n")
        assert one == other

    @given(rollover=st.integers(0, 12), new=st.integers(0, 9999), keep=st.floats(0.7, 0.98))
    def test_all_values_in_range_are_taken_as_they_are(
        self, rollover: int, new: int, keep: float, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        text = f"rollover_hour = {rollover}\nnew_per_day = {new}\nretention = {keep!r}\n"
        home = tmp_path_factory.getbasetemp()
        assert settings_of(home, text) == Settings(rollover, new, keep)

    def test_it_cannot_be_changed_by_accident(self) -> None:
        with pytest.raises(AttributeError):
            Settings().retention = 0.5  # type: ignore[misc]


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("retention = 0.99", "retention = 0.99 (a number from 0.7 to 0.98)"),
            ("retention = 0.5", "retention = 0.5"),
            ("retention = 1", "retention = 1"),
            ("retention = nan", "retention = nan"),
            ("retention = inf", "retention = inf"),
            ("retention = true", "retention = True"),
            ('retention = "0.9"', "retention = 0.9"),
            ("retention = 2026-01-01", "retention = 2026-01-01"),
            ("rollover_hour = 13", "rollover_hour = 13 (a number from 0 to 12)"),
            ("rollover_hour = 4.0", "rollover_hour = 4.0"),
            ("rollover_hour = -1", "rollover_hour = -1"),
            ("rollover_hour = 04:00:00", "rollover_hour = 04:00:00"),
            ("new_per_day = -1", "new_per_day = -1 (a number from 0 to 9999)"),
            ("new_per_day = []", "new_per_day = []"),
            ("new_per_day = 10000", "new_per_day = 10000"),
            ("new_cards = 3", "unknown setting new_cards (known are rollover_hour, new_per_day"),
            ("[sitting]\nminutes = 5", "unknown setting sitting"),
            ("retention_by_deck = 0.9", "retention_by_deck is not a table"),
            ("[retention_by_deck]\nx = 2", "retention_by_deck.x = 2 (a number from 0.7 to 0.98)"),
            ("[retention_by_deck.x]\ny = 0.9", "retention_by_deck.x = {'y': 0.9}"),
            ("retention = ", "not readable"),
            ("retention = 0.9\nretention = 0.9", "not readable"),
            (b"retention = 0.9 # \xff", "not readable"),
            ("\ufeffretention = 0.9", "not readable"),
            pytest.param("x = " + "[" * 5000, "not readable", id="deep"),
            pytest.param("new_per_day = " + "1" * 5000, "not readable", id="long"),
        ],
    )
    def test_are_named_with_their_mend(self, text: str | bytes, says: str, tmp_path: Path) -> None:
        with pytest.raises(BadSettings) as refused:
            settings_of(tmp_path, text)
        assert says in str(refused.value)
        assert str(tmp_path / FILE) in str(refused.value)
        assert refused.value.mend
        assert refused.value.exit_code == 1
        assert "\n" not in str(refused.value)

    def test_a_folder_in_its_place_is_named(self, tmp_path: Path) -> None:
        (tmp_path / FILE).mkdir()
        with pytest.raises(BadSettings, match="not readable"):
            read_settings(str(tmp_path))

    @given(junk=st.binary(max_size=200))
    def test_no_bytes_do_worse_than_a_named_problem(
        self, junk: bytes, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        with suppress(BadSettings):
            settings_of(tmp_path_factory.getbasetemp(), junk)
