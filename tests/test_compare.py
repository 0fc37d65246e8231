"""The comparison of presets with EASE and implicit: it looks for the right things, and its figures are what they say."""

import numpy as np
import pandas as pd
import pytest
from benchmarks import accuracy, compare, grid


def lines() -> pd.DataFrame:
    """Receipts: three users, a basket a day; x is bought by all, z by one."""
    return pd.DataFrame(
        [("u", "x", 1), ("u", "y", 1), ("u", "x", 2), ("v", "x", 1), ("v", "y", 2), ("w", "x", 1), ("w", "z", 2), ("u", "z", 3), ("v", "x", 3), ("new", "x", 3)],
        columns=["user", "item", "day"])


@pytest.mark.parametrize(("repeats", "expected"), [(False, set()), (True, {("v", "x")})])
def test_only_what_can_be_found_is_looked_for(repeats, expected):
    frame = lines()
    known, held_out = compare._looked_for(frame[frame["day"] < 3], frame[frame["day"] == 3], 2, repeats)
    assert set(known["item"]) == {"x", "y"}, "z has one buyer"
    assert set(zip(held_out["user"], held_out["item"], strict=True)) == expected


def test_bestsellers_are_those_that_the_user_has_not_had(monkeypatch):
    monkeypatch.setattr(compare, "K", 1)
    known = lines().query("day < 3")
    found = compare.bestsellers(known, False).set_index("user")["item"]
    assert dict(found) == {"u": "z", "v": "z", "w": "y"}
    assert set(compare.bestsellers(known, True)["item"]) == {"x"}


def test_ease_finds_the_other_half_of_a_pair():
    rng = np.random.default_rng(1)
    pairs = rng.integers(0, 15, (60, 6))
    events = pd.DataFrame([(user, 2 * pair + half) for user, row in enumerate(pairs) for pair in set(row) for half in (0, 1)], columns=["user", "item"])
    known = events.drop(events.index[::9])
    hidden = events.loc[events.index[::9]]
    found = compare.WHO["EASE"](known, False)
    hits = found.merge(hidden, on=["user", "item"])
    assert len(hits) > 0.9 * len(hidden)
    assert not len(found.merge(known, on=["user", "item"]))
    assert len(compare.WHO["EASE"](known, True).merge(known, on=["user", "item"])), "with repeats what is known is listed too"


def test_a_table_has_a_row_for_each_with_its_share_of_ease():
    run = {"precision": 0.2, "users": 10, "events": 1000, "items": 50}
    rows = [
        {"who": "default", "precision": 0.19, "half": 0.01, "seconds": 2.0, "peak_bytes": 3e8, "runs": [run]},
        {"who": "EASE", "precision": 0.2, "half": 0.01, "seconds": 1.0, "peak_bytes": 2e8, "runs": [run]},
        {"who": "implicit BPR", "failed": "not installed", "runs": []},
    ]
    text = compare.table("films", rows)
    assert "| default | 0.1900 ± 0.0100 | 95.0% | 2.0 | 0.30 |" in text
    assert "| implicit BPR | failed: not installed | | | |" in text
    assert "1,000 events, 50 items, 10 users judged" in text


def test_the_best_setting_of_a_grid_comes_first(monkeypatch):
    """Of two users each lacks what the other has; the setting is which of the two items everybody is shown."""
    known, held_out = (pd.DataFrame({"user": ["u", "v"], "item": items}) for items in (["x", "y"], ["y", "y"]))
    shown = lambda known, item, times: pd.DataFrame({"user": known["user"], "item": item})  # noqa: E731
    monkeypatch.setitem(grid.GRIDS, "EASE", (shown, {"item": ("x", "y"), "times": (1, 2)}))
    found = grid.tried("EASE", [(known, held_out), (known, held_out)])
    assert [(round(value, 9), setting["item"]) for value, setting in found] == [(0.1, "y")] * 2 + [(0.0, "x")] * 2


@pytest.mark.parametrize("who", grid.GRIDS)
def test_every_setting_of_a_grid_is_one_that_its_algorithm_has(who, monkeypatch):
    if who.startswith("implicit"):
        pytest.importorskip("implicit", reason="the peer comes with the extra `bench`")
    for module in (accuracy, compare):
        monkeypatch.setattr(module, "K", 2)
    run, values = grid.GRIDS[who]
    found = run(lines().query("day < 3"), **{name: of[0] for name, of in values.items()})
    assert set(found["user"]) == {"u", "v", "w"}
