"""Tuning: a search that finds what there is to find, repeats no work, goes on where it was, and changes nothing unasked."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys import Project, RecsysError, scratchbuild
from recsys.build import Builder
from recsys.library import bundled, load_library
from recsys.params import load_toml
from recsys.scratch import open_scratch
from recsys.search import OutOfTime, Space, read_space, search
from recsys.trials import with_settings
from recsys.tuned import Tuned, Worth, accept, write_found
from recsys.words import seconds_of
from recsys.workspace import Paths

SPACE = """
[score]
weight_item_neighbours = [0.0, 0.5, 1.0]
weight_content = [0.0, 0.3]
weight_popularity = [0.0, 3.0]
"""


# --- the search ----------------------------------------------------------------------------------------------------


def found_in(values: dict, worth, starts: list[dict], rungs=(1, 2, 4), trials: int = 10**6) -> tuple[dict, list]:
    """Search a made-up landscape; return what was found and what was judged by all users."""
    judged, seen = [], set()

    def judge(settings, rung):
        if (key := (*settings.values(), rung)) not in seen:
            if len(seen) >= trials:
                raise OutOfTime
            seen.add(key)
            if rung == 4:
                judged.append(settings)
        return worth(settings)

    def is_new(settings):
        return (*settings.values(), rungs[0]) not in seen

    return search(Space(values), starts, rungs, judge, is_new, lambda text: None, seed=1), judged


def test_a_search_finds_the_top_of_a_hill_from_far_away():
    values = {name: list(range(10)) for name in "abcd"}
    top = {"a": 7, "b": 2, "c": 9, "d": 4}
    best, judged = found_in(values, lambda settings: -sum((settings[name] - top[name]) ** 2 for name in top), [dict.fromkeys("abcd", 0)])
    assert best == top
    assert len(judged) < 200, "of ten thousand"


def test_a_search_ends_where_no_step_leads_up_and_keeps_the_settings_as_they_are():
    start = {"a": 1, "word": "one"}
    best, judged = found_in({"a": [0, 1, 2], "word": ["one", "other"]}, lambda settings: float(settings == start), [start])
    assert best == start
    assert len(judged) <= 6


def test_where_no_step_leads_up_two_at_once_or_a_lucky_draw_may():
    """Two that are good only together, far below and in the middle of what is as good as it is."""
    values = {name: list(range(5)) for name in "abcd"}
    best, _ = found_in(values, lambda settings: 2.0 * (settings["a"] == settings["b"] == 1), [dict.fromkeys("abcd", 0)])
    assert (best["a"], best["b"]) == (1, 1)


def test_a_search_gives_up_after_some_rounds_in_vain():
    values = {name: list(range(10)) for name in "abcdef"}
    _, judged = found_in(values, lambda settings: float(settings == dict.fromkeys(values, 0)), [dict.fromkeys(values, 0)])
    assert len(judged) < 30, "of a million"


def test_half_of_what_may_be_switched_off_is_off_in_a_draw():
    rng, space = random.Random(1), Space({"score.weight_x": [0.0, 0.5, 1.0, 2.0], "score.weight_y": [1.0], "walk_beta": [0.0, 1.0, 2.0, 3.0]})
    draws = [space.drawn(rng) for _ in range(400)]
    assert 160 < sum(draw["score.weight_x"] == 0 for draw in draws) < 240
    assert all(draw["score.weight_y"] == 1 for draw in draws)
    assert 70 < sum(draw["walk_beta"] == 0 for draw in draws) < 130


def test_weights_are_stepped_through_before_anything_that_has_to_be_built():
    """A cliff: beside the best number of passes all is worst, so that no draw leads there."""
    values = {"score.weight_x": [0.0, 1.0, 2.0], "passes": list(range(100))}
    _, judged = found_in(values, lambda settings: settings["score.weight_x"] + {50: 9, 49: -9, 51: -9}.get(settings["passes"], 0), [{"score.weight_x": 1.0, "passes": 50}])
    beside = [place for place, settings in enumerate(judged) if settings["passes"] in (49, 51)]
    assert beside and judged.index({"score.weight_x": 2.0, "passes": 50}) < min(beside)


def test_a_search_out_of_time_has_the_best_that_was_judged_by_all():
    values = {"a": list(range(100))}
    best, judged = found_in(values, lambda settings: settings["a"], [{"a": 0}], trials=40)
    assert best == max(judged, key=lambda settings: settings["a"])


def test_a_step_goes_to_the_next_number_or_to_another_word():
    space = Space({"a": [0.0, 0.5, 1.0], "word": ["one", "two", "three"], "flag": [False, True], "only": [128]})
    steps = space.steps({"a": 0.2, "word": "two", "flag": True, "only": 50})
    assert [step["a"] for step in steps if step["a"] != 0.2] == [0.0, 0.5]
    assert {step["word"] for step in steps} == {"one", "two", "three"}
    assert sum(step["flag"] is False for step in steps) == 1
    assert sum(step["only"] == 128 for step in steps) == 1


def test_every_value_of_the_packaged_space_is_one_that_its_parameter_may_have():
    params = load_library().params()
    space = read_space(bundled("sql") / "tuning.toml", params, ["score.co_passes"])
    assert "score.co_passes" not in space.values
    for key, values in space.values.items():
        for value in values:
            with_settings(params, {key: value})
    most = max(space.values["score.user_neighbours"] + space.values["score.item_neighbours"])
    assert space.values["similarity.neighbours"] == [most]


@pytest.mark.parametrize(("text", "said"), [
    ("[score]\nweight_contend = [0.0, 1.0]", "weight_content"),
    ("[score]\nweight_content = 1.0", "a list of the values"),
    ("[score]\nweight_content = []", "a list of the values"),
    ("weight_content = [1.0]", "a list of the values"),
    ("[score]\nwalk_neighbours = [0, 10]", "may be 1 or more"),
    ("[score]\nwalk_neighbours = [10]", "nothing to try"),
])
def test_a_wrong_space_is_answered_with_the_place(tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RecsysError, match=f"mine.toml.*{said}"):
        read_space(tmp_path / "mine.toml", load_library().params(), [])


def test_a_budget_is_a_time():
    assert [seconds_of(text) for text in ("90s", "30m", "1.5h")] == [90, 1800, 5400]
    with pytest.raises(RecsysError, match="30m"):
        seconds_of("half an hour")


# --- a project -----------------------------------------------------------------------------------------------------

COLUMNS = {"user_id": "user", "item_id": "item", "line_amount": "paid", "occurred_at": "day"}
TOML = """# my shop
timezone = "UTC"  # a comment

[[interactions]]
name = "till"
from = "sales.csv"
[interactions.columns]
user_id = "user"
item_id = "item"
line_amount = "paid"
occurred_at = "day"
"""


def sales(count: int = 3000) -> pd.DataFrame:
    """Two camps of buyers with items of their own; the recommender as it comes is told to hand out bestsellers."""
    rng = np.random.default_rng(7)
    user = rng.integers(0, 120, count)
    own = rng.zipf(1.3, count) % 40 + 40 * (user % 2)
    return pd.DataFrame({
        "user": [f"u{number:03d}" for number in user],
        "item": [f"i{number:02d}" for number in np.where(rng.random(count) < 0.85, own, rng.integers(0, 80, count))],
        "paid": rng.integers(1, 50, count) / 2,
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, count), unit="D"),
    })


#: as it is: bestsellers rule, which is what a search is to find out
POOR = {"score.weight_popularity": 3.0, "score.weight_item_neighbours": 0.0, "score.weight_user_neighbours": 0.0, "score.weight_content": 0.0}


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A refreshed project with a space of its own. For reading: who changes it takes a copy."""
    folder = tmp_path_factory.mktemp("tuned") / "shop"
    folder.mkdir()
    sales().to_csv(folder / "sales.csv", index=False)
    (folder / "recsys.toml").write_text(TOML, encoding="utf-8")
    (folder / "space.toml").write_text(SPACE, encoding="utf-8")
    preset = "".join(f"{key.split('.')[1]} = {value}\n" for key, value in POOR.items())
    (folder / "tuned.toml").write_text("[params.score]\n" + preset, encoding="utf-8")
    (folder / "recsys.toml").write_text('preset = "tuned"\n' + TOML, encoding="utf-8")
    Project(folder).refresh()
    return folder


@pytest.fixture
def own(shop, tmp_path) -> Project:
    """A copy to change."""
    return Project(shutil.copytree(shop, tmp_path / "shop"))


def tuned(project: Project, budget: float = 600, **options) -> Tuned:
    return project.tune(budget=budget, space=project.folder / "space.toml", presets=False, **options)


@pytest.fixture(scope="module")
def found(shop, tmp_path_factory) -> tuple[Tuned, Path]:
    """What an undisturbed search in a copy has found, and the copy."""
    folder = shutil.copytree(shop, tmp_path_factory.mktemp("found") / "shop")
    return tuned(Project(folder)), folder


def trials(folder: Path) -> list[dict]:
    lines = (folder / ".recsys" / "tuning.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_is_better_is_found_and_holds_in_a_part_that_no_trial_has_seen(found):
    result, _ = found
    assert result.settings["score.weight_item_neighbours"] > 0
    assert result.settings["score.weight_popularity"] == 0
    assert result.validation.mean_gain > 0
    assert result.test.gain_low > 0
    assert result.test.verdict == "That is clearly better."


def test_a_trial_is_worth_what_evaluate_says(found, shop):
    """The test part's figures are those of `recsys evaluate`, as it is and with what was found."""
    result, _ = found
    for settings, worth in ((result.settings, result.test.mean_worth), ({}, result.test.mean_worth - result.test.mean_gain)):
        folder = shutil.copytree(shop, found[1].parent / f"evaluated{len(settings)}")
        card = Project(folder, settings=settings).evaluate().scorecard
        row = card[(card["slice_kind"] == "all") & (card["metric"] == "ndcg_at_k")].iloc[0]
        assert row["metric_value"] == pytest.approx(worth, abs=1e-9)
        assert row["judged_count"] == result.test.judged_count


def test_a_stopped_search_goes_on_where_it_was_and_ends_with_the_same(found, own, monkeypatch):
    build, calls = Builder.build, []

    def stopped(self, node, *rest):
        calls.append(node.table)
        if calls.count("evaluation.trial") == 4:
            raise KeyboardInterrupt
        return build(self, node, *rest)

    monkeypatch.setattr(Builder, "build", stopped)
    with pytest.raises(KeyboardInterrupt):
        tuned(own)
    kept = trials(own.folder)
    assert len(kept) == 3
    with (own.folder / ".recsys" / "tuning.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"address": "torn')
    monkeypatch.setattr(Builder, "build", build)
    again = tuned(own)
    assert (again.settings, again.validation, again.test, again.trial_count) == (
        found[0].settings, found[0].validation, found[0].test, found[0].trial_count)
    assert {line["address"] for line in trials(own.folder)} == {line["address"] for line in trials(found[1])}
    assert len(trials(own.folder)) == len(trials(found[1])), "none was done twice"


def test_no_budget_still_judges_the_settings_as_they_are(own):
    result = tuned(own, budget=0)
    assert result.trial_count == 1
    assert result.settings == {}
    assert "Nothing better" in str(result)


def test_work_that_trials_share_is_done_once(own, monkeypatch):
    build, built = Builder.build, []
    monkeypatch.setattr(Builder, "build", lambda self, node, *rest: built.append(node.table) or build(self, node, *rest))
    result = tuned(own)
    assert built.count("evaluation.trial") >= result.trial_count - 1 > 5
    for table in ("similarity.nearest", "profile.user_item"):
        assert built.count(table) == 3, "for all trials, for the finals and for the test part"
    assert "score.holdings" not in built, "no trial gives weight to what reads it"


def test_a_sample_of_users_gets_the_lists_that_all_get(shop):
    """And every larger sample holds the smaller ones."""
    with open_scratch(Project(shop)) as scratch:
        scratch.narrow("staging.interactions", "true")
        lists, users = {}, {}
        for share in (1.0, 0.5, 0.25):
            scratch.build(scratch.plan(["recommendation.blend"], only={"score.contributions": f"sample_place(user_no) < {share}"}))
            lists[share] = set(scratch.con.sql("select user_no, rank, item_no, score from recommendation.blend").fetchall())
            users[share] = {row[0] for row in lists[share]}
    assert lists[0.25] < lists[0.5] < lists[1.0]
    assert 0.4 < len(users[0.5]) / len(users[1.0]) < 0.6
    assert lists[0.5] == {row for row in lists[1.0] if row[0] in users[0.5]}


def test_a_table_is_taken_as_it_is_where_nothing_that_it_comes_of_has_changed(shop, monkeypatch):
    build, built = Builder.build, []
    monkeypatch.setattr(Builder, "build", lambda self, node, *rest: built.append(node.table) or build(self, node, *rest))
    project = Project(shop)
    with open_scratch(project) as scratch:
        scratch.narrow("staging.interactions", "source_row % 3 > 0")
        found = {}
        for turn, walk_beta in enumerate((0.5, 0.9, 0.5)):
            built.clear()
            scratch.build(scratch.plan(["score.walk_votes"], project.params.override({"score.walk_beta": walk_beta, "score.weight_random_walk": 1.0}, "test")))
            assert ("score.walk_step" in built) == (turn < 2), "the third is the first again"
            assert ("score.holdings" in built) == (turn == 0), "it knows of no beta"
            found[turn] = scratch.con.sql("from score.walk_votes order by all").fetchall()
    assert found[0] == found[2] != found[1]


def test_other_weights_of_the_same_scorers_are_but_another_blend_and_the_same_as_ever(shop, monkeypatch):
    build, built, lists = Builder.build, [], []
    monkeypatch.setattr(Builder, "build", lambda self, node, *rest: built.append(node.table) or build(self, node, *rest))
    project = Project(shop, settings={"score.weight_item_neighbours": 1.0})
    with open_scratch(project) as scratch:
        scratch.narrow("staging.interactions", "source_row % 3 > 0")
        for summed in ("", "true", "true"):
            built.clear()
            params = project.params.override({"score.weight_popularity": 0.1 * (1 + len(lists) // 2)}, "test")
            scratch.build(scratch.plan(["recommendation.blend"], params, summed=summed))
            lists.append(scratch.con.sql("from recommendation.blend order by all").fetchall())
    assert lists[0] == lists[1] != lists[2]
    assert "recommendation.blend" in built and not {"score.item_neighbours", "score.popularity", "similarity.neighbours"} & set(built)


def test_what_is_put_by_is_no_more_than_so_many_rows(shop, monkeypatch):
    monkeypatch.setattr(scratchbuild, "PUT_BY_ROWS_IN_ALL", 7000)
    project, most, sizes = Project(shop), 0, set()
    with open_scratch(project) as scratch:
        scratch.narrow("staging.interactions", "source_row % 3 > 0")
        for walk_beta in (0.1, 0.2, 0.3, 0.4, 0.1):
            params = project.params.override({"score.walk_beta": walk_beta, "score.weight_random_walk": 1.0}, "test")
            scratch.build(scratch.plan(["score.walk_votes"], params))
            waiting = scratch.con.sql("select count(*) from duckdb_tables() where database_name = current_database() and table_name like '%\\_\\_%' escape '\\'").fetchall()[0][0]
            assert waiting == len(scratch.put_by)
            most = max(most, sum(rows for _, rows in scratch.put_by.values()))
            sizes |= {rows for _, rows in scratch.put_by.values()}
    assert 0 < most <= 7000 < 4 * max(sizes)


def test_nothing_of_the_project_is_changed_until_it_is_accepted(found, shop):
    _, folder = found
    for name in ("recsys.toml", "tuned.toml", "recsys.duckdb"):
        assert (folder / name).read_bytes() == (shop / name).read_bytes()


def test_what_is_accepted_is_the_preset_from_then_on(found, tmp_path):
    result, folder = found
    folder = shutil.copytree(folder, tmp_path / "shop")
    (folder / "recsys.toml").write_text(TOML, encoding="utf-8")
    assert accept(Project(folder).config) == folder / "tuned.toml"
    text = (folder / "recsys.toml").read_text(encoding="utf-8")
    assert text.replace(text.splitlines(keepends=True)[0], "", 1) == TOML
    params = Project(folder).params
    assert {key: params[key] for key in result.settings} == result.settings
    assert Project(folder, settings={"score.weight_content": 0.7}).params["score.weight_content"] == 0.7
    accept(Project(folder).config)
    assert (folder / "recsys.toml").read_text(encoding="utf-8") == text


def test_an_old_preset_makes_room_for_what_is_accepted(found, tmp_path):
    folder = shutil.copytree(found[1], tmp_path / "shop")
    (folder / "recsys.toml").write_text('preset = "accurate"\n' + TOML.replace("[interactions.columns]", '[interactions.columns]\n'), encoding="utf-8")
    accept(Project(folder).config)
    assert load_toml(folder / "recsys.toml")["preset"] == "tuned"
    assert Project(folder).params["score.weight_random_walk"] == 0


def test_what_is_printed_can_be_pasted(found):
    result, folder = found
    text = (folder / ".recsys" / "tuned.toml").read_text(encoding="utf-8")
    assert text == str(result)
    table = load_toml(folder / ".recsys" / "tuned.toml")["params"]
    assert {f"{folder}.{name}": value for folder, values in table.items() for name, value in values.items()} == result.settings
    assert text.startswith("# Found by `recsys tune`") and "which no trial has seen" in text


def test_what_the_project_sets_itself_stays_as_it_is(own):
    with pytest.raises(RecsysError, match="nothing to try"):
        tuned(Project(own.folder, settings={"score.weight_item_neighbours": 0.0, "score.weight_content": 0.0, "score.weight_popularity": 1.0}))


def test_a_row_of_the_test_part_changes_no_trial(found, own):
    """Only the last figures know of it."""
    frame = sales()
    last = frame["day"] > frame["day"].max() - pd.Timedelta(days=28)
    frame.loc[last, "item"] = frame["item"].sample(frac=1, random_state=3).to_numpy()[: last.sum()]
    frame.to_csv(own.folder / "sales.csv", index=False)
    own.refresh()
    result = tuned(own)
    assert result.validation == found[0].validation
    assert result.test != found[0].test


def test_what_cannot_be_tuned_is_said_in_a_sentence(own, tmp_path):
    for settings, said in (
        ({"evaluation.goal": "ndcg"}, "ndcg_at_k"), ({"score.alpha": 0.5}, "score.alpha stands for all weights"),
        ({"evaluation.hit_events": ["rating"]}, "nothing to judge trials by"),
    ):
        with pytest.raises(RecsysError, match=said):
            tuned(Project(own.folder, settings=settings))
    with pytest.raises(RecsysError, match="given"):
        tuned(own, split="given")
    with pytest.raises(RecsysError, match="has found nothing better yet"):
        accept(own.config)


def test_a_missing_file_of_what_was_accepted_is_said(own):
    (own.folder / "tuned.toml").unlink()
    with pytest.raises(RecsysError, match="tuned.toml.*--accept"):
        Project(own.folder)


def test_figures_say_when_they_may_be_chance(tmp_path):
    (tmp_path / ".recsys").mkdir()
    worths = [Worth(50, 0.3, gain, gain - 0.02, gain + 0.02) for gain in (0.05, 0.01, -0.05)]
    assert [worth.verdict for worth in worths] == ["That is clearly better.", "That may be chance.", "That is clearly worse: leave it as it is."]
    write_found(Paths(tmp_path, tmp_path / "x.duckdb"), Tuned({"score.co_passes": 5, "score.sar_event_weights": {"purchase": 1.0}}, "ndcg@10", worths[0], worths[1], 3, 70))
    assert load_toml(tmp_path / ".recsys" / "tuned.toml") == {"params": {"score": {"co_passes": 5, "sar_event_weights": {"purchase": 1.0}}}}


def test_the_command_prints_what_to_paste_and_takes_it_over_when_told(found, tmp_path):
    folder = shutil.copytree(found[1], tmp_path / "shop")
    words = [sys.executable, "-m", "recsys", "tune", "-p", str(folder)]
    done = subprocess.run([*words, "--space", str(folder / "space.toml"), "--budget", "1s"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Found by `recsys tune`")
    assert "Traceback" not in done.stderr
    done = subprocess.run([*words, "--accept"], capture_output=True, text=True)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr
    done = subprocess.run([*words, "--budget", "soon"], capture_output=True, text=True)
    assert done.returncode == 1 and "30m" in done.stderr
