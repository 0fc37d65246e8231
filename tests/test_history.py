"""Segments over time: what is kept of each refresh, why people moved, and days that are put in later."""

import datetime as dt
import json
import subprocess
import sys

import pandas as pd
import pytest

from recsys import Project, RecsysError
from recsys.backfill import segments_on
from recsys.differences import parts
from recsys.segments import rebased, users_in

COLUMNS = {"user_id": "user", "item_id": "item", "line_amount": "paid", "occurred_at": "day", "order_id": "receipt"}
#: what neither segments nor history need
LEAN = {"similarity.axes": ["item"], "score.weight_user_neighbours": 0.0, "score.weight_content": 0.0}
HISTORY = ("segment_history", "segment_transitions")


def shop(folder, sales: pd.DataFrame, day: str = "", **settings) -> Project:
    source = {"name": "till", "from": sales, "columns": COLUMNS}
    project = Project(folder, {"interactions": [source], **({"as_of_on": day} if day else {})}, {**LEAN, **settings})
    project.refresh()
    return project


def orders(*rows: tuple) -> pd.DataFrame:
    """A frame of (user, day, amount)."""
    return pd.DataFrame([
        {"user": user, "item": f"i{number % 5}", "paid": float(amount), "day": pd.Timestamp(day), "receipt": f"r{number}"}
        for number, (user, day, amount) in enumerate(rows)])


def random_sales() -> pd.DataFrame:
    import numpy as np

    rng = np.random.default_rng(11)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 150, 400), unit="D")
    return orders(*((f"u{n:02d}", day, amount) for n, day, amount in zip(
        rng.integers(0, 40, 400), days, rng.integers(1, 50, 400), strict=True)))


# --- days that are put in later ---

@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return random_sales()


@pytest.fixture(scope="module")
def forward(tmp_path_factory, sales) -> Project:
    """Refreshed on each of these days."""
    folder = tmp_path_factory.mktemp("forward")
    return [shop(folder, sales, day) for day in ("2024-02-15", "2024-03-20", "2024-04-30")][-1]


@pytest.fixture(scope="module")
def looked_back(tmp_path_factory, sales) -> Project:
    """Refreshed on the last day only, the others put in afterwards, not in their order."""
    project = shop(tmp_path_factory.mktemp("back"), sales, "2024-04-30")
    for day, is_new in (((2024, 2, 15), True), ((2024, 3, 20), True), ((2024, 2, 15), False)):
        shown, was_new = segments_on(project, dt.date(*day))
        assert was_new == is_new
        assert shown[shown["segmentation"] == "rfm"]["user_count"].sum() > 0
    return project


@pytest.mark.parametrize("table", [*HISTORY, "segments"])
def test_days_put_in_later_tell_what_refreshes_on_those_days_would_have_told(forward, looked_back, table):
    one, other = forward.table(table), looked_back.table(table)
    assert len(one)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_who_is_where_now_stands_open_in_history(forward):
    assert forward.query("select user_id, segmentation, segment from segment_history where is_current order by all").equals(
        forward.query("select user_id, segmentation, segment from user_segments order by all"))


def test_spells_of_one_segmentation_follow_each_other_without_a_gap(forward):
    frame = forward.query(
        "select user_id, segmentation, valid_from, lag(valid_to) over life as ended, previous_segment, lag(segment) over life as before "
        "from segment_history where segmentation <> 'rules' window life as (partition by user_id, segmentation order by valid_from)")
    moved = frame.dropna(subset=["previous_segment"])
    assert len(moved) > 20
    assert (moved["ended"] == moved["valid_from"]).all()
    assert (moved["previous_segment"] == moved["before"]).all()


def test_every_row_of_a_matrix_adds_up_to_who_was_in_the_segment(forward):
    frame = forward.table("segment_transitions")
    for segmentation in ("rfm", "lifecycle"):
        days = sorted(frame["known_on"].unique())
        for earlier, later in zip(days, days[1:], strict=False):
            part = frame[frame["segmentation"] == segmentation]
            after = part[part["known_on"] == earlier].groupby("to_segment")["transition_count"].sum()
            before = part[part["known_on"] == later].groupby("from_segment")["transition_count"].sum()
            pd.testing.assert_series_equal(after.drop("(none)", errors="ignore"), before.drop("(none)", errors="ignore"), check_names=False)


def test_a_refresh_that_looks_back_leaves_history_as_it_is(tmp_path):
    sales = orders(("ann", "2024-01-01", 5), ("ann", "2024-02-01", 5), ("bob", "2024-01-15", 5), ("bob", "2024-02-10", 5))
    now = shop(tmp_path, sales)
    known = {table: now.table(table) for table in HISTORY}
    then = shop(tmp_path, sales, "2024-01-20")
    assert then.query("select max(recency_days) as days from user_profiles")["days"].tolist() == [19]
    for table, frame in known.items():
        pd.testing.assert_frame_equal(then.table(table), frame)


@pytest.mark.parametrize("day", ["2023-12-31", "2024-05-01"])
def test_a_day_beyond_the_data_is_refused(forward, day):
    with pytest.raises(RecsysError, match=f"--as-of {day}: that is not within the days known, which are 2024-01-0. to 2024-04-30"):
        segments_on(forward, dt.date.fromisoformat(day))


# --- why they moved ---

#: ten customers with four orders each five days ago, who differ in what they spend
OLD = [(f"u{n}", f"2024-05-{day:02d}", 10 * (n + 1)) for n in range(10) for day in (10, 15, 20, 26)]
#: the next day ten others spend far more
RICH = [(f"v{n}", "2024-06-01", 5000) for n in range(10)]
FIXED_DAYS = {"segment.rfm_recency_within": [2, 20, 30, 40]}


def moves(project: Project, segmentation: str = "rfm") -> pd.DataFrame:
    return project.query(
        "select user_id, previous_segment, segment, cause from segment_history "
        f"where segmentation = '{segmentation}' and cause <> 'first known' order by user_id")


@pytest.fixture
def day_one(tmp_path) -> Project:
    return shop(tmp_path, orders(*OLD), "2024-05-31", **FIXED_DAYS)


def test_who_moves_because_others_do_is_said_to_and_frozen_cut_offs_prevent_it(tmp_path, day_one):
    drawn = moves(shop(tmp_path, orders(*OLD, *RICH), "2024-06-01", **FIXED_DAYS))
    others = drawn[drawn["user_id"].str.startswith("u")]
    assert set(others["cause"]) == {"cut-offs"}
    assert set(drawn[drawn["user_id"].str.startswith("v")]["cause"]) == {"behaviour"}

    frozen = shop(tmp_path, orders(*OLD, *RICH), "2024-06-02", **FIXED_DAYS, **{"segment.rfm_is_frozen": True})
    kept = frozen.query("select distinct cut_off_from_on from rfm_thresholds where scored_measure = 'monetary_amount' and scored_as > 1")
    assert kept["cut_off_from_on"].dt.strftime("%F").tolist() == ["2024-06-01"], "what was drawn last is kept"

    frozen = shop(tmp_path, orders(*OLD, *RICH, *((f"w{n}", "2024-06-03", 90_000) for n in range(20))), "2024-06-03", **FIXED_DAYS,
                  **{"segment.rfm_is_frozen": True})
    assert not {"w0", "w1"} - set(moves(frozen)["user_id"])
    assert "cut-offs" not in set(moves(frozen)[moves(frozen)["user_id"].str.startswith("v")]["cause"])
    assert frozen.query("select count(*) as n from segment_transitions where known_on = '2024-06-03' and cause = 'cut-offs'")["n"].tolist() == [0]

    rebased(frozen).refresh()
    assert frozen.query("select count(*) as n from segment_transitions where known_on = '2024-06-03' and cause = 'cut-offs'")["n"].tolist() != [0]
    drawn_on = frozen.query("select distinct cut_off_from_on from rfm_thresholds where scored_measure = 'monetary_amount' and scored_as > 1")
    assert drawn_on["cut_off_from_on"].dt.strftime("%F").tolist() == ["2024-06-03"]


def test_a_changed_rule_is_the_cause_of_its_own_moves_only_and_status_names_it(tmp_path, day_one):
    project = shop(tmp_path, orders(*OLD, ("u0", "2024-06-01", 10)), "2024-06-01", **FIXED_DAYS, **{
        "segment.lapsing_gap_factor": 1.0, "segment.lapsing_gap_share": 1.0, "segment.lapsing_m_score": 1,
        "segment.lapsing_least_days": 0})
    found = moves(project, "rules")
    lapsing = found[found["segment"] == "Lapsing big spender"]
    assert len(lapsing) >= 8 and set(lapsing["cause"]) == {"rule"}
    assert "rule" not in set(moves(project)["cause"])
    told = dict(parts(project))
    differing = told["Different from the refresh before"].set_index("name")
    assert differing.loc["interactions till: rows", ["before", "now"]].tolist() == ["40", "41"]
    assert differing.loc["segment.lapsing_gap_factor", ["what", "before", "now"]].tolist() == ["parameter", "2.0", "1.0"]
    why = told["Who moved since then, and why"]
    assert why[(why["segmentation"] == "rules") & (why["cause"] == "rule")]["users"].tolist() == [len(lapsing)]
    came = users_in(project, "Lapsing big spender", moved=True)
    assert sorted(came["user_id"]) == sorted(lapsing["user_id"])
    assert set(came["cause"]) == {"rule"}


def test_of_two_refreshes_of_one_day_the_last_counts(tmp_path, day_one):
    first = shop(tmp_path, orders(*OLD, ("u9", "2024-06-01", 10)), "2024-06-01", **FIXED_DAYS)
    assert moves(first).query("cause == 'behaviour'")[["user_id", "segment"]].values.tolist() == [["u9", "Champions"]]
    second = shop(tmp_path, orders(*OLD), "2024-06-01", **FIXED_DAYS)
    assert "behaviour" not in set(second.table("segment_history")["cause"])
    known = second.query("select distinct known_on from segment_transitions order by known_on")["known_on"].dt.strftime("%F")
    assert known.tolist() == ["2024-05-31", "2024-06-01"]


def test_receipts_that_arrive_late_are_behaviour_not_time(tmp_path):
    """The web is known up to June 1; the store's receipts of May come a week later."""

    def both(store: pd.DataFrame, web: pd.DataFrame) -> Project:
        project = Project(tmp_path, {"interactions": [
            {"name": name, "from": frame, "columns": COLUMNS} for name, frame in (("store", store), ("web", web))]}, LEAN)
        project.refresh()
        return project

    web = orders(("ann", "2024-04-01", 5), ("bob", "2024-06-01", 5))
    store = orders(("cid", "2024-04-01", 5), ("dan", "2024-04-02", 5))
    both(store, web)
    later = both(orders(("cid", "2024-04-01", 5), ("dan", "2024-04-02", 5), ("cid", "2024-05-28", 5)), orders(
        ("ann", "2024-04-01", 5), ("bob", "2024-06-01", 5), ("bob", "2024-06-02", 5)))
    found = later.query("select user_id, cause from segment_history where cause <> 'first known'")
    assert set(found[found["user_id"] == "cid"]["cause"]) == {"behaviour"}
    assert "behaviour" not in set(found[found["user_id"].isin(["ann", "dan"])]["cause"])


# --- the commands ---

@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    orders(*OLD, *RICH).to_csv(folder / "sales.csv", index=False)
    columns = "\n".join(f'{key} = "{value}"' for key, value in COLUMNS.items())
    (folder / "recsys.toml").write_text(
        f'[[interactions]]\nname = "till"\nfrom = "sales.csv"\n[interactions.columns]\n{columns}\n', encoding="utf-8")
    assert recsys("refresh", "-p", folder).returncode == 0
    return folder


def recsys(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True)


def test_segment_as_of_shows_the_day_and_then_who_came_since(folder):
    done = recsys("segment", "--as-of", "2024-05-31", "-p", folder, "-f", "json")
    assert done.returncode == 0, done.stderr
    assert "know this day now" in done.stderr
    assert sum(row["user_count"] for row in json.loads(done.stdout) if row["segmentation"] == "rfm") == 10
    came = recsys("segment", "Active", "--moved", "-p", folder)
    assert came.returncode == 0, came.stderr
    for word in ("Who came into it", "behaviour", "v0"):
        assert word in came.stdout
    assert "The basis is weak: customers with an order: 20 of 500 needed" in came.stderr


@pytest.mark.parametrize("args, words", [
    (["--as-of", "yesterday"], "--as-of is a date such as 2024-06-30, not 'yesterday'"),
    (["--as-of", "1999-01-01"], "not within the days known"),
    (["--rebase"], "set rfm_is_frozen = true under [params.segment]"),
])
def test_what_cannot_be_done_is_said_with_what_to_do(folder, args, words):
    done = recsys("segment", *args, "-p", folder)
    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr


def test_before_the_first_refresh_there_is_nothing_to_look_back_from(tmp_path):
    project = Project(tmp_path, {"interactions": [{"name": "till", "from": orders(*OLD), "columns": COLUMNS}]})
    with pytest.raises(RecsysError, match="recsys refresh"):
        segments_on(project, dt.date(2024, 5, 1))
