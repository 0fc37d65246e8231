"""What a person sees of a running refresh: how far it is, and what is left, in a bar or in a log."""

import time

import pytest

from recsys import progress
from recsys.build import Built
from recsys.progress import Shown, how_far
from recsys.words import duration


@pytest.mark.parametrize("seconds, done, total, said", [
    (60, 1, 2, "50%, about 60 s left"),
    (60, 10, 100, "10%, about 9 minutes left"),
    (60, 9, 100, "9%"),  # too early to tell
    (60, 100, 100, "100%"),
    (0, 0, 100, "0%"),
    (0, 0, 0, "100%"),  # no tiles at all
])
def test_what_is_left_goes_by_the_work_that_is_done(seconds, done, total, said):
    assert how_far(seconds, done, total) == said


def test_a_time_as_one_says_it():
    assert [duration(seconds) for seconds in (0.2, 45, 90, 5400)] == ["a second", "45 s", "2 minutes", "1.5 hours"]


def test_in_a_log_a_long_model_says_from_time_to_time_how_far_it_is(capsys, monkeypatch):
    clock = iter(range(0, 1000, 20))  # twenty seconds from each look at it to the next
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(progress, "LOG_SECONDS", 30.0)
    shown = Shown()
    shown.model("similarity.nearest")
    for done in range(5):
        shown.tick(done, 4)
    lines = [line.strip() for line in capsys.readouterr().err.splitlines()]
    assert 1 <= len(lines) < 5 and all(line.startswith("similarity.nearest ") for line in lines)
    assert any("%, about " in line and line.endswith(" left") for line in lines)


def test_in_a_log_a_layer_says_how_many_models_it_built_and_none_where_it_only_tried(capsys, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    shown = Shown()
    shown.model("profile.users")
    shown.built(Built("profile.users", "table", 1, 1.0))
    shown.model("trial.tiles")
    shown.model("mart.users")
    words = [line.split()[:-2] for line in capsys.readouterr().err.splitlines()]
    assert words == [["profile", "1", "model"], ["trial"]]
