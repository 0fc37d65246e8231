"""Segment rules of the project file: who fulfils them, the evidence, and how a slip is answered."""

import datetime as dt
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from recsys import Project, RecsysError
from recsys.config import read_config
from recsys.inspection import rendered
from recsys.library import bundled
from recsys.shortrules import LAYERS, _attributes, with_short_rules

RULES = """

[segments."Regulars of Köln"]
all = [["city", "=", "Köln"], ["order_count", ">=", 2]]
objective = "Keep the branch full."
priority = 5

[segments."Young or generous"]
any = [["birth_year", ">=", 1999], ["net_amount", ">", 30]]
objective = "A test."

[segments."Late, but not Lost"]
all = [["last_order_on", ">=", 2024-05-01], ["segment", "not in", ["Lost", "Champions"]]]
any = [["preferred_channel", "in", ["web"]], ["age_group", "!=", "20-29"]]
objective = "A test."

[segments."It's {{ odd }} {% here"]
all = [["city", "!=", "{{ city }}'; drop {% table"]]
objective = "A test."
"""
ONE = {"interactions": [{"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}],
       "users": [{"query": "select 'u' as u, 'x' as city, 'm' as mail, 1 as born", "private": ["born"], "contact": {"email": "mail"},
                  "columns": {"user_id": "u", "city": "city", "born": "born"}}]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("rules") / "shop"
    shutil.copytree(bundled("data") / "handmade", folder)
    with (folder / "recsys.toml").open("a", encoding="utf-8") as file:
        file.write(RULES)
    Project(folder).refresh()
    return folder


def found(shop: Path, label: str) -> dict[str, str]:
    frame = Project(shop).query("select user_id, evidence from user_segments where segment = ? and segmentation = 'rules'", [label])
    return dict(frame.itertuples(index=False))


def test_all_conditions_hold_and_the_evidence_says_so(shop):
    assert found(shop, "Regulars of Köln") == {
        "2": "Köln is the city; 2 orders", "5": "Köln is the city; 2 orders", "7": "Köln is the city; 2 orders", "8": "Köln is the city; 2 orders",
    }


def test_any_condition_is_enough_and_what_is_private_is_not_told(shop):
    users = found(shop, "Young or generous")
    assert set(users) == {"1", "3", "7", "10", "client:21"}
    assert all("1999" not in words and "2001" not in words and "birth" not in words for words in users.values())
    assert users["1"] == "33.00 gross less discounts less returns, reporting currency"


def test_all_and_any_stand_side_by_side_and_what_is_not_known_fulfils_nothing(shop):
    profiles = Project(shop).table("user_profiles").set_index("user_id")
    wanted = {
        user for user, row in profiles.iterrows()
        if row["order_count"] and str(row["last_order_on"])[:10] >= "2024-05-01" and row["rfm_segment"] not in ("Lost", "Champions")
        and (row["preferred_channel"] == "web" or row["age_group"] not in ("20-29", None))
    }
    assert set(found(shop, "Late, but not Lost")) == wanted and wanted


def test_text_of_the_project_is_text_whatever_it_looks_like(shop):
    assert len(found(shop, "It's {{ odd }} {% here")) == 10, "everybody whose city is known"


def test_such_a_rule_is_a_segment_like_any_other(shop):
    row = Project(shop).query("from segments where segment = 'Regulars of Köln'").iloc[0]
    assert (row["segmentation"], row["user_count"], row["strategy_objective"]) == ("rules", 4, "Keep the branch full.")
    done = subprocess.run([sys.executable, "-m", "recsys", "segment", "regulars_of_k_ln", "-p", shop], capture_output=True, text=True)
    assert done.returncode == 0 and "Keep the branch full." in done.stdout and "Köln is the city" in done.stdout, done.stderr
    assert "recsys.toml" not in rendered(Project(shop), "regulars_of_k_ln")


def test_it_has_a_weight_and_may_be_switched_off(shop):
    assert "segment.weight_young_or_generous" in Project(shop).library.declared
    project = Project(shop, settings={"segment.weight_young_or_generous": 0})
    assert project.params["segment.weight_young_or_generous"] == 0


def test_every_attribute_makes_a_model_that_can_be_rendered(tmp_path, library):
    attributes = _attributes(library, read_config(tmp_path, ONE))
    assert {"order_count", "recency_days", "discount_share", "preferred_weekday", "r_score", "predicted_clv", "city", "born"} < set(attributes)
    value = {"on": dt.date(2024, 1, 1), "at": dt.date(2024, 1, 1)}
    segments = {}
    for name in attributes:
        begins, ends = name.split("_")[0], name.split("_")[-1]
        wanted = True if begins in ("is", "has") else value.get(ends, 1)
        segments[f"rule {name}"] = {"all": [[name, "=", wanted]], "objective": "A test."}
    project = Project(tmp_path, {**ONE, "segments": segments})
    for name in attributes:
        assert attributes[name][0] in rendered(project, f"rule_{name}")


def test_what_may_be_asked_for_is_told_of_each_user_alone(library):
    tables = {table for table, _ in _attributes(library, read_config(Path(), ONE)).values()} - {"staging.users"}
    assert all(library[table].grain == ["user_id"] and library[table].schema in LAYERS for table in tables)


@pytest.mark.parametrize("rule, words", [
    ({"all": [["order_cuont", ">", 1]]}, ["there is no attribute 'order_cuont'", "Did you mean 'order_count'?"]),
    ({"all": [["citty", "=", "x"]]}, ["there is no attribute 'citty'", "Did you mean 'city'?"]),
    ({"all": [["contact_email", "=", "x"]]}, ["there is no attribute 'contact_email'"]),
    ({"all": [["is_excluded", "=", True]]}, ["there is no attribute 'is_excluded'"]),
    ({"all": [["order_count", "=>", 1]]}, ["order_count: there is no operator '=>'", ">="]),
    ({"all": [["order_count", ">", "many"]]}, ["order_count is compared with a number, not 'many'"]),
    ({"all": [["last_order_on", ">", 3]]}, ["last_order_on is compared with a date"]),
    ({"all": [["city", "in", "x"]]}, ["city in: the value is a list"]),
    ({"all": [["city", "=", ["x"]]]}, ["city =: the value is no list"]),
    ({"all": [["city", "in", ["x", 1]]]}, ["all of one kind"]),
    ({"all": [["city", "in", []]]}, ["the value is a list"]),
    ({"all": [["order_count", ">", float("nan")]]}, ["order_count >", "nan"]),
    ({"all": ["order_count > 1"]}, ["a condition is [attribute, operator, value]", "order_count > 1"]),
    ({"all": []}, ["all is a list of conditions"]),
    ({"all": "x"}, ["all is a list of conditions"]),
    ({}, ["it says who is in it"]),
    ({"all": [["order_count", ">", 1]]}, ["it says what is to be reached with them: objective ="]),
    ({"al": []}, ["unknown key 'al'", "Did you mean 'all'?"]),
    ({"all": [["order_count", ">", 1]], "ofer": "x"}, ["unknown key 'ofer'", "Did you mean 'offer'?"]),
    ({"all": [["order_count", ">", 1]], "offer": 3}, ["offer is text, not 3"]),
    ({"all": [["order_count", ">", 1]], "priority": "high"}, ["priority is a number"]),
    ("order_count > 1", ["it is a table"]),
])
def test_a_slip_is_named_with_what_is_near(tmp_path, rule, words):
    with pytest.raises(RecsysError) as error:
        Project(tmp_path, {**ONE, "segments": {"Mine": rule}})
    for word in ('recsys.toml [segments."Mine"]', *words):
        assert word in str(error.value)


@pytest.mark.parametrize("label, words", [
    ("Bargain hunter", ["segment.bargain_hunter is made by"]), ("Champions", ["Champions is the name of an RFM segment"]),
    ("RFM", ["segment.rfm is made by"]), ("7", ["begins with a letter"]), ("select", ["no word of SQL"]),
    ("Many orders, large orders", ["is the name of a cluster already"]),
])
def test_a_name_that_is_taken_or_cannot_be_one_is_refused(tmp_path, label, words):
    with pytest.raises(RecsysError) as error:
        Project(tmp_path, {**ONE, "segments": {label: {"all": [["order_count", ">", 1]], "objective": "A test."}}})
    for word in words:
        assert word in str(error.value)


def test_without_such_rules_the_library_is_as_it_was(library):
    assert with_short_rules(library, read_config(Path(), ONE)) == library


def test_segments_that_are_no_table_are_an_error(tmp_path):
    with pytest.raises(RecsysError, match="is a table for one segment"):
        Project(tmp_path, {**ONE, "segments": ["Mine"]})


def test_the_rule_of_the_readme_is_one_of_the_groceries():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"^```toml\n(.*?)^```", text, re.S | re.M) if block.startswith("[segments."))
    given = tomllib.loads((bundled("data") / "groceries" / "recsys.toml").read_text(encoding="utf-8")) | tomllib.loads(block)
    sql = rendered(Project(bundled("data") / "groceries", given), "large_family")
    assert "in ('2', '3+')" in sql and 'rfm."segment" = \'Champions\'' in sql
