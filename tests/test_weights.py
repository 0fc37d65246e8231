"""What has no weight costs nothing: of no scorer, and of no way to expect ratings, is anything built then."""

import duckdb
import pytest
from test_oracle import random_ratings

from recsys import Project
from recsys.config import read_config
from recsys.graph import upstream
from recsys.library import load_library
from recsys.plan import make_plan
from recsys.settings import project_params
from recsys.sources import no_inputs, run_context

LIBRARY = load_library()
FAMILIES = {name: [member.name for member in LIBRARY.members(LIBRARY.families[name])] for name in ("score", "rating")}
MEMBERS = [(family, name) for family, names in FAMILIES.items() for name in names]
SOURCE = {"query": "select 'u' as u, 'i' as i, 3 as r", "columns": {"user_id": "u", "item_id": "i", "rating": "r"}}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a function from the members without weight, all others having one, to the plan of a run."""
    config = read_config(tmp_path_factory.mktemp("planned"), {"interactions": [SOURCE]})

    def plan(*idle: tuple[str, str]):
        weights = {f"{family}.weight_{name}": float((family, name) not in idle) for family, name in MEMBERS}
        run = run_context(no_inputs(config), config, 0, None)
        return make_plan(LIBRARY, project_params(LIBRARY, config, weights), run)

    return plan


@pytest.mark.parametrize(("family", "name"), MEMBERS, ids=lambda value: value)
def test_neither_a_member_without_weight_is_built_nor_what_only_it_needs(planned, family, name):
    everything, without, member = planned().inputs, planned((family, name)).inputs, f"{family}.{name}"
    below = upstream(everything, [member]) - {member}
    assert member in everything and member not in without
    assert everything.keys() - without.keys() <= below | {member}, "what it does not read is built as ever"
    assert without.keys() & below == below & upstream(without, without.keys() - below), "what it reads is built where others read it"


#: what only one scorer reads
OWN = {
    "random_walk": {"walk_step", "walk_votes"}, "co_occurrence": {"told", "support", "rivals", "learned_votes"}, "sar": {"affinity"},
    "recent_popularity": {"recent_items"}, "content": {"item_vectors", "user_vectors"},
}


@pytest.mark.parametrize("name", FAMILIES["score"])
def test_a_refresh_with_one_scorer_builds_no_model_of_another(tmp_path, name):
    source = {"name": "shop", "from": random_ratings(3), "columns": {"user_id": "user", "item_id": "item"}, "constants": {"event_type": "purchase"}}
    weights = {f"score.weight_{scorer}": float(scorer == name) for scorer in FAMILIES["score"]}
    Project(tmp_path, {"interactions": [source]}, weights).refresh(select=["mart.recommendations"])
    with duckdb.connect(str(tmp_path / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        built = {table for (table,) in con.sql(
            "select table_name from duckdb_tables() where schema_name = 'score' union all "
            "select view_name from duckdb_views() where schema_name = 'score'").fetchall()}
        compared = con.sql("select count(*) from duckdb_tables() where schema_name = 'similarity'").fetchall()[0][0]
    assert name in built and OWN.get(name, set()) <= built
    others = {model for scorer in FAMILIES["score"] if scorer != name for model in {scorer, *OWN.get(scorer, ())}}
    assert not built & others
    assert bool(compared) == (name in ("item_neighbours", "user_neighbours", "sar"))
