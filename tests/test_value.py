"""Value and churn against the published CDNOW figures, and against the papers' formulas computed with scipy.

The purchases of CDNOW come with the package `lifetimes`; its code is not used. The paper's calibration ends on
1997-09-30, 273 days before the data do, so one run with that holdout shows both.
"""

import importlib.util
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

from recsys import Project
from recsys.library import load_library

CALIBRATION, TODAY = "before the holdout", "now"
HOLDOUT_DAYS = 273
#: parameters, log-likelihood: Fader, Hardie and Lee (2005), table 2; Fader and Hardie (2013), page 8
PUBLISHED = {
    "BG/NBD": ({"r": "0.243", "alpha": "4.414", "a": "0.793", "b": "2.426"}, "-9582.4"),
    "Gamma-Gamma": ({"p": "6.25", "q": "3.74", "gamma": "15.44"}, None),
}


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory) -> Project:
    package = importlib.util.find_spec("lifetimes")
    if package is None:
        pytest.skip("needs the CDNOW purchases that come with the package lifetimes: pip install lifetimes")
    lines = (Path(package.origin).parent / "datasets" / "CDNOW_sample.txt").read_text().splitlines()
    purchases = pd.DataFrame(
        [(cells[0], f"{cells[2][:4]}-{cells[2][4:6]}-{cells[2][6:]}", cells[4]) for cells in map(str.split, lines) if cells],
        columns=["customer", "day", "paid"],
    )
    project = Project(tmp_path_factory.mktemp("cdnow"), {
        "as_of_on": "1998-06-30",
        "interactions": [{"name": "cdnow", "from": purchases.assign(product="cd"), "columns": {
            "user_id": "customer", "item_id": "product", "occurred_at": "day", "line_amount": "paid"}}],
        "params": {"value": {"holdout_days": HOLDOUT_DAYS}},
    })
    project.refresh()
    return project


@pytest.fixture(scope="module")
def workspace(cdnow) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(cdnow.folder / ".recsys" / "workspace.duckdb", read_only=True) as con:
        yield con


def parameters(cdnow: Project, viewpoint: str, model: str) -> dict[str, float]:
    found = cdnow.table("value_models")
    found = found[(found["viewpoint"] == viewpoint) & (found["value_model"] == model)]
    return dict(zip(found["parameter"], found["fitted_value"], strict=True))


def histories(workspace, viewpoint: str) -> pd.DataFrame:
    """Per customer x, t_x and T of the papers."""
    return workspace.execute(
        "select user_id, repeat_order_count as x, active_weeks as tx, observed_weeks as t, mean_repeat_amount::double as m "
        "from value.histories where viewpoint = ? order by user_id", [viewpoint]
    ).df().set_index("user_id")


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_parameters_come_out_to_the_printed_digits(cdnow, model):
    letters, log_likelihood = PUBLISHED[model]
    found = parameters(cdnow, CALIBRATION, model)
    assert {letter: f"{found[letter]:.{len(text.partition('.')[2])}f}" for letter, text in letters.items()} == letters
    rows = cdnow.table("value_models").query("viewpoint == @CALIBRATION and value_model == @model")
    assert set(rows["fitted_count"]) == {2357 if model == "BG/NBD" else 946}
    if log_likelihood:
        assert {f"{value:.1f}" for value in rows["log_likelihood"]} == {log_likelihood}


def bg_expected(horizon, p, x, tx, t):
    """Orders to expect within a horizon in weeks: Fader, Hardie and Lee (2005), equation 10."""
    r, alpha, a, b = (p[letter] for letter in ("r", "alpha", "a", "b"))
    series = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (alpha + t + horizon))
    return (a + b + x - 1) / (a - 1) * (1 - ((alpha + t) / (alpha + t + horizon)) ** (r + x) * series) * bg_alive(p, x, tx, t)


def bg_alive(p, x, tx, t):
    r, alpha, a, b = (p[letter] for letter in ("r", "alpha", "a", "b"))
    return 1 / (1 + (x > 0) * a / (b + np.maximum(x, 1) - 1) * ((alpha + t) / (alpha + tx)) ** (r + x))


def mbg_expected(horizon, p, x, tx, t):
    """The same with one more chance to leave: Wagner and Hoppe (2008)."""
    r, alpha, a, b = (p[letter] for letter in ("r", "alpha", "a", "b"))
    series = hyp2f1(r + x, b + x + 1, a + b + x, horizon / (alpha + t + horizon))
    return (a + b + x) / (a - 1) * (1 - ((alpha + t) / (alpha + t + horizon)) ** (r + x) * series) * mbg_alive(p, x, tx, t)


def mbg_alive(p, x, tx, t):
    r, alpha, a, b = (p[letter] for letter in ("r", "alpha", "a", "b"))
    return 1 / (1 + a / (b + x) * ((alpha + t) / (alpha + tx)) ** (r + x))


def test_each_customers_figures_are_the_papers_formulas(cdnow, workspace):
    known = histories(workspace, TODAY)
    x, tx, t, m = (known[column].to_numpy(float) for column in ("x", "tx", "t", "m"))
    worth = cdnow.table("user_value").set_index("user_id").loc[known.index]
    bg, mbg, gg = (parameters(cdnow, TODAY, model) for model in ("BG/NBD", "MBG/NBD", "Gamma-Gamma"))
    assert worth["value_reason"].isna().mean() > 0.99
    for days in (30, 90, 365):
        np.testing.assert_allclose(worth[f"expected_orders_{days}_days"], bg_expected(days / 7, bg, x, tx, t), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(worth["bgnbd_alive_probability"], bg_alive(bg, x, tx, t), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(1 - worth["churn_probability"], mbg_alive(mbg, x, tx, t), rtol=1e-6, atol=1e-8)
    amount = gg["p"] * (gg["gamma"] + x * np.nan_to_num(m)) / (gg["p"] * x + gg["q"] - 1)
    has = worth["expected_order_amount"].notna().to_numpy()
    np.testing.assert_allclose(worth["expected_order_amount"].astype(float)[has], amount[has], atol=6e-5)  # four decimals
    steps = [bg_expected(days / 7, bg, x, tx, t) for days in (30, 90, 180, 270, 365)]
    middles = np.array([15, 60, 135, 225, 317.5])
    discounted = (np.diff(np.array(steps), axis=0, prepend=0).T / 1.1 ** (middles / 365)).sum(axis=1)
    np.testing.assert_allclose(worth["predicted_clv"].astype(float)[has], (discounted * amount)[has], atol=6e-5, rtol=1e-6)


def test_the_next_order_is_expected_when_it_is_as_likely_as_none(cdnow, workspace):
    known = histories(workspace, TODAY)
    x, tx, t = (known[column].to_numpy(float) for column in ("x", "tx", "t"))
    mbg = parameters(cdnow, TODAY, "MBG/NBD")
    told = pd.to_datetime(cdnow.table("user_value").set_index("user_id").loc[known.index, "expected_date_of_next_order"])
    days = (told - pd.Timestamp("1998-06-30")).dt.days.to_numpy(float)

    def chance(days):
        return mbg_alive(mbg, x, tx, t) * (1 - ((mbg["alpha"] + t) / (mbg["alpha"] + t + days / 7)) ** (mbg["r"] + x))

    has = ~np.isnan(days)
    assert 100 < has.sum() < len(known)
    assert (chance(days)[has] >= 0.5 - 1e-6).all() and (chance(days - 1)[has] < 0.5).all()
    assert (chance(np.full(len(known), 364.0))[~has] < 0.5).all()


def test_cumulative_repeat_orders_to_week_78_are_within_five_percent(cdnow, workspace):
    known = histories(workspace, CALIBRATION)
    weeks = known["t"].to_numpy(float) + HOLDOUT_DAYS / 7
    nothing = np.zeros(len(known))
    expected = bg_expected(weeks, parameters(cdnow, CALIBRATION, "BG/NBD"), nothing, nothing, nothing).sum()
    actual = histories(workspace, TODAY)["x"].sum()
    assert abs(expected / actual - 1) < 0.05, (expected, actual)


def test_the_calibration_adds_up_and_knows_good_customers_from_bad_ones(cdnow, workspace):
    found = cdnow.table("value_calibration")
    known = histories(workspace, CALIBRATION)
    for model, formula in (("BG/NBD", bg_expected), ("MBG/NBD", mbg_expected)):
        rows = found[found["value_model"] == model].sort_values("decile")
        counts = rows["forecast_count"]
        expected = formula(HOLDOUT_DAYS / 7, parameters(cdnow, CALIBRATION, model), *(known[name].to_numpy(float) for name in ("x", "tx", "t")))
        assert (rows["mean_expected_orders"] * counts).sum() == pytest.approx(expected.sum(), rel=1e-6)
        assert (rows["mean_observed_orders"] * counts).sum() == histories(workspace, TODAY)["x"].sum() - known["x"].sum()
        assert rows["mean_observed_orders"].iloc[-1] > 5 * rows["mean_observed_orders"].iloc[:5].mean()


def test_the_series_equals_scipys_hypergeometric_function():
    random = np.random.default_rng(7)
    count = 4000
    r, a, b = (random.uniform(0.05, top, count) for top in (4, 3, 12))
    x = random.integers(0, 200, count) * (random.random(count) > 0.4)
    left, z = x + random.integers(0, 2, count), random.uniform(0, 0.97, count)
    below = a + b + left - 1
    is_euler = (a - 1 < r + x) & (below - r - x > -5)
    frame = pd.DataFrame({
        "one": np.where(is_euler, below - r - x, r + x), "two": np.where(is_euler, a - 1, b + left), "below": below, "z": z,
    })
    with duckdb.connect() as con:
        con.execute(load_library().macros("duckdb.sql"))
        found = con.sql("select hypergeometric_series(one, two, below, z) as value from frame").df()["value"]
    expected = hyp2f1(frame["one"], frame["two"], frame["below"], frame["z"])
    np.testing.assert_allclose(found, expected, rtol=1e-9)
