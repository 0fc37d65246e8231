"""Presets: a word chooses a set of parameters, and whatever the project or the run sets itself goes first."""

import pytest

from recsys import Project
from recsys.errors import RecsysError
from recsys.library import bundled
from recsys.params import load_toml

PRESETS = list(load_toml(bundled("sql") / "presets.toml"))
SOURCE = {"query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}


def params(folder, config=None, **settings):
    return Project(folder, {"interactions": [SOURCE], **(config or {})}, settings).params


def test_without_a_word_nothing_changes(tmp_path):
    """What the data decide, such as asking nothing of ratings where there are none, is a default and no setting."""
    found = params(tmp_path)
    assert found.values == {"project.id_type": "user"}
    assert found["rating.weight_user_neighbours"] == found["rating.weight_item_neighbours"] == 0


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fits_the_models_and_is_remembered(tmp_path, name):
    """Every value is one that its parameter may have, and measures that it names are built."""
    found = params(tmp_path, preset=name)
    assert found["project.preset"] == name
    assert found == params(tmp_path, {"preset": name})
    assert found["score.weight_item_neighbours"] == 0
    assert found["score.user_neighbours"] <= found["similarity.neighbours"]


def test_what_a_project_or_a_run_sets_itself_goes_first(tmp_path):
    own = {"preset": "accurate", "params": {"score": {"weight_content": 2, "co_passes": 3}}}
    found = params(tmp_path, own, **{"score.co_passes": 7})
    assert (found["score.weight_content"], found["score.co_passes"], found["score.co_neighbours"]) == (2, 7, 100)
    assert params(tmp_path, own, preset="sparse")["score.weight_co_occurrence"] == 0.5
    assert params(tmp_path, {"preset": "accurate"}, **{"score.alpha": 0.7})["score.alpha"] == 0.7


@pytest.mark.parametrize("wrong", [{"config": {"preset": "acurate"}}, {"preset": "acurate"}])
def test_a_misspelt_preset_is_answered_with_the_near_match(tmp_path, wrong):
    with pytest.raises(RecsysError, match="preset is default, accurate, sparse, not 'acurate'. Did you mean 'accurate'"):
        params(tmp_path, **wrong)


def test_a_refresh_by_a_preset_builds_its_scorers_and_says_so(tmp_path):
    source = {
        "query": "select 'u' || (number // 7) as u, 'i' || (number * number % 11) as i from range(140) as numbers (number)",
        "columns": {"user_id": "u", "item_id": "i"}, "constants": {"event_type": "purchase"},
    }
    project = Project(tmp_path, {"interactions": [source], "preset": "default"})
    project.refresh()
    built = set(project.query("select table_name from meta.models where table_name like 'score.%'")["table_name"])
    assert {"score.co_occurrence", "score.user_neighbours"} <= built
    assert not {"score.item_neighbours", "score.random_walk"} & built
    assert project.query("select value from meta.params where name = 'project.preset'")["value"].tolist() == ['"default"']
