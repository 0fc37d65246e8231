"""Who a customer is: a person, or all who share a household; everything that is told of customers follows it."""

import pandas as pd
import pytest

from recsys import Project, RecsysError

SALES = pd.DataFrame(
    [("ann", "tea", 10.0, "2024-01-01"), ("bob", "tea", 20.0, "2024-01-31"), ("ann", "mug", 30.0, "2024-03-01"),
     ("cid", "mug", 5.0, "2024-03-01"), ("w7", "tea", 7.0, "2024-02-10"), ("eve", "tea", 50.0, "2024-01-05"), ("fay", "tea", 60.0, "2024-01-06")],
    columns=["who", "what", "paid", "day"]).assign(kind=lambda frame: ["client" if who == "w7" else "card" for who in frame["who"]])
PEOPLE = pd.DataFrame(
    [("ann", "H1", "yes", "no"), ("bob", "H1", "no", "no"), ("cid", None, "yes", "no"), ("eve", "H2", "no", "yes"), ("fay", "H2", "no", "no")],
    columns=["card", "home", "garden", "staff"])


def shop(folder, unit: str, *, with_homes: bool = True) -> Project:
    columns = {"user_id": "card", "garden": "garden", "is_excluded": "staff", **({"household_id": "home"} if with_homes else {})}
    return Project(folder, {
        "unit": unit,
        "interactions": [{"name": "till", "from": SALES, "columns": {
            "user_id": "who", "id_type": "kind", "item_id": "what", "line_amount": "paid", "occurred_at": "day"},
            "constants": {"event_type": "purchase"}}],
        "users": [{"from": PEOPLE, "columns": columns, "constants": {"id_type": "card"}}],
        "identities": [{"from": pd.DataFrame([("bob", "client", "w7")], columns=["card", "kind", "id"]), "columns": {
            "user_id": "card", "id_type": "kind", "id_value": "id"}}],
    }, {"project.id_type": "card"})


@pytest.fixture(scope="module")
def households(tmp_path_factory) -> Project:
    project = shop(tmp_path_factory.mktemp("households"), "household")
    project.refresh()
    return project


def test_who_shares_a_household_is_one_customer_with_all_their_orders(households):
    rows = households.query("select user_id, household_id, order_count, net_amount::double as net, garden from user_profiles order by user_id")
    assert rows.astype(object).where(rows.notna(), None).values.tolist() == [
        ["cid", None, 1, 5.0, "yes"], ["household:H1", "H1", 4, 67.0, "no"], ["household:H2", "H2", 2, 110.0, "no"]
    ], "of an attribute that its members differ in, the last row of the source counts"


@pytest.mark.parametrize("table", ["user_segments", "user_value", "recommendations", "segment_history"])
def test_value_segments_and_lists_are_the_households(households, table):
    assert set(households.table(table)["user_id"]) <= {"cid", "household:H1"}, "of a household with somebody excluded nothing is told"


def test_its_rhythm_is_that_of_all_its_members(households):
    words = households.query("select evidence from user_segments where user_id = 'household:H1' and segmentation = 'lifecycle'")["evidence"]
    assert "where 20 are usual (own rhythm)" in words[0], "30, 10 and 20 days between the orders of Ann and Bob"


def test_persons_are_the_default(tmp_path):
    project = shop(tmp_path, "person")
    project.refresh()
    assert project.table("user_profiles")["user_id"].tolist() == ["ann", "bob", "cid", "eve", "fay"]


@pytest.mark.parametrize("unit, with_homes, words", [
    ("houshold", True, "unit is person or household, not 'houshold'. Did you mean 'household'?"),
    ("household", False, "needs household_id under [users.columns]"),
])
def test_a_unit_that_cannot_be_is_said(tmp_path, unit, with_homes, words):
    with pytest.raises(RecsysError) as error:
        shop(tmp_path, unit, with_homes=with_homes)
    assert words in str(error.value)
