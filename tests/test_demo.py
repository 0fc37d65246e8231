"""`recsys demo`, as a newcomer meets it: what it prints, the commands that it offers, and lists fit to be sent."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from test_recommendations import HAD, assert_sound

from recsys import Project

#: what a shop does not write home about, in the words of the receipts
NEVER_SENT = (
    "FUEL|COUPON|DEPOSIT|TICKETS|CARRIER|CIGARETTES|TOBACCO|CALLING CARDS|MISC SALES|STORE SUP|PREPAID|NEWSPAPER|MAGAZINE"
    "|BEERS/ALES|(?:DOMESTIC|IMPORTED|MISC) WINE|LIQUOR|SPIRITS|INCONTINENCE|ANALGESICS|ANTACIDS|LAXATIVES|COLD AND FLU"
    "|SINUS|FEMININE HYGIENE|DIETARY AID|FAMILY PLANNING|INFANT FORMULA"
)


def recsys(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def demo(once) -> Path:
    def fill(folder: Path) -> None:
        done = recsys("demo", folder / "demo")
        assert done.returncode == 0, done.stderr
        (folder / "stdout.txt").write_text(done.stdout, encoding="utf-8")
        (folder / "stderr.txt").write_text(done.stderr, encoding="utf-8")

    return once("demo", fill)


@pytest.mark.slow
def test_the_summary_says_what_was_read_who_is_where_and_what_one_household_gets(demo):
    shown = (demo / "stdout.txt").read_text(encoding="utf-8")
    for heading in ("What was read", "Segments (RFM)", "Segments by rule", "may like to discover", "is due to buy again", "Try next"):
        assert heading in shown
    assert max(map(len, shown.splitlines())) <= 120
    assert "because you bought" in shown and "you buy it about every" in shown
    assert "Published" in (demo / "stderr.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_each_command_that_it_offers_works(demo):
    offered = re.findall(r"^  recsys (.+)$", (demo / "stdout.txt").read_text(encoding="utf-8"), re.M)
    assert len(offered) == 3
    for command in offered:
        done = recsys(*shlex.split(command))
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 3


@pytest.mark.slow
def test_a_second_demo_says_when_the_folder_holds_something_else(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = recsys("demo", tmp_path)
    assert done.returncode == 1
    assert "is not empty and no recsys project" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_every_household_gets_whole_lists_of_what_a_shop_would_send(demo):
    project = Project(demo / "demo")
    items = project.table("item_profiles").set_index("item_id")
    product_of = items["parent_item_id"].fillna(items.index.to_series()).to_dict()
    with duckdb.connect(str(demo / "demo" / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        had = con.execute("select distinct user_id, item_id from staging.interactions where fate = 'used' "
                          "and item_id is not null and list_contains(?, event_type)", [list(HAD)]).fetchall()
        as_of_on = con.sql("select reference_on from profile.clock").fetchall()[0][0]
    users = set(project.table("user_profiles")["user_id"])
    assert_sound(project.table, users, {(user, product_of[item]) for user, item in had}, product_of, set(items.index[items["is_available"]]))
    lists = project.table("recommendations")
    assert lists[lists["list"] == "discover"].groupby("user_id").size().reindex(users).eq(10).all()
    products = duckdb.sql(f"from '{(demo / 'demo' / 'products.parquet').as_posix()}'").df().astype(str)
    told = products["department"] + "|" + products["product_category"] + "|" + products["product_type"]
    never = set(products["product_id"][told.str.contains(NEVER_SENT)])
    assert len(never) > 100 and not never & set(lists["item_id"])
    named = set(items.loc[sorted(never & set(items.index)), "item_name"])
    assert not [reason for reason in lists["reason"].unique() if any(f"bought {name}" in reason or f" and {name}" in reason for name in named)]
    due = lists[lists["list"] == "buy_again"]
    assert due["user_id"].nunique() > len(users) / 2
    days = (pd.to_datetime(due["expected_on"]) - pd.Timestamp(as_of_on)).dt.days
    assert 0 <= days.median() <= 14 and days.min() >= -14 and days.max() <= 14
    assert due["reason"].str.contains(", and it was due on ").eq(days < 0).all()


def said_of_her(due: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """The days of each purchase of what is due, those of a household and product in one list, and what is said of them."""
    found = days.drop_duplicates().sort_values("day").groupby(["user_id", "product"])["day"].agg(list)
    return due.merge(found.rename("days").reset_index(), on=["user_id", "product"], validate="one_to_one")


@pytest.mark.slow
def test_what_is_said_of_her_rhythm_is_her_own_mean_gap(demo):
    """Nobody who bought a thing once or twice buys it every so many days; of others the mean of their gaps is told."""
    project = Project(demo / "demo")
    items = project.table("item_profiles").set_index("item_id")
    product_of = items["parent_item_id"].fillna(items.index.to_series())
    lists = project.table("recommendations")
    due = lists[lists["list"] == "buy_again"].assign(product=lambda row: row["item_id"].map(product_of))
    with duckdb.connect(str(demo / "demo" / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        days = con.sql("select user_id, item_id, ordered_on as day from staging.order_lines where user_id is not null "
                       "and coalesce(quantity, 1) > coalesce(return_quantity, 0)").df()
    days = days.assign(product=days["item_id"].map(product_of))[["user_id", "product", "day"]]
    told = said_of_her(due, days)
    assert len(told) == len(due)
    counted = {"own": 0, "usual": 0}
    for row in told.itertuples():
        last = f"{row.days[-1].day} {row.days[-1]:%B %Y}"
        if own := re.match(r"you buy it about every (?:day|(\d+) days), last on (\d+ \w+ \d+)", row.reason):
            gaps = [(later - earlier).days for earlier, later in zip(row.days, row.days[1:], strict=False)]
            assert len(gaps) >= 2 and abs(sum(gaps) / len(gaps) - int(own[1] or 1)) <= 0.5, row.reason
            assert own[2] == last
            counted["own"] += 1
        else:
            usual = re.match(r"usually bought again after about (?:a day|\d+ days); you bought it on (\d+ \w+ \d+)", row.reason)
            assert usual and usual[1] == last and len(row.days) <= 2, row.reason
            counted["usual"] += 1
    assert min(counted.values()) > 100
