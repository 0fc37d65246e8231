"""Several sources describe one user or item: seen in what is published, from the project file on."""

import pandas as pd
import pytest

from recsys import Project, RecsysError

SALES = pd.DataFrame({
    "who": ["ann", "bob", "ann", "w3"], "what": ["tea", "tea", "mug", "mug"], "paid": [4.0, 4.0, 9.0, 9.0],
    "system": ["card", "card", "card", "web"],
})
CRM = pd.DataFrame({"card": ["ann", "bob"], "town": ["Ulm", None], "born": [1990, None], "staff": [None, "no"]})
SHOP = pd.DataFrame({
    "id": ["ann", "ann", "w3"], "kind": ["card", "card", "web"], "at": ["2024-01-01", "2024-02-01", "2024-01-01"],
    "city": ["Köln", "Bonn", "Trier"], "year": [1980, 1981, 1999], "is_staff": ["no", "no", "yes"],
})
TILL = pd.DataFrame({"sku": ["tea", "mug"], "name": ["TEA 100G", "MUG"]})
CATALOGUE = pd.DataFrame({"sku": ["tea"], "title": ["Green tea"], "brand": ["Leaf"]})


def test_sources_complement_each_other_and_every_row_is_accounted_for(tmp_path):
    project = Project(tmp_path, {
        "id_type": "card",
        "interactions": [{"name": "till", "from": SALES, "columns": {
            "user_id": "who", "id_type": "system", "item_id": "what", "line_amount": "paid"}}],
        "items": [
            {"name": "till", "from": TILL, "columns": {"item_id": "sku", "name": "name"}},
            {"name": "catalogue", "from": CATALOGUE, "columns": {"item_id": "sku", "name": "title", "brand": "brand"}},
        ],
        "users": [
            {"name": "crm", "from": CRM, "columns": {"user_id": "card", "town": "town", "born": "born", "is_excluded": "staff"}},
            {"name": "shop", "from": SHOP, "key": ["id", "kind"], "latest_by": "at", "private": ["born"], "columns": {
                "user_id": "id", "id_type": "kind", "town": "city", "born": "year", "is_excluded": "is_staff"}},
        ],
        "identities": [{"name": "logins", "from": pd.DataFrame({"card": ["bob"], "login": ["w3"]}), "columns": {
            "user_id": "card", "id_value": "login"}, "constants": {"id_type": "web"}}],
    })
    project.refresh()

    items = project.table("item_profiles")[["item_id", "item_name", "brand"]].astype(object)
    assert items.where(items.notna(), None).values.tolist() == [["mug", "MUG", None], ["tea", "TEA 100G", "Leaf"]]

    users = project.table("user_profiles")
    assert "born" not in users.columns, "private in one source is private"
    # ann: the shop's rows have a date and go before; bob: w3 fills the town, and is on the staff
    assert users[["user_id", "town", "is_excluded"]].values.tolist() == [["ann", "Bonn", False], ["bob", "Trier", True]]

    counts = project.table("reconciliation").set_index(["input", "source"])
    columns = ["read_count", "used_count", "superseded_count"]
    assert counts.loc[("users", "crm"), columns].tolist() == [2, 2, 0]
    assert counts.loc[("users", "shop"), columns].tolist() == [3, 2, 1], "the older copy of ann's row"
    assert counts.loc[("items", "till"), columns].tolist() == [2, 2, 0]
    assert counts.loc[("items", "catalogue"), columns].tolist() == [1, 1, 0]


def test_two_people_who_would_be_published_under_one_id_stop_the_refresh(tmp_path):
    sales = pd.DataFrame({"who": ["card:7", "7"], "system": ["user", "card"], "what": ["tea", "tea"]})
    source = {"name": "web", "from": sales, "columns": {"user_id": "who", "id_type": "system", "item_id": "what"}}
    with pytest.raises(RecsysError, match=r"first: alias_id = card:7\): two people would be published under one id"):
        Project(tmp_path, {"id_type": "user", "interactions": [source]}).refresh()
    source["columns"]["id_type"] = "case when system = 'card' then 'loyalty card' else system end"
    project = Project(tmp_path, {"id_type": "user", "interactions": [source]})
    project.refresh()
    assert project.table("user_profiles")["user_id"].tolist() == ["card:7", "loyalty card:7"]
