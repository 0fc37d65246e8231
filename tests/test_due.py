"""Rhythms and what is due, of a year of groceries, against pandas; and data in which nothing is bought again."""

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from recsys import Project
from recsys.library import bundled

TABLES = ("profile.product_rhythm", "recommendation.usual_gaps", "recommendation.due", "profile.items", "profile.users")
PRIOR, OWN_GAPS, WITHIN, FROM, UNTIL, OVERDUE, MIN_BUYERS, MIN_SHARE = 2, 2, 14, 1, 2, 14, 5, 0.2


def built(project: Project, **options) -> dict[str, pd.DataFrame]:
    """Build no more than what is due; return the tables on the way there."""
    project.refresh(select=["recommendation.due"], **options)
    with duckdb.connect(str(project.folder / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        return {name.split(".")[1]: con.sql(f"from {name}").df() for name in TABLES}


@pytest.fixture(scope="module")
def groceries(tmp_path_factory) -> Path:
    return shutil.copytree(bundled("data") / "groceries", tmp_path_factory.mktemp("due") / "groceries")


@pytest.fixture(scope="module")
def tables(groceries) -> dict[str, pd.DataFrame]:
    return built(Project(groceries, settings={"recommendation.top_n": 10_000}), threads=1)


@pytest.fixture(scope="module")
def purchases(groceries, tables) -> pd.DataFrame:
    """A row for each household, product and day, from the files alone but for the numbers of items and users."""
    products = duckdb.sql(f"from '{groceries}/products.parquet'").df()
    products["product"] = products["product_type"].fillna(products["product_id"].astype(str))
    products["is_available"] = ~(
        products["department"].isin(["FUEL", "MISCELLANEOUS", "COUPON", "CNTRL/STORE SUP", "SPIRITS"])
        | products["product_category"].isin([
            "COUPON", "COUPON/MISC ITEMS", "COUPONS/STORE & MFG", "BOTTLE DEPOSITS", "TICKETS",
            "LONG DISTANCE CALLING CARDS", "PREPAID WIRELESS&ACCESSORIES", "NEWSPAPER", "MAGAZINE", "SPORTS MEMORABLILIA",
            "CONTINUITIES", "CIGARETTES", "CIGARS", "TOBACCO OTHER", "BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "MISC WINE",
            "LIQUOR", "ADULT INCONTINENCE", "ANALGESICS", "ANTACIDS", "COLD AND FLU", "DIETARY AID PRODUCTS",
            "EYE AND EAR CARE PRODUCTS", "FAMILY PLANNING", "FEMININE HYGIENE", "FIRST AID PRODUCTS", "FITNESS&DIET",
            "HOME HEALTH CARE", "INFANT FORMULA", "LAXATIVES", "SINUS AND ALLERGY", "SMOKING CESSATIONS",
        ])
        | products["product_type"].isin(["MISC SALES TRANS", "PEYTON/GM EXPENSE ITEMS"])
    )
    lines = duckdb.sql(f"from '{groceries}/transactions.parquet'").df()
    lines = lines[(lines["quantity"] > 0) | (lines["sales_value"] > 0)].merge(products, on="product_id")
    lines["day"] = lines["transaction_timestamp"].dt.normalize()
    for name, column in (("user", "household_id"), ("item", "product_id")):
        numbers = tables[f"{name}s"].set_index(f"{name}_id")[f"{name}_no"]
        lines[f"{name}_no"] = lines[column].astype(str).map(numbers)
    lines["kin_no"] = lines.groupby("product")["item_no"].transform("min")
    return lines[["user_no", "item_no", "kin_no", "day", "is_available"]].drop_duplicates()


@pytest.fixture(scope="module")
def by_product(purchases) -> pd.DataFrame:
    days = purchases[["user_no", "kin_no", "day"]].drop_duplicates()
    found = days.groupby(["user_no", "kin_no"])["day"].agg(["count", "min", "max"]).reset_index()
    return found.assign(gaps=found["count"] - 1, span=(found["max"] - found["min"]).dt.days)


@pytest.fixture(scope="module")
def rhythm(by_product) -> pd.Series:
    again = by_product[by_product["gaps"] > 0]
    medians = (again["span"] / again["gaps"]).groupby(again["kin_no"]).median()
    buyers, all_buyers = again.groupby("kin_no").size(), by_product.groupby("kin_no").size().loc[medians.index]
    return medians[(buyers >= MIN_BUYERS) & (buyers >= MIN_SHARE * all_buyers)]


@pytest.fixture(scope="module")
def expected(purchases, by_product, rhythm) -> pd.DataFrame:
    """All that is due, without a cut."""
    found = by_product.assign(product=by_product["kin_no"].map(rhythm))
    prior = np.where(found["product"].isna(), 0, PRIOR)
    found["usual"] = (found["span"] + prior * found["product"].fillna(0)) / (found["gaps"] + prior)
    found = found[found["product"].notna() | (found["gaps"] >= OWN_GAPS)]
    waiting = (purchases["day"].max() - found["max"]).dt.days
    found = found[(waiting + WITHIN >= FROM * found["usual"]) & (waiting <= UNTIL * found["usual"])]
    overdue = (waiting.loc[found.index] / found["usual"]).clip(lower=1)
    found["score"] = np.log2(found["count"] + 1) * (1 - np.exp(-WITHIN / found["usual"])) / overdue
    found["on"] = found["max"] + pd.to_timedelta(np.floor(found["usual"] + 0.5), unit="D")
    found = found[found["on"] >= purchases["day"].max() - pd.Timedelta(OVERDUE, "D")]
    had = purchases[purchases["is_available"]].groupby(["user_no", "kin_no", "item_no"])["day"].agg(["count", "max"]).reset_index()
    had = had.sort_values(["count", "max", "item_no"], ascending=[False, False, True]).drop_duplicates(["user_no", "kin_no"])
    return found.merge(had[["user_no", "kin_no", "item_no"]], on=["user_no", "kin_no"]).set_index(["user_no", "item_no"]).sort_index()


def test_product_rhythms_are_those_of_pandas(tables, rhythm, by_product):
    found = tables["product_rhythm"].set_index("kin_no")
    assert set(found.index) == set(rhythm.index)
    assert len(found) > 1000
    np.testing.assert_allclose(found.loc[rhythm.index, "product_gap_days"], rhythm, rtol=0, atol=1e-9)
    gaps = by_product.groupby("kin_no")["gaps"].sum()
    assert (found["gap_count"] == gaps.loc[found.index]).all()


def test_what_is_due_and_when_is_that_of_pandas(tables, expected):
    found = tables["due"].set_index(["user_no", "item_no"]).sort_index()
    assert list(found.index) == list(expected.index)
    assert len(found) > 15_000
    np.testing.assert_allclose(found["usual_gap_days"], expected["usual"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["score"], expected["score"], rtol=0, atol=1e-8)
    assert (found["purchase_count"] == expected["count"]).all()
    assert (found["last_bought_on"] == expected["max"]).all()
    assert (found["expected_on"] == expected["on"]).all()


def test_ranks_follow_the_score_and_then_the_number(tables):
    found = tables["due"].sort_values(["user_no", "score", "item_no"], ascending=[True, False, True])
    assert (found["rank"] == found.groupby("user_no").cumcount() + 1).all()


def test_the_list_is_cut_and_the_same_for_any_number_of_threads(tables, groceries):
    cut = built(Project(groceries), threads=2)["due"]
    whole = tables["due"]
    sizes = whole.groupby("user_no").size().clip(upper=10)
    assert sizes.eq(10).mean() > 0.9
    pd.testing.assert_series_equal(cut.groupby("user_no").size(), sizes)
    key = ["user_no", "rank"]
    pd.testing.assert_frame_equal(
        cut.sort_values(key).reset_index(drop=True),
        whole[whole["rank"] <= 10].sort_values(key).reset_index(drop=True),
        check_exact=True,
    )


@pytest.mark.parametrize("columns", [
    {"rating": "stars", "occurred_at": "day"},
    {"rating": "stars"},
    {"event_type": "'purchase'"},
], ids=["ratings", "ratings without a date", "purchases without a date"])
def test_nothing_is_due_where_nothing_is_bought_again(tmp_path, columns):
    rows = pd.DataFrame({"who": ["a", "a", "b", "b"], "what": ["x", "x", "x", "y"], "stars": [5, 4, 3, 2],
                         "day": ["2024-05-01", "2024-05-08", "2024-05-09", "2024-05-10"]})
    one = {"name": "one", "from": rows, "columns": {"user_id": "who", "item_id": "what", **columns}}
    found = built(Project(tmp_path, {"interactions": [one]}))
    assert len(found["users"]) == 2
    assert found["usual_gaps"].empty
    assert found["due"].empty


def test_a_rhythm_is_told_of_her_who_has_one(tmp_path):
    """Five pairs of purchases ten days apart make the product's rhythm; Ann's own gaps are 6 and 9 days, Bob bought once."""
    days = {"ann": ["05-05", "05-11", "05-20"], "bob": ["05-20"]}
    days |= {f"u{number}": ["05-11", "05-21"] for number in range(5)}
    rows = pd.DataFrame([{"who": who, "what": "tea", "day": f"2024-{day}"} for who, found in days.items() for day in found])
    project = Project(tmp_path, {"interactions": [{"name": "one", "from": rows, "constants": {"event_type": "purchase"}, "columns": {
        "user_id": "who", "item_id": "what", "occurred_at": "day"}}]})
    project.refresh()
    lists = project.table("recommendations")
    told = lists[lists["list"] == "buy_again"].set_index("user_id")["reason"]
    assert told["ann"] == "you buy it about every 8 days, last on 20 May 2024"
    assert told["bob"] == "usually bought again after about 10 days; you bought it on 20 May 2024"
    assert told["u0"] == "usually bought again after about 10 days; you bought it on 21 May 2024"
