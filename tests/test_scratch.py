"""The scratch run: the same graph over part of the interactions, from which nothing of the rest can leak."""

import numpy as np
import pandas as pd
import pytest

from recsys import Project, RecsysError
from recsys.scratch import scratch_run

COLUMNS = {"user_id": "user", "item_id": "item", "line_amount": "paid", "occurred_at": "day", "order_id": "receipt"}


def sales() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    count = 600
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, count), unit="D")
    return pd.DataFrame(
        {
            "user": [f"u{n:02d}" for n in rng.integers(0, 40, count)],
            "item": [f"i{n:02d}" for n in rng.zipf(1.6, count) % 30],
            "paid": rng.integers(1, 50, count) / 2,
            "day": days,
            "receipt": [f"r{n}" for n in range(count)],
        }
    )


def project(folder, frame) -> Project:
    made = Project(folder, {"interactions": [{"name": "till", "from": frame, "columns": COLUMNS}]})
    made.refresh()
    return made


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Project:
    return project(tmp_path_factory.mktemp("everything"), sales())


def test_what_was_known_on_a_date_is_what_a_refresh_on_that_date_would_have_published(everything, tmp_path):
    frame = sales()
    then = project(tmp_path, frame[frame["day"] <= "2024-02-29"])
    tables = ["recommendations", "similar_items", "user_profiles", "user_segments", "orders"]
    with scratch_run(everything, "occurred_on <= date '2024-02-29'", [f"mart.{name}" for name in tables]) as con:
        for name in tables:
            known = con.sql(f"from mart.{name} order by all").df()
            published = then.query(f"from {name} order by all")
            assert len(known)
            pd.testing.assert_frame_equal(known, published, check_exact=True)


def test_a_refresh_as_of_a_date_publishes_what_a_refresh_on_that_date_would_have(tmp_path):
    frame = sales()
    then, now = (
        Project(tmp_path / when, {
            "as_of_on": "2024-02-29", "interactions": [{"name": "till", "from": known, "columns": COLUMNS}]})
        for when, known in (("then", frame[frame["day"] <= "2024-02-29"]), ("now", frame))
    )
    then.refresh()
    now.refresh()
    for name in ["recommendations", "similar_items", "user_profiles", "item_profiles", "user_segments", "orders"]:
        pd.testing.assert_frame_equal(now.table(name), then.table(name), check_exact=True)
    later = int((frame["day"] > "2024-02-29").sum())
    found = now.query("select read_count, used_count, rejected_count, later_count from reconciliation").values.tolist()
    assert found == [[600, 600 - later, 0, later]] and later
    assert now.query("select row_count from data_quality where finding = 'later'").values.tolist() == [[later]]


def test_one_date_in_the_far_future_moves_nobody(everything, tmp_path):
    frame = sales()
    frame.loc[len(frame)] = ["u00", "i1", 1.0, pd.Timestamp("2203-01-01"), "typo"]
    slip = project(tmp_path, frame)
    kept = ["user_id", "last_order_on", "recency_days"]
    pd.testing.assert_frame_equal(slip.table("user_profiles")[kept], everything.table("user_profiles")[kept])
    found = slip.query("select row_count, example from data_quality where finding = 'date after the refresh'")
    assert found.values.tolist() == [[1, "row 601, 2203-01-01"]]
    assert slip.query("select used_count from reconciliation").values.tolist() == [[601]]


def test_rows_of_the_test_part_change_nothing_in_the_training_part(everything, tmp_path):
    frame, others = sales(), sales().sample(frac=1, random_state=3)
    in_test = (frame.index + 1) % 5 == 0
    for column in ("user", "item", "paid", "day"):
        frame.loc[in_test, column] = others.loc[others.index % 2 == 0, column].head(in_test.sum()).to_numpy()
    assert (frame["item"] != sales()["item"]).sum() > 50
    results = []
    for one in (everything, project(tmp_path, frame)):
        with scratch_run(one, "source_row % 5 <> 0", ["mart.recommendations", "mart.similar_items", "mart.user_profiles"]) as con:
            assert con.sql("select count(*) from staging.interactions where source_row % 5 = 0").fetchall() == [(0,)]
            results.append([con.sql(f"from mart.{name} order by all").fetchall()
                            for name in ("recommendations", "similar_items", "user_profiles")])
    assert all(results[0])
    assert results[0] == results[1]


def test_the_workspace_and_the_published_file_stay_as_they_are(everything):
    before = everything.config.database.read_bytes()
    with scratch_run(everything, "false", ["segment"]):
        pass
    assert everything.config.database.read_bytes() == before


def test_a_filter_that_does_not_fit_or_a_missing_refresh_is_said(everything, tmp_path):
    with pytest.raises(RecsysError, match="occured_on"), scratch_run(everything, "occured_on > 1", ["segment"]):
        pass
    fresh = Project(tmp_path, {"interactions": [{"name": "till", "from": sales(), "columns": COLUMNS}]})
    with pytest.raises(RecsysError, match="recsys refresh"), scratch_run(fresh, "true", ["segment"]):
        pass
