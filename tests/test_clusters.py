"""Clusters: k-means in SQL against scikit-learn, on real and on made-up customers; names that stay; a page of numbers."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from recsys import Project, RecsysError
from recsys.build import Builder
from recsys.library import bundled
from recsys.plan import make_node
from recsys.strategies import is_clusters

cluster = pytest.importorskip("sklearn.cluster", reason="needs scikit-learn, which is in the test extra")
metrics = pytest.importorskip("sklearn.metrics")

TRAITS = ["average_order_amount", "discount_share", "distinct_category_count", "order_count", "recency_days"]


def recsys(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True)


def points(con: duckdb.DuckDBPyConnection, where: str = "true") -> np.ndarray:
    return np.array([row[0] for row in con.sql(f"select point from cluster.points where {where} order by user_no").fetchall()])


def best_of_ten(given: np.ndarray, count: int) -> float:
    return cluster.KMeans(count, n_init=10, random_state=0).fit(given).inertia_


# --- a year of groceries ---

@pytest.fixture(scope="module")
def groceries(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    folder = shutil.copytree(bundled("data") / "groceries", tmp_path_factory.mktemp("clusters") / "groceries")
    Project(folder).refresh(select=["segment"])
    with duckdb.connect(str(folder / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        yield con


def test_customers_stand_where_numpy_puts_them(groceries):
    known = groceries.sql(
        "select u.user_no, a.* from profile.user_activity as a inner join profile.users as u on u.user_id = a.user_id "
        "where a.order_count > 0 order by u.user_no").df()
    known["average_order_amount"] = known["net_amount"].astype(float) / known["order_count"]
    raw = known[TRAITS].astype(float)
    raw[[name for name in TRAITS if not name.endswith("share")]] = np.log1p(raw[[name for name in TRAITS if not name.endswith("share")]])
    wanted = ((raw - raw.mean()) / raw.std(ddof=0)).to_numpy()
    assert len(known) == 520
    assert np.abs(points(groceries) - wanted).max() <= 0.5 / 4096 + 1e-9


def test_what_is_left_of_the_squares_is_within_a_hundredth_of_the_best_of_ten_of_scikit_learn(groceries):
    given = points(groceries)
    tried = groceries.sql("select cluster_count, sampled_count, inertia from cluster.choices order by cluster_count").fetchall()
    assert [count for count, *_ in tried] == [3, 4, 5, 6, 7, 8]
    for count, sampled, inertia in tried:
        assert sampled == len(given) == 520, "all are in the sample, so the squares are those of all"
        assert inertia <= 1.01 * best_of_ten(given, count), count


def test_silhouettes_are_those_of_scikit_learn_and_the_highest_is_chosen(groceries):
    given = points(groceries)
    found = groceries.sql("select cluster_count, mean_silhouette, is_chosen from cluster.choices order by mean_silhouette desc").fetchall()
    for count, silhouette, _ in found:
        labels = groceries.sql(f"select cluster_no from cluster.tried where cluster_count = {count} order by user_no").fetchnumpy()
        assert abs(silhouette - metrics.silhouette_score(given, labels["cluster_no"])) < 1e-9
    assert [chosen for *_, chosen in found] == [True] + [False] * 5


def test_everybody_is_with_the_nearest_centre_and_centres_are_means(groceries):
    given = points(groceries)
    numbers, centres = zip(*groceries.sql("select cluster_no, centre from cluster.centres order by cluster_no").fetchall(), strict=True)
    mine = groceries.sql("select cluster_no from segment.clusters order by user_no").fetchnumpy()["cluster_no"]
    nearest = ((given[:, None, :] - np.array(centres)[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (np.array(numbers)[nearest] == mine).all()
    for number, centre in zip(numbers, centres, strict=True):
        assert np.abs(given[mine == number].mean(axis=0) - centre).max() <= 0.5 / 2**20 + 1e-12


def test_every_customer_is_in_one_cluster_with_evidence_and_every_cluster_has_a_strategy(groceries):
    rows = groceries.sql("select user_id, segment, evidence from segment.memberships where segmentation = 'clusters'").fetchall()
    assert len(rows) == len({user for user, *_ in rows}) == 520
    assert all("median of all" in evidence for *_, evidence in rows)
    told = groceries.sql("select segment, strategy_objective, strategy_offer, strategy_channel, strategy_timing from segment.strategies "
                         "where segmentation = 'clusters'").fetchall()
    assert {segment for _, segment, _ in rows} == {segment for segment, *_ in told}
    assert all(all(parts) for parts in told)


# --- made-up customers, given to the models from cluster_values on ---

def customers(seed: int, count: int, groups: int) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    middle = chance.normal(0, 3, (groups, 3))
    values = middle[chance.integers(0, groups, count)] + chance.normal(0, 1, (count, 3))
    frame = pd.DataFrame(values, columns=["order_count", "net_amount", "discount_share"])
    return frame.rename_axis("user_no").reset_index().melt("user_no", var_name="trait", value_name="scaled_value")


@pytest.fixture
def grouped(spec_runner):
    """Return a function that builds the clusters of given values and yields their tables; all is rolled back."""

    def build(values: pd.DataFrame, threads: int = 2, **settings) -> dict[str, list[tuple]]:
        con, library = spec_runner.con, spec_runner.library
        params = spec_runner.params.override({f"cluster.{name}": value for name, value in settings.items()}, "a test")
        con.execute(f"set threads = {threads}")
        con.execute("begin")
        try:
            con.register("given_values", values)
            con.execute("insert into profile.users (user_no, user_id) select distinct user_no, 'u' || user_no from given_values")
            con.execute("insert into cluster.values select user_no, trait, scaled_value, scaled_value from given_values")
            builder = Builder(con, check=False)
            builder.comments = dict(spec_runner.comments)
            names = [name for name in spec_runner.plan.nodes if (name.startswith("cluster.") or name == "segment.clusters") and name not in ("cluster.values", "cluster.traits")]
            for name in names:
                builder.build(make_node(library, library[name], params, spec_runner.run))
            return {name: con.sql(f"from {name} order by all").fetchall() for name in names}
        finally:
            con.execute("rollback")
            con.unregister("given_values")

    return build


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sample_finds_what_everybody_would(grouped, seed):
    tables = grouped(customers(seed, 1500, 5), sample=300, counts=[5])
    given = np.array([row[2] for row in tables["cluster.points"]])
    assert sum(row[3] for row in tables["cluster.points"]) == 300
    assert sum(row[-1] for row in tables["cluster.centres"]) <= 1.01 * best_of_ten(given, 5)
    assert all(row[-1] for row in tables["cluster.courses"]), "each has come to rest"


def test_three_clear_groups_are_found_to_be_three(grouped):
    values = pd.DataFrame([
        {"user_no": number, "trait": trait, "scaled_value": float(10 * (number % 3 == place) + number // 3 % 5 / 10)}
        for number in range(90) for place, trait in enumerate(["order_count", "net_amount", "discount_share"])
    ])
    chosen = [row[1] for row in grouped(values)["cluster.choices"] if row[-1]]
    assert chosen == [3]


def test_neither_threads_nor_the_order_of_the_rows_change_anything(grouped):
    values = customers(3, 400, 4)
    one = grouped(values, threads=1, starts=3)
    assert one == grouped(values.sample(frac=1, random_state=1), threads=2, starts=3)


def test_customers_who_are_all_alike_are_in_no_cluster(grouped):
    values = customers(4, 200, 2).assign(scaled_value=1.0)
    assert grouped(values)["segment.clusters"] == []


def test_fewer_kinds_of_customers_than_clusters_make_fewer_clusters(grouped):
    values = customers(5, 200, 2)
    values["scaled_value"] = np.where(values["user_no"] % 2, 1.0, -1.0)
    assert len({row[3] for row in grouped(values, counts=[4])["segment.clusters"]}) == 2


# --- a project ---

SHOP = """
database = "recsys.duckdb"

[[interactions]]
name = "till"
query = '''
    select
        'u' || u as card, 'b' || u || '_' || n as receipt, 'i' || (u * 7 + n) % (case when u % 2 = 0 then 12 else 3 end) as sku,
        date '2024-01-01' + cast(n * (case when u % 2 = 0 then 4 else 40 end) + u % 5 as integer) as day,
        (case when u % 3 = 0 then 100 else 10 end) + u % 7 as paid
    from range(1, 121) as users(u), range(60) as orders(n)
    where n < (case when u % 2 = 0 then 40 else 4 end)
'''
where = "day <= date '2024-05-20'"
[interactions.columns]
user_id = "card"
item_id = "sku"
order_id = "receipt"
occurred_at = "day"
line_amount = "paid"

[params.cluster]
features = ["order_count", "average_order_amount"]
counts = [4]

[strategies."Many orders, large orders"]
offer = "A chair of their own."
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "recsys.toml").write_text(SHOP, encoding="utf-8")
    Project(folder).refresh()
    return folder


def members(folder: Path) -> dict[str, str]:
    frame = Project(folder).query("select user_id, segment from user_segments where segmentation = 'clusters'")
    return dict(frame.itertuples(index=False))


def test_clusters_are_published_as_segments_with_words_of_the_project(shop):
    project = Project(shop)
    names = set(members(shop).values())
    assert len(names) == 4 and all(is_clusters(name) for name in names)
    segments = project.query("from segments where segmentation = 'clusters'")
    assert segments["user_count"].sum() == 120
    assert segments.filter(like="strategy_").notna().all().all()
    page = project.table("clusters")
    assert set(page["segment"]) == set(segments["segment"]) and len(page) == 8


def test_a_later_refresh_keeps_the_names_whatever_number_the_clusters_have(shop, tmp_path):
    folder = shutil.copytree(shop, tmp_path / "later")
    before = members(folder)
    file = folder / "recsys.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("2024-05-20", "2024-05-27"), encoding="utf-8")
    Project(folder, settings={"cluster.starts": 7}).refresh()
    after = members(folder)
    assert sum(before[user] == after[user] for user in before) >= 115
    assert set(before.values()) == set(after.values())


def test_a_cluster_shows_a_page_of_numbers(shop):
    name = members(shop)["u6"]
    done = recsys("segment", name, "-p", shop)
    assert done.returncode == 0, done.stderr
    for word in (name, "What sets it apart", "cluster_median", "overall_median", "What to do", "Who is in it", "median of all"):
        assert word in done.stdout
    assert {"segment", "what_sets_it_apart", "users"} == set(json.loads(recsys("segment", name, "--format", "json", "-p", shop).stdout))


@pytest.mark.parametrize("settings, words", [
    ({"cluster.features": ["recency_day"]}, ["cluster.features", "'recency_day'", "Did you mean 'recency_days'?"]),
    ({"cluster.features": ["order_count", "order_count"]}, ["cluster.features names order_count twice"]),
    ({"cluster.counts": [3, 3]}, ["cluster.counts names 3 twice"]),
    ({"cluster.counts": [1]}, ["cluster.counts", "may be 2 to 50"]),
    ({"profile.weekend_days": ["Samstag"]}, ["profile.weekend_days", "'Samstag'"]),
])
def test_a_slip_in_a_setting_is_named_with_what_is_near(shop, settings, words):
    with pytest.raises(RecsysError) as error:
        Project(shop, settings=settings)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("settings", [{"cluster.counts": []}, {"cluster.min_customers": 121}, {"cluster.features": []}])
def test_clusters_may_be_switched_off(shop, settings, tmp_path):
    folder = shutil.copytree(shop, tmp_path / "off", ignore=shutil.ignore_patterns("*.duckdb", ".recsys"))
    project = Project(folder, settings=settings)
    project.refresh(select=["segment"])
    with duckdb.connect(str(folder / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        assert con.sql("select count(*) from segment.memberships where segmentation = 'clusters'").fetchall() == [(0,)]
