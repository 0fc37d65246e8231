"""Segments: the rules against a reckoning in plain Python, their strategies, and what `recsys segment` shows."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from handmade_segments import RULES, fulfilled

from recsys import Project, RecsysError
from recsys.config import read_config
from recsys.library import bundled
from recsys.model import STRATEGY
from recsys.settings import project_params
from recsys.strategies import packaged, told

INTERACTIONS = [{"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}]
LOOSE = {
    "lapsing_min_orders": 2, "lapsing_gap_factor": 1.0, "lapsing_least_days": 1, "lapsing_gap_share": 0.5, "lapsing_m_score": 1, "bargain_min_orders": 1,
    "bargain_factor": 1.0, "bargain_excess_share": 0.01, "devotee_min_orders": 1, "devotee_factor": 1.2,
    "devotee_excess_share": 0.05, "new_return_share": 0.4, "new_min_days": 1, "new_max_days": 4, "weekend_min_days": 1,
    "weekend_min_share": 0.2, "weekend_deviations": 0.1, "multi_min_orders": 1, "coupon_min_orders": 1,
}


def recsys(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """The handmade project with wide rules, so that each of them finds somebody, and with words of its own."""
    folder = tmp_path_factory.mktemp("segments") / "shop"
    shutil.copytree(bundled("data") / "handmade", folder)
    with (folder / "recsys.toml").open("a", encoding="utf-8") as file:
        file.write("\n[params.segment]\n" + "\n".join(f"{name} = {value}" for name, value in LOOSE.items()))
        file.write('\n\n[strategies."Lost"]\noffer = "Nothing at all."\n\n[strategies."Bargain hunter"]\ntiming = "On Mondays."\n')
        file.write('\n[strategies."Few orders"]\noffer = "One more."\n')
    done = recsys("refresh", "-p", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_rule_finds_whom_plain_python_finds_and_says_why_in_the_same_words(shop):
    frame = Project(shop).query("select segment, user_id, evidence from user_segments where segmentation = 'rules'")
    found = {rule: {} for rule in fulfilled(**LOOSE)}
    for segment, user, evidence in frame.itertuples(index=False):
        found[segment][user] = evidence
    assert found == fulfilled(**LOOSE)
    assert all(found.values()), "every rule is to find somebody, or nothing was compared"


@pytest.mark.parametrize("value, column, words", [
    ("3.0::double", "usual_gap_days", "3"), ("2.5000::decimal(18, 4)", "usual_gap_days", "2.5"), ("10.10::decimal(18, 2)", "x", "10.1"),
    ("100", "x", "100"), ("'v1.0'", "x", "v1.0"), ("date '2024-01-02'", "first_order_on", "2024-01-02"),
    ("0", "as_long_share", "0 %"), ("0.0189", "usual_share", "1.9 %"), ("0.0996", "usual_share", "10 %"), ("0.527", "usual_share", "53 %"),
    ("'the lion''s'", "lion_share", "the lion's"), ("1234.5::decimal(18, 4)", "net_amount", "1,234.50"), ("-0.005", "net_amount", "-0.01"), ("null::double", "usual_share", None),
])
def test_evidence_is_written_as_people_write_it(spec_runner, value, column, words):
    assert spec_runner.con.sql(f"select in_words({value}, '{column}')").fetchall() == [(words,)]


# --- strategies ---

def test_every_segment_has_a_whole_strategy_and_no_two_share_a_text(spec_runner):
    con = spec_runner.con
    texts = con.sql(f"select {', '.join(f'strategy_{part}' for part in STRATEGY if part != 'contact')} from segment.strategies").fetchall()
    assert len(texts) == 26
    for part in zip(*texts, strict=True):
        assert all(text and text.strip() for text in part)
        assert len({text.lower() for text in part}) == len(part), "two segments are told the same"
    assert max(len(text) for texts_of_one in texts for text in texts_of_one) <= 200, "a strategy is short"


def test_strategies_stand_for_the_names_that_rfm_and_lifecycle_give(spec_runner):
    names = {name for (name,) in spec_runner.con.sql(
        "select segment from segment.rfm_names union select segment from segment.lifecycle_names").fetchall()}
    assert set(packaged()) == names
    assert all(set(parts) == set(STRATEGY) for parts in packaged().values())


def test_a_project_says_its_own_part_by_part(shop):
    rows = Project(shop).table("segments").set_index("segment")
    assert rows.loc["Lost", "strategy_offer"] == "Nothing at all."
    assert rows.loc["Lost", "strategy_timing"] == packaged()["Lost"]["timing"]
    assert rows.loc["Bargain hunter", "strategy_timing"] == "On Mondays."
    assert rows.loc["Bargain hunter", "strategy_objective"].startswith("Sell what has to go")


def test_a_strategy_for_a_cluster_that_there_is_not_is_told_and_stops_nothing(shop):
    odd = Project(shop).table("data_quality").set_index("finding").loc["strategy for no segment"]
    assert odd["meaning"] == "strategies of the project file for what is no segment now: Few orders"
    done = recsys("status", "-p", shop)
    assert "[strategies] speaks of Few orders: no segment of this refresh is called so" in " ".join(done.stdout.split())


def test_where_there_are_too_few_for_clusters_segments_say_so(shop):
    assert set(Project(shop).table("segments")["basis_reason"].str.rpartition("; ")[2]) == {"no clusters: 11 of 100 customers needed"}
    assert "no clusters: 11 of 100 customers needed" in recsys("segment", "-p", shop).stderr


def test_segments_come_as_one_acts_on_them_and_show_says_that_there_are_more(shop):
    rows = Project(shop).table("segments")
    assert list(rows["segmentation"].unique()) == ["rules", "rfm", "lifecycle"]
    assert all(part["net_amount"].is_monotonic_decreasing for _, part in rows.groupby("segmentation"))
    assert "The first 20 rows; -n for more" in recsys("show", "segments", "-p", shop).stderr
    assert recsys("show", "segments", "-n", "26", "-p", shop).stderr == ""


@pytest.mark.parametrize("words, unit, told", [
    ("1", "days since the last order", "1 day since the last order"), ("1", "orders", "1 order"), ("1", "categories", "1 category"),
    ("1", "is the usual number of days", "1 is the usual number of days"), ("11", "days", "11 days"), ("1 %", "orders", "1 % orders"),
    ("1.5", "days", "1.5 days"), (None, "days", None), ("1", "daysies", "1 daysies"), ("1", "was taken off", "1 was taken off"),
])
def test_one_is_no_plural(spec_runner, words, unit, told):
    assert spec_runner.con.execute("select with_unit($1, $2)", [words, unit]).fetchall() == [(told,)]


@pytest.mark.parametrize("count, told", [(0, "0"), (999, "999"), (41_744, "41,744"), (-1_234_567, "-1,234,567"), (None, None)])
def test_counts_are_written_in_thousands(spec_runner, count, told):
    assert spec_runner.con.execute("select count_in_words($1)", [count]).fetchall() == [(told,)]


def test_segments_lists_those_that_nobody_is_in(shop):
    frame = Project(shop).table("segments")
    assert len(frame) == 26
    assert (frame[frame["user_count"] == 0]["net_amount"] == 0).all()
    assert frame[frame["segmentation"] == "rfm"]["user_count"].sum() == 11


def test_the_projects_own_words_are_told_once_and_whole():
    config = read_config(Path(), {"interactions": INTERACTIONS, "strategies": {"Lost": {"offer": "None."}, "Big basket": {"timing": "Now."}}})
    found = {row["segment"]: row for row in told(config)}
    assert len(found) == 19
    assert found["Lost"] == {"segment": "Lost", "is_own": True, **packaged()["Lost"], "offer": "None."}
    assert found["Big basket"] == {"segment": "Big basket", "is_own": True, **dict.fromkeys(STRATEGY), "timing": "Now."}
    assert [name for name, row in found.items() if row["is_own"]] == ["Lost", "Big basket"]


@pytest.mark.parametrize("strategies, words", [
    ({"Champion": {"offer": "x"}}, ["[strategies]", "no segment 'Champion'", "Did you mean 'Champions'?"]),
    ({"Champions": {"ofer": "x"}}, ['[strategies."Champions"]', "'ofer'", "Did you mean 'offer'?"]),
    ({"Champions": {"offer": 3}}, ['[strategies."Champions"]', "offer is text, not 3"]),
    ({"Champions": {"offer": " "}}, ["offer is text"]),
    ({"offer": "x"}, ['[strategies."Champions"] is a table']),
    (["Champions"], ['[strategies."Champions"] is a table']),
])
def test_a_slip_in_a_strategy_is_named_with_what_is_near(library, strategies, words):
    with pytest.raises(RecsysError) as error:
        project_params(library, read_config(Path("shop"), {"interactions": INTERACTIONS, "strategies": strategies}), {})
    assert "recsys.toml" in str(error.value)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("label, whose", [("Champions", "an RFM segment"), ("Lapsed", "a stage of life"), ("Bargain hunter", "bargain_hunter.sql")])
def test_two_segments_of_one_name_are_an_error(tmp_path, label, whose):
    own = tmp_path / "sql" / "segment" / "mine.sql"
    own.parent.mkdir(parents=True)
    own.write_text(f"/*\nMine.\n\ngrain: user_id\nlabel: {label}\npriority: 99\n*/\nselect users.user_id from profile.users\n", encoding="utf-8")
    with pytest.raises(RecsysError, match=f"mine.sql: label: {label} is the name of .*{whose}"):
        Project(tmp_path, {"interactions": INTERACTIONS})


@pytest.mark.parametrize("name, value", [
    ("rfm_frequency_from", [2, 3, 5]), ("rfm_frequency_from", []), ("rfm_frequency_from", [2, 5, 3, 10]),
    ("rfm_frequency_from", [2, 2, 3, 4]), ("rfm_recency_within", [7, 14]), ("rfm_recency_within", ["a", "b", "c", "d"]),
])
def test_rfm_cut_offs_are_four_rising_numbers(library, name, value):
    config = read_config(Path("shop"), {"interactions": INTERACTIONS})
    with pytest.raises(RecsysError, match=f"segment.{name}"):
        project_params(library, config, {f"segment.{name}": value})


def test_all_rules_may_be_switched_off(shop, tmp_path):
    folder = shutil.copytree(shop, tmp_path / "shop", ignore=shutil.ignore_patterns("*.duckdb", ".recsys"))
    project = Project(folder, settings={f"segment.weight_{name}": 0 for name in RULES.values()})
    project.refresh()
    assert set(project.table("segments")["segmentation"]) == {"rfm", "lifecycle"}
    assert set(project.table("user_segments")["segmentation"]) == {"rfm", "lifecycle"}


# --- recsys segment ---

def test_without_a_name_all_segments_are_listed(shop):
    done = recsys("segment", "-p", shop, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == 26
    assert set(rows[0]) >= {"segmentation", "segment", "user_count", "net_amount", "strategy_objective"}


@pytest.mark.parametrize("spoken", ["Bargain hunter", "bargain HUNTER", "bargain_hunter"])
def test_a_segment_shows_who_is_in_it_why_and_what_to_do(shop, spoken):
    done = recsys("segment", spoken, "-p", shop)
    assert done.returncode == 0, done.stderr
    for word in ("Bargain hunter", "user_count", "On Mondays.", "Clearance", "Who is in it", "was taken off the"):
        assert word in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_a_table_shows_a_page_and_programs_get_everybody(shop):
    lost = recsys("segment", "Potential Loyalist", "-n", 1, "-p", shop).stdout
    assert "first 1 of 3; -n for more" in lost
    listed = recsys("segment", "Potential Loyalist", "-p", shop, "-f", "csv").stdout.splitlines()
    assert listed[0] == "user_id,order_count,net_amount,since,evidence"
    assert [line.split(",")[0] for line in listed[1:]] == ["client:21", "8", "10"]
    both = json.loads(recsys("segment", "Potential Loyalist", "-p", shop, "-f", "json").stdout)
    assert both["segment"][0]["user_count"] == len(both["users"]) == 3
    assert both["segment"][0]["strategy_offer"] == packaged()["Potential Loyalist"]["offer"]


def test_an_empty_segment_shows_its_strategy_all_the_same(shop):
    done = recsys("segment", "Can't Lose Them", "-p", shop)
    assert done.returncode == 0, done.stderr
    assert "telephone call" in done.stdout
    assert "Who is in it" not in done.stdout


def test_an_unknown_segment_is_answered_with_the_near_one(shop):
    done = recsys("segment", "bargin hunters", "-p", shop)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no segment 'bargin hunters'. Did you mean 'Bargain hunter'?" in done.stderr


def test_the_readmes_strategy_is_one_that_a_project_may_have(library):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    block = readme.split('```toml\n[strategies."')[1].split("```")[0]
    given = {"interactions": INTERACTIONS, **tomllib.loads('[strategies."' + block)}
    project_params(library, read_config(Path("shop"), given), {})
