"""Profiles, tastes and retail tables of a year of groceries against pandas and numpy; and do the sums close?

Money, counts, days and months are equal; what is divided may differ by 1e-9.
"""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys import Project
from recsys.library import bundled

TOLERANCE = 1e-9
TABLES = (
    "mart.daily_sales", "mart.customer_months", "mart.cohort_retention", "mart.item_pairs", "mart.user_tastes",
    "mart.user_profiles", "mart.item_profiles", "mart.data_quality", "mart.reconciliation",
)
INSIDE = ("profile.user_tastes", "profile.item_features", "profile.user_item", "profile.items", "profile.users", "staging.items")


def built(project: Project) -> dict[str, pd.DataFrame]:
    """Build no more than these tables; return them."""
    project.refresh(select=[*TABLES])
    with duckdb.connect(str(project.folder / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        return {name: con.sql(f"from {name} order by all").df() for name in (*TABLES, *INSIDE)}


@pytest.fixture(scope="module")
def handmade(tmp_path_factory) -> dict[str, pd.DataFrame]:
    return built(Project(shutil.copytree(bundled("data") / "handmade", tmp_path_factory.mktemp("retail") / "handmade")))


@pytest.fixture(scope="module")
def groceries(tmp_path_factory) -> dict[str, pd.DataFrame]:
    return built(Project(shutil.copytree(bundled("data") / "groceries", tmp_path_factory.mktemp("retail") / "groceries")))


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """The receipt lines that count, money in cents, from the file alone."""
    found = duckdb.sql(f"from '{bundled('data')}/groceries/transactions.parquet'").df()
    found = found[(found["quantity"] > 0) | (found["sales_value"] > 0)]
    discount = found["retail_disc"] + found["coupon_match_disc"]
    return pd.DataFrame({
        "user": found["household_id"].astype(str), "item": found["product_id"].astype(str),
        "order": found["basket_id"].astype(str), "at": found["transaction_timestamp"],
        "day": found["transaction_timestamp"].dt.normalize(),
        "net": (found["sales_value"] * 100).round().astype(int), "discount": (discount * 100).round().astype(int),
    })


@pytest.fixture(scope="module")
def orders(lines) -> pd.DataFrame:
    found = lines.groupby("order").agg(user=("user", "min"), at=("at", "min"), day=("day", "min"), net=("net", "sum"))
    return found.assign(month=found["day"].dt.to_period("M"))


def cents(amounts: pd.Series) -> pd.Series:
    return (amounts * 100).round().astype(int)


# --- the sums close ---

@pytest.mark.parametrize("data", ["handmade", "groceries"])
def test_days_months_and_cohorts_add_up_to_what_was_read_to_the_cent(request, data):
    tables = request.getfixturevalue(data)
    total = {name: Decimal(int(cents(tables[f"mart.{name}"]["net_amount"]).sum())) / 100
             for name in ("reconciliation", "daily_sales", "customer_months", "cohort_retention", "user_profiles", "item_profiles")}
    guests = Decimal(int(cents(tables["mart.daily_sales"]["guest_net_amount"]).sum())) / 100
    months, users = tables["mart.customer_months"], tables["mart.user_profiles"]
    never = months[~months["user_id"].isin(users.loc[users["order_count"] > 0, "user_id"])]["net_amount"].sum()
    assert total["daily_sales"] == total["reconciliation"] == total["item_profiles"]
    assert total["customer_months"] + guests == total["reconciliation"]
    assert total["user_profiles"] == total["customer_months"]
    assert total["cohort_retention"] + round(Decimal(float(never)), 2) == total["customer_months"]
    if data == "handmade":  # added up by hand in its README
        assert (total["reconciliation"], guests) == (Decimal(247), Decimal(12))


def test_orders_and_customers_are_counted_once_in_days_months_and_cohorts(groceries, orders):
    for name in ("daily_sales", "customer_months", "cohort_retention", "user_profiles"):
        assert groceries[f"mart.{name}"]["order_count"].sum() == len(orders), name
    assert groceries["mart.daily_sales"]["new_customer_count"].sum() == orders["user"].nunique()


def test_money_that_only_went_back_is_in_months_and_in_no_cohort(tmp_path):
    sales = pd.DataFrame({
        "user": ["ann", "ann", "dan", None], "item": ["tea"] * 4, "day": ["2024-01-31", "2024-03-01", "2024-02-03", "2024-02-04"],
        "order": ["1", "2", None, "3"], "paid": [10, 20, -3, 5],
    })
    tables = built(shop(tmp_path, sales))
    assert tables["mart.daily_sales"]["net_amount"].tolist() == [10, -3, 5, 20]
    assert tables["mart.customer_months"]["net_amount"].sum() == 27
    cohorts = tables["mart.cohort_retention"]
    assert cohorts["net_amount"].tolist() == [10, 0, 20]
    assert cohorts["active_count"].tolist() == [1, 0, 1]
    assert cohorts["is_month_over"].tolist() == [True, True, False]


def test_without_dates_there_are_profiles_and_no_days(tmp_path):
    sales = pd.DataFrame({"user": ["ann", "bob"], "item": ["tea", "tea"], "order": ["1", "2"], "paid": [10, 20]})
    tables = built(shop(tmp_path, sales))
    for name in ("daily_sales", "customer_months", "cohort_retention"):
        assert tables[f"mart.{name}"].empty, name
    assert tables["mart.user_profiles"]["net_amount"].tolist() == [10, 20]
    assert tables["mart.user_profiles"]["usual_order_gap_days"].isna().all()


def shop(folder: Path, sales: pd.DataFrame, **settings) -> Project:
    """A project of one source; negative amounts are refunds, and a tea shop's till has no channel."""
    columns = {"user_id": "user", "item_id": "item", "order_id": '"order"', "line_amount": "paid"}
    if "day" in sales:
        columns["occurred_at"] = "day"
    return Project(folder, {"interactions": [{"name": "till", "from": sales, "columns": columns}]},
                   {f"profile.{name}": value for name, value in settings.items()})


# --- profiles ---

def test_user_profiles_are_those_of_pandas(groceries, lines, orders):
    users = groceries["mart.user_profiles"].set_index("user_id").loc[sorted(lines["user"].unique())]
    mine = orders.groupby("user")
    assert (users["order_count"] == mine.size()).all()
    assert (users["first_order_on"] == mine["day"].min()).all()
    assert (users["recency_days"] == (orders["day"].max() - mine["day"].max()).dt.days).all()
    assert (cents(users["net_amount"]) == mine["net"].sum()).all()
    np.testing.assert_allclose(users["average_order_amount"], mine["net"].mean() / 100, rtol=0, atol=5e-5 + TOLERANCE)  # four decimals
    spent = lines.groupby("user")[["net", "discount"]].sum()
    np.testing.assert_allclose(users["discount_share"], spent["discount"] / spent.sum(axis=1), rtol=0, atol=TOLERANCE)
    assert (users["return_share"] == 0).all()
    days = orders[["user", "day"]].drop_duplicates().sort_values("day")
    gaps = days.groupby("user")["day"].diff().dt.days.groupby(days["user"]).median()
    assert (users["usual_order_gap_days"] == gaps).all()
    kinds = groceries["staging.items"].set_index("item_id")["category"]
    assert (users["distinct_item_count"] == lines.groupby("user")["item"].nunique()).all()
    assert (users["distinct_category_count"] == lines["item"].map(kinds).groupby(lines["user"]).nunique()).all()


def test_a_habit_is_what_most_orders_have_in_common(groceries, orders):
    users = groceries["mart.user_profiles"].set_index("user_id")
    assert set(users["preferred_channel"]) == {"store"}
    for column, told in (("preferred_weekday", orders["day"].dt.day_name()), ("preferred_hour", orders["at"].dt.hour)):
        found = orders.assign(told=told).groupby(["user", "told"]).agg(count=("at", "size"), last=("at", "max")).reset_index()
        best = found.sort_values(["count", "last"]).groupby("user")["told"].last()
        assert (users.loc[best.index, column] == best).all(), column


def test_trends_compare_the_last_four_weeks_with_those_before(groceries, lines):
    age = (lines["day"].max() - lines["day"]).dt.days
    items = groceries["mart.item_profiles"].set_index("item_id")
    recent, previous = (lines[age.between(first, first + 27)].groupby("item")["order"].nunique().reindex(items.index, fill_value=0)
                        for first in (0, 28))
    assert (items["recent_order_count"] == recent).all()
    assert (items["previous_order_count"] == previous).all()
    trend = (recent - previous) / (recent + previous).where(lambda sold: sold > 0)
    np.testing.assert_allclose(items["trend"].astype(float), trend, rtol=0, atol=TOLERANCE)
    assert items["trend"].notna().sum() > 1000


def test_tastes_are_those_of_numpy(groceries):
    features = groceries["profile.item_features"]
    wanted = groceries["staging.items"].query("is_recommendable")["item_id"]
    items = groceries["profile.items"].set_index("item_no")["item_id"]
    strengths = groceries["profile.user_item"]
    assert strengths["item_no"].map(items).isin(set(wanted)).all(), "what is never recommended is no sign of a taste"
    matrix = sparse.csr_array((strengths["strength"], (strengths["user_no"], strengths["item_no"])),
                              shape=(strengths["user_no"].max() + 1, items.index.max() + 1))
    parts, weights = (sparse.csr_array((features[name], (features["item_no"], features["feature_no"])),
                                       shape=(matrix.shape[1], features["feature_no"].max() + 1)) for name in ("feature_part", "feature_weight"))
    kinds = features.drop_duplicates("feature_no").set_index("feature_no")["feature"]
    found = groceries["profile.user_tastes"]
    user, feature = found["user_no"].to_numpy(), found["feature_no"].to_numpy()
    interest = (matrix @ parts).toarray()
    assert len(found) == np.count_nonzero(interest)
    shares, usual = np.zeros_like(interest), np.zeros(interest.shape[1])
    for kind in kinds.unique():
        of_kind = kinds.index[kinds == kind]
        shares[:, of_kind] = interest[:, of_kind] / np.maximum(interest[:, of_kind].sum(axis=1, keepdims=True), 1e-300)
        usual[of_kind] = interest[:, of_kind].sum(axis=0) / interest[:, of_kind].sum()
    np.testing.assert_allclose(found["taste_share"], shares[user, feature], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found["usual_share"], usual[feature], rtol=0, atol=TOLERANCE)
    have = np.count_nonzero(interest, axis=0)
    expected = (matrix @ weights).toarray() * np.log1p(np.count_nonzero(interest.any(axis=1)) / np.maximum(have, 1))
    np.testing.assert_allclose(found["taste_weight"], expected[user, feature], rtol=0, atol=1 / 8192 + TOLERANCE)  # the grid


def test_published_tastes_are_above_the_usual_the_strongest_first(groceries):
    tastes = groceries["mart.user_tastes"]
    assert set(tastes["feature"]) == {"category", "subcategory", "brand", "tag"}
    np.testing.assert_allclose(
        tastes["interest_weight"], tastes["taste_share"] * np.log(tastes["taste_share"] / tastes["usual_share"]), rtol=0, atol=TOLERANCE)
    ranked = tastes.sort_values("rank").groupby(["user_id", "feature"])
    assert (ranked["interest_weight"].diff().dropna() <= 0).all()
    assert ranked["rank"].max().max() == 20
    top = tastes[(tastes["feature"] == "category") & (tastes["rank"] == 1)]
    assert top["value"].value_counts(normalize=True).max() < 0.1  # no milk for everyone


# --- months, cohorts and pairs ---

def test_cohorts_are_those_of_pandas(groceries, orders):
    first = orders.groupby("user")["month"].min()
    told = orders.assign(cohort=orders["user"].map(first))
    told["since"] = [(month - cohort).n for month, cohort in zip(told["month"], told["cohort"], strict=True)]
    found = groceries["mart.cohort_retention"].copy()
    found["cohort"] = pd.PeriodIndex(found["cohort_month_on"], freq="M")
    found = found.set_index(["cohort", "months_since_first"])
    expected = told.groupby(["cohort", "since"]).agg(active=("user", "nunique"), orders=("net", "size"), net=("net", "sum"))
    expected = expected.reindex(found.index.set_names(["cohort", "since"]), fill_value=0)
    assert (found["active_count"].to_numpy() == expected["active"].to_numpy()).all()
    assert (found["order_count"].to_numpy() == expected["orders"].to_numpy()).all()
    assert (cents(found["net_amount"]).to_numpy() == expected["net"].to_numpy()).all()
    sizes = first.value_counts()
    assert (found["customer_count"].to_numpy() == sizes.reindex(found.index.get_level_values(0)).to_numpy()).all()
    months = orders["month"].max()
    assert len(found) == sum((months - cohort).n + 1 for cohort in sizes.index)


def test_item_pairs_are_those_of_numpy(groceries, lines):
    kept = lines[lines["item"].isin(set(groceries["staging.items"].query("is_recommendable")["item_id"]))]
    kept = kept[["order", "item", "user"]].drop_duplicates(["order", "item"])
    total = lines["order"].nunique()
    least = max(10, 0.0005 * total)
    baskets, items = pd.Categorical(kept["order"]), pd.Categorical(kept["item"])
    matrix = sparse.csc_array((np.ones(len(kept), dtype=int), (baskets.codes, items.codes)))
    alone = matrix.sum(axis=0)
    often = np.flatnonzero(alone >= least)
    together = (matrix[:, often].T @ matrix[:, often]).toarray()
    np.fill_diagonal(together, 0)
    users = pd.Categorical(kept.drop_duplicates("order").set_index("order")["user"].loc[baskets.categories])
    buyers = np.zeros_like(together)
    for user in range(len(users.categories)):
        own = matrix[users.codes == user][:, often]
        buyers[(own.T @ own).nonzero()] += 1
    np.fill_diagonal(buyers, 0)
    found = groceries["mart.item_pairs"]
    place = {items.categories[code]: number for number, code in enumerate(often)}
    mine, theirs = found["item_id"].map(place).to_numpy(), found["other_item_id"].map(place).to_numpy()
    assert len(found) == np.count_nonzero((together >= least) & (buyers >= 5)) > 5000
    assert (found["basket_count"] == together[mine, theirs]).all()
    assert (found["pair_buyer_count"] == buyers[mine, theirs]).all()
    count, one, other = together[mine, theirs], alone[often][mine], alone[often][theirs]
    np.testing.assert_allclose(found["support"], count / total, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found["confidence"], count / one, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found["lift"], count / total / (one / total * other / total), rtol=TOLERANCE)


def test_a_huge_basket_makes_no_pairs_and_is_counted(tmp_path):
    sales = pd.DataFrame(
        [("reseller", f"item {number}", "huge") for number in range(30)]
        + [(f"user {number}", item, f"small {number}") for number in range(3) for item in ("item 1", "item 2")],
        columns=["user", "item", "order"],
    ).assign(day="2024-01-01", paid=1)
    tables = built(shop(tmp_path, sales, basket_max_items=20, pair_min_baskets=1, pair_min_buyers=1))
    pairs = tables["mart.item_pairs"]
    assert pairs[["item_id", "other_item_id", "basket_count", "support"]].to_numpy().tolist() == [
        ["item 1", "item 2", 3, 1.0], ["item 2", "item 1", 3, 1.0]]
    found = tables["mart.data_quality"].set_index("finding").loc["huge basket"]
    assert (found["row_count"], found["source"], found["example"]) == (1, "till", "huge")
    assert "more than 20 different items" in found["meaning"]
    everything = built(shop(tmp_path / "all", sales, pair_min_baskets=1, pair_min_buyers=1))["mart.item_pairs"]
    assert len(everything) == 30 * 29
