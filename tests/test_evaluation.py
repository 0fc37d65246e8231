"""Evaluation: metrics as they are defined, splits that leak nothing, a scorecard that is kept."""

import json
import shutil
import subprocess
import sys
from itertools import combinations
from math import log2

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from recsys import Project, RecsysError
from recsys.evaluation import TEST, TRAINING, known_slice
from recsys.plan import make_node
from recsys.scratch import scratch_run

K, USERS, ITEMS = 7, 60, 40


# --- the metrics, over random lists --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lists() -> dict[str, pd.DataFrame]:
    """Random lists (some short), what was chosen, who had had what, and the items' features."""
    rng = np.random.default_rng(11)
    shown = [(who, user, rank, item) for who in ("recommender", "bestsellers") for user in range(1, USERS + 1)
             for rank, item in enumerate(rng.permutation(ITEMS)[: K if user % 5 else 3] + 1, 1)]
    chosen = [(user, item) for user in range(1, USERS + 1) for item in rng.permutation(ITEMS)[: rng.integers(1, 15)] + 1]
    had = [(user, item) for user in range(1, USERS + 11) for item in range(1, ITEMS) if rng.random() < 0.6 / item**0.5]
    vectors = rng.random((ITEMS, 6)) * (rng.random((ITEMS, 6)) < 0.5)
    vectors[:, 0] += 0.1
    return {
        "shown": pd.DataFrame(shown, columns=["contender", "user_no", "rank", "item_no"]).assign(
            product_id=lambda frame: frame["item_no"].astype(str), is_own=True),
        "targets": pd.DataFrame(chosen, columns=["user_no", "item_no"]).assign(
            stratum="all", product_id=lambda frame: frame["item_no"].astype(str)),
        "user_item": pd.DataFrame(had, columns=["user_no", "item_no"]),
        "item_features": pd.DataFrame(
            [(item + 1, number, part) for item, row in enumerate(vectors) for number, part in enumerate(row) if part],
            columns=["item_no", "feature_no", "feature_weight"]),
        "items": pd.DataFrame({"item_no": range(1, ITEMS + 1)}).assign(
            item_id=lambda frame: frame["item_no"].astype(str), is_available=True, parent_item_id=None),
    }


PLACES = {
    "shown": "evaluation.shown", "targets": "evaluation.targets", "user_item": "profile.user_item",
    "item_features": "profile.item_features", "items": "profile.items", "described": "staging.items",
}


@pytest.fixture(scope="module")
def computed(library, lists):
    """Return a function from a model of evaluation to what it makes of the random lists, by contender and user."""
    con = duckdb.connect()
    con.execute(library.macros("duckdb.sql"))
    for name, place in PLACES.items():
        frame = lists["items" if name == "described" else name]
        con.execute(f"create schema if not exists {place.split('.')[0]}")
        con.register("frame", frame)
        con.execute(f"create table {place} as from frame")
    con.execute("alter table staging.items alter parent_item_id type varchar")
    params = library.params().override({"evaluation.k": K}, "test")

    def compute(name: str) -> pd.DataFrame:
        frame = con.sql(make_node(library, library[f"evaluation.{name}"], params, {}).sql).df()
        keys = [key for key in ("contender", "user_no") if key in frame]
        return frame.set_index(keys).sort_index()

    return compute


def by_definition(items: list[int], wanted: set[int]) -> dict[str, float]:
    """The metrics of one list, each as its definition reads."""
    hits = [item in wanted for item in items]
    places = [place for place, hit in enumerate(hits, 1) if hit]
    ideal = sum(1 / log2(place + 1) for place in range(1, min(K, len(wanted)) + 1))
    return {
        "precision_at_k": len(places) / K,
        "recall_at_k": len(places) / len(wanted),
        "hit_rate_at_k": float(bool(places)),
        "ndcg_at_k": sum(1 / log2(place + 1) for place in places) / ideal,
        "map_at_k": sum(sum(hits[:place]) / place for place in places) / len(wanted),
        "mrr_at_k": 1 / places[0] if places else 0.0,
    }


def test_ranking_metrics_are_what_their_definitions_say(computed, lists):
    found = computed("ranking_metrics")
    wanted = lists["targets"].groupby("user_no")["item_no"].agg(set)
    for (contender, user), shown in lists["shown"].groupby(["contender", "user_no"]):
        for metric, value in by_definition(shown["item_no"].tolist(), wanted[user]).items():
            assert found.loc[(contender, user), metric] == pytest.approx(value, abs=1e-12), (contender, user, metric)


def test_diversity_is_the_mean_distance_of_all_pairs(computed, lists):
    vectors = np.zeros((ITEMS + 1, 6))
    for row in lists["item_features"].itertuples():
        vectors[row.item_no, row.feature_no] = row.feature_weight
    vectors[1:] /= np.linalg.norm(vectors[1:], axis=1, keepdims=True)
    found = computed("list_diversity")["intra_list_diversity"]
    for key, shown in lists["shown"].groupby(["contender", "user_no"]):
        distances = [1 - vectors[one] @ vectors[other] for one, other in combinations(shown["item_no"], 2)]
        assert found[key] == pytest.approx(np.mean(distances), abs=1e-12)


def test_gini_is_half_the_relative_mean_difference(computed, lists):
    found = computed("catalogue_metrics")
    for contender, shown in lists["shown"].groupby("contender"):
        counts = shown["item_no"].value_counts().reindex(range(1, ITEMS + 1), fill_value=0).to_numpy()
        gaps = np.abs(counts[:, None] - counts[None, :]).mean()
        assert found.loc[contender, "exposure_gini"] == pytest.approx(gaps / (2 * counts.mean()), abs=1e-12)
        assert found.loc[contender, "catalog_coverage"] == (counts > 0).mean()


def test_metrics_equal_those_of_rectools(computed, lists):
    metrics = pytest.importorskip("rectools.metrics", reason="needs rectools (extra bench)")
    ranking, lists_, catalogue = computed("ranking_metrics"), computed("list_metrics"), computed("catalogue_metrics")
    chosen = lists["targets"].rename(columns={"user_no": "user_id"})[["user_id", "item_no"]].rename(columns={"item_no": "item_id"})
    had = lists["user_item"].set_axis(["user_id", "item_id"], axis=1)
    theirs = {
        "precision_at_k": metrics.Precision(K), "recall_at_k": metrics.Recall(K), "hit_rate_at_k": metrics.HitRate(K),
        "ndcg_at_k": metrics.NDCG(K, divide_by_achievable=True), "map_at_k": metrics.MAP(K), "mrr_at_k": metrics.MRR(K),
    }
    for contender, shown in lists["shown"].groupby("contender"):
        reco = shown[["user_no", "item_no", "rank"]].set_axis(["user_id", "item_id", "rank"], axis=1)
        for name, metric in theirs.items():
            expected = metric.calc_per_user(reco, chosen)
            assert np.abs(ranking.loc[contender, name] - expected).max() < 1e-9, name
        ours = lists_.loc[contender]
        assert np.abs(ours["novelty"] - metrics.MeanInvUserFreq(K).calc_per_user(reco, had)).max() < 1e-9
        popular = metrics.AvgRecPopularity(K).calc_per_user(reco, had) / had["user_id"].nunique()
        assert np.abs(ours["average_recommendation_popularity"] - popular).max() < 1e-9
        coverage = metrics.CatalogCoverage(K, normalize=True).calc(reco, range(1, ITEMS + 1))
        assert abs(catalogue.loc[contender, "catalog_coverage"] - coverage) < 1e-9
        vectors = lists["item_features"].pivot_table(index="item_no", columns="feature_no", values="feature_weight", fill_value=0)
        vectors = vectors.div(np.sqrt((vectors**2).sum(axis=1)), axis=0)

        class Distance:
            def __getitem__(self, pairs, vectors=vectors):
                one, other = (vectors.loc[list(side)].to_numpy() for side in pairs)
                return 1 - (one * other).sum(axis=1)

        diversity = metrics.IntraListDiversity(K, distance_calculator=Distance()).calc_per_user(reco)
        mine = computed("list_diversity").loc[contender, "intra_list_diversity"]
        assert np.abs(mine - diversity).max() < 1e-9


def test_intervals_are_students(library):
    with duckdb.connect() as con:
        con.execute(library.macros("duckdb.sql"))
        for freedom in (5, 10, 30, 500):
            mine = con.execute(f"select t_975({freedom})").fetchone()[0]
            assert mine == pytest.approx(stats.t.ppf(0.975, freedom), rel=2e-4)
        values = np.random.default_rng(3).random(25)
        mine = con.execute("select half_width(?, ?, ?)", [25, values.sum(), (values**2).sum()]).fetchone()[0]
        low, high = stats.t.interval(0.95, 24, values.mean(), stats.sem(values))
        assert mine == pytest.approx((high - low) / 2, rel=1e-5)
        assert con.execute("select half_width(1, 0.5, 0.25)").fetchone()[0] is None
        assert con.execute("select half_width(3, 0.3, 0.03)").fetchone()[0] == pytest.approx(0, abs=1e-7)


# --- a project -----------------------------------------------------------------------------------------------------

COLUMNS = {"user_id": "user", "item_id": "item", "line_amount": "paid", "occurred_at": "day", "order_id": "receipt"}


def sales(count: int = 1500) -> pd.DataFrame:
    """Two camps of buyers, each with items of its own, so that there is something to find."""
    rng = np.random.default_rng(7)
    user = rng.integers(0, 60, count)
    own = rng.zipf(1.4, count) % 25 + 25 * (user % 2)
    return pd.DataFrame({
        "user": [f"u{number:02d}" for number in user],
        "item": [f"i{number:02d}" for number in np.where(rng.random(count) < 0.8, own, rng.integers(0, 50, count))],
        "paid": rng.integers(1, 50, count) / 2,
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, count), unit="D"),
        "receipt": [f"r{number}" for number in range(count)],
    })


def people() -> pd.DataFrame:
    return pd.DataFrame({"user": [f"u{number:02d}" for number in range(60)], "camp": ["even", "odd"] * 30, "age": [20, 30, 40] * 20})


def config(frame) -> dict:
    users = {"from": people(), "columns": {"user_id": "user", "camp": "camp", "age": "age"}, "private": ["age"]}
    till = {"name": "till", "from": frame, "columns": COLUMNS}
    return {"interactions": [till], "users": [users], "params": {"evaluation": {"min_slice_users": 15}}}


def made(folder, frame) -> Project:
    project = Project(folder, config(frame))
    project.refresh()
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return made(tmp_path_factory.mktemp("evaluated") / "shop", sales())


@pytest.fixture(scope="module")
def judged(project):
    return project.evaluate()


def card_of(evaluation) -> pd.DataFrame:
    return evaluation.scorecard.drop(columns=["evaluated_at", "split"])


def test_an_interaction_of_the_test_part_changes_no_score(project, tmp_path):
    frame = sales()
    others = frame.sample(frac=1, random_state=3)
    in_test = frame["day"] > frame["day"].max() - pd.Timedelta(days=28)
    for column in ("item", "paid"):
        frame.loc[in_test, column] = others[column].to_numpy()[: in_test.sum()]
    assert (frame["item"] != sales()["item"]).sum() > 100
    found = []
    for one in (project, made(tmp_path, frame)):
        with scratch_run(one, TRAINING, ["recommendation.lists", TEST], first=[TEST]) as con:
            assert con.sql(f"select count(*) from {TEST}").fetchall()[0][0] == in_test.sum()
            found.append([con.sql(f"from {table} order by all").fetchall()
                          for table in ("recommendation.lists", "recommendation.blend", "recommendation.charts")])
    assert found[0] == found[1]
    assert all(found[0])


def copied(project, folder) -> Project:
    shutil.copytree(project.folder, folder)
    return Project(folder, config(sales()))


def test_the_scorecard_is_published_once_and_outlives_a_refresh(project, tmp_path):
    shop = copied(project, tmp_path / "shop")
    before = {name: shop.table(name) for name in shop.tables()["table_name"] if name != "model_scorecard"}
    first = shop.evaluate(k=5)
    again = shop.evaluate(k=5)
    pd.testing.assert_frame_equal(card_of(first), card_of(again))
    published = shop.query("from model_scorecard where list_length = 5")
    assert len(published) == len(first.scorecard)
    assert set(published["run_id"]) == {1}
    for name, frame in before.items():
        pd.testing.assert_frame_equal(shop.table(name), frame)
    assert shop.query("select row_count from meta.models where table_name = 'mart.model_scorecard'").iloc[0, 0] == len(shop.table("model_scorecard"))
    shop.refresh()
    pd.testing.assert_frame_equal(shop.query("from model_scorecard where list_length = 5"), published)


def test_the_recommender_is_better_where_there_is_something_to_find(judged):
    card = judged.scorecard.set_index(["slice_kind", "slice", "metric"])
    everybody = card.loc[("all", "all")]
    assert everybody.loc["recall_at_k", "verdict"] == "better"
    assert everybody.loc["recall_at_k", "difference"] == pytest.approx(
        everybody.loc["recall_at_k", "metric_value"] - everybody.loc["recall_at_k", "bestseller_value"])
    assert set(judged.scorecard["slice_kind"]) >= {"all", "activity", "segment", "popularity", "camp"}
    assert "age" not in set(judged.scorecard["slice_kind"]), "it is private"
    camps = card.loc["camp"].xs("hit_rate_at_k", level="metric")
    assert camps["judged_count"].sum() == everybody.loc["hit_rate_at_k", "judged_count"]
    assert judged.findings[0].startswith("For every 100 customers shown 10 products, ")
    assert "Test part (time)" in judged.test_part


def test_bestsellers_alone_are_no_better_than_bestsellers(project):
    card = project.evaluate(model="popularity").scorecard
    assert set(card["model"]) == {"popularity"}
    assert (card["difference"].abs() < 1e-12).all()


def test_a_list_of_rows_is_held_out_like_a_split_that_holds_out_the_same(project, judged, tmp_path):
    frame = sales()
    rows = frame.index[frame["day"] > frame["day"].max() - pd.Timedelta(days=28)] + 1
    given = project.evaluate(held_out=pd.DataFrame({"source_row": rows}))
    pd.testing.assert_frame_equal(card_of(given), card_of(judged))
    pd.DataFrame({"source": "till", "source_row": rows}).to_csv(tmp_path / "rows.csv", index=False)
    from_file = project.evaluate(held_out=tmp_path / "rows.csv")
    pd.testing.assert_frame_equal(card_of(from_file), card_of(judged))


def held_out(project, split: str) -> pd.DataFrame:
    tested = Project(project.folder, config(sales()), {"evaluation.split": split})
    with scratch_run(tested, TRAINING, [TEST], first=[TEST]) as con:
        return con.sql(f"select user_id, item_id, source_row from {TEST}").df()


def test_a_random_split_holds_out_a_share_of_each_users_products_with_all_their_rows(project):
    test, frame = held_out(project, "random"), sales()
    for user, mine in frame.groupby("user"):
        drawn = test[test["user_id"] == user]
        assert drawn["item_id"].nunique() == int(0.2 * mine["item"].nunique() + 0.5)
        assert len(drawn) == mine["item"].isin(drawn["item_id"]).sum()


def test_leave_last_holds_out_one_product_of_each_user(project):
    test = held_out(project, "leave_last")
    assert test.groupby("user_id")["item_id"].nunique().eq(1).all()
    last = sales().groupby("user")["day"].max()
    days = test.merge(sales().assign(source_row=lambda frame: frame.index + 1), on="source_row").groupby("user_id")["day"].max()
    assert (days == last[days.index]).all()


def test_repeats_count_where_lists_may_show_what_was_had(project, judged):
    repeated = project.evaluate(repeats=True)
    assert repeated.scorecard["is_repeat_counted"].all()
    assert "whether they had had them before or not" in repeated.test_part
    users = [part.scorecard["judged_count"].max() for part in (judged, repeated)]
    assert users[0] <= users[1]


def test_what_there_is_not_is_said_with_the_near_match(project):
    with pytest.raises(RecsysError, match="item_neighbours"):
        project.evaluate(model="item_neighbors")
    with pytest.raises(RecsysError, match="random"):
        project.evaluate(split="randm")
    with pytest.raises(RecsysError, match="segment"):
        known_slice(project, "segments")
    with pytest.raises(RecsysError, match="source_row"):
        project.evaluate(held_out=pd.DataFrame({"row": [1]}))
    with pytest.raises(RecsysError, match="--held-out"):
        project.evaluate(split="given")


def test_nothing_to_judge_by_is_said(project):
    with pytest.raises(RecsysError, match="nothing to judge by.*--split random"):
        Project(project.folder, config(sales()), {"evaluation.hit_events": ["rating"]}).evaluate()


def test_a_parameter_changed_since_the_refresh_counts(project, judged):
    changed = Project(project.folder, config(sales()), {"profile.popularity_half_life_days": 3.0})
    card = changed.evaluate().scorecard
    both = card.merge(judged.scorecard, on=["slice_kind", "slice", "metric"])
    assert (both["bestseller_value_x"] - both["bestseller_value_y"]).abs().max() > 0


def test_only_what_was_published_is_judged(project, tmp_path):
    with pytest.raises(RecsysError, match="recsys refresh"):
        Project(tmp_path / "none", config(sales())).evaluate()
    shop = copied(project, tmp_path / "shop")
    shop.refresh(select=["staging.users"])
    with pytest.raises(RecsysError, match="--select.*recsys refresh"):
        shop.evaluate()


def test_the_command_prints_a_table_and_sentences_and_json(handmade, tmp_path):
    folder = tmp_path / "handmade"
    shutil.copytree(handmade, folder)
    words = [sys.executable, "-m", "recsys", "evaluate", "-p", str(folder), "--split", "leave_last"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "ndcg@10" in done.stdout and "For every 100 customers" in done.stdout
    assert "model_scorecard" in done.stderr
    done = subprocess.run([*words, "--format", "json"], capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert {row["metric"] for row in told["scorecard"]} >= {"recall_at_k", "catalog_coverage"}
    assert told["findings"]
    done = subprocess.run([*words, "--model", "contend"], capture_output=True, text=True)
    assert done.returncode == 1 and "content" in done.stderr and "Traceback" not in done.stderr
