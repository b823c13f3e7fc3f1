"""Predictions against what happened."""

from __future__ import annotations

import math

import pytest

from greenflag.memory.calibration import calibration


def test_without_reviews_there_is_no_score() -> None:
    assert calibration([]) == (0, None, None, ())


def test_scores_are_those_of_the_books() -> None:
    told = calibration([(0.9, True), (0.9, True), (0.6, False)])
    assert told.log_loss == pytest.approx(-(2 * math.log(0.9) + math.log(0.4)) / 3)
    assert told.brier == pytest.approx((0.01 + 0.01 + 0.36) / 3)


def test_bins_hold_each_review_once_and_empty_ones_are_left_out() -> None:
    told = calibration([(0.95, True), (1.0, True), (0.9, False), (0.55, True)])
    assert [(each.low, each.high, each.reviews) for each in told.bins] == [
        (0.5, 0.6, 1),
        (0.9, 1.0, 3),
    ]
    assert told.bins[1].recalled == pytest.approx(2 / 3)


def test_a_certain_prediction_that_fails_is_a_bad_score_not_an_infinite_one() -> None:
    told = calibration([(1.0, False)])
    assert told.log_loss is not None
    assert math.isfinite(told.log_loss)
