"""Documentation is under test: what README shows is run, and what is generated is not stale."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests_support import command_names

from recsys import Project
from recsys.config import read_config
from recsys.docs import dictionary
from recsys.library import bundled

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.S | re.M)


def test_the_generated_dictionary_is_not_stale():
    assert (bundled("sql") / "README.md").read_text(encoding="utf-8") == dictionary(), (
        "renew it: recsys docs --to sql/README.md"
    )


def test_the_python_example_of_the_readme_runs(tmp_path):
    example = README.split("<!-- example -->")[1].split("```python\n")[1].split("```")[0]
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "42.5" in done.stdout


def test_the_project_file_of_the_readme_is_valid(tmp_path):
    text = next(block for block in blocks("toml") if "[[interactions]]" in block)
    config = read_config(tmp_path, tomllib.loads(text))
    assert [source.name for source in config.sources] == ["store", "products", "customers"]


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Project:
    """The handmade project with README's rule, measure and worked example dropped into its own sql folder."""
    import shutil

    folder = tmp_path_factory.mktemp("extended") / "project"
    shutil.copytree(bundled("data") / "handmade", folder)
    rule, measure = blocks("sql")
    for name, text in {
        "segment/big_basket.sql": rule,
        "similarity/overlap.sql": measure,
        "similarity/overlap.spec.md": blocks("markdown")[0],
    }.items():
        (folder / "sql" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "sql" / name).write_text(text, encoding="utf-8")
    project = Project(folder, settings={"segment.big_basket_from": 15})
    project.refresh()
    return project


def test_a_rule_added_as_one_file_is_built_documented_and_published(extended):
    found = extended.query("select user_id, evidence from user_segments where segment = 'Big basket' order by user_id")
    assert found["user_id"].tolist() == ["1", "client:21"]
    assert found["evidence"].tolist() == ["16.5 is the usual basket", "16.5 is the usual basket"]
    assert "Big basket" in extended.table("segments")["segment"].tolist()
    assert "### segment.big_basket" in dictionary(extended.folder)


def test_a_measure_added_as_one_file_is_published_beside_cosine(extended):
    assert set(extended.table("similar_users")["measure"]) == {"cosine", "overlap"}


def test_the_readmes_worked_example_of_the_measure_holds(extended):
    done = subprocess.run(
        [sys.executable, "-m", "recsys", "test", "-s", "overlap", "-p", str(extended.folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "1 of 1 examples hold" in done.stderr


def test_the_packaged_examples_hold_beside_a_projects_own_measure(extended):
    done = subprocess.run(
        [sys.executable, "-m", "recsys", "test", "-s", "similarity", "-p", str(extended.folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_command_stands_in_the_readme():
    for name in command_names():
        assert f"recsys {name}" in README, f"README does not mention `recsys {name}`"


def test_every_published_table_stands_in_the_readme(extended):
    for name in extended.tables()["table_name"]:
        assert f"`{name}`" in README, f"README does not mention the table {name}"


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
