"""`recsys new`, as somebody meets it who writes her first rule: make, run the examples, fill in, refresh."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recsys import Project
from recsys.library import bundled

FOLDERS = {"segment": "segment", "measure": "similarity", "score": "score"}
RULE = "where false  -- your rule here, such as: activity.order_count >= {{ big_basket_from }}"


def recsys(*args: object, cwd: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def shop(tmp_path) -> Path:
    return Path(shutil.copytree(bundled("data") / "handmade", tmp_path / "shop"))


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_a_rule_from_nothing_to_the_published_segment(shop):
    done = recsys("new", "segment", "big_basket", "-p", shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    for step in ("big_basket.sql", f"recsys test -s big_basket -p {shop}", f"recsys refresh -p {shop}", f"recsys segment big_basket -p {shop}"):
        assert step in done.stderr

    done = recsys("test", "-s", "big_basket", "-p", shop)
    assert done.returncode == 1
    assert "missing   ann | 3" in done.stderr
    assert "2 of 3 examples hold" in done.stderr

    model, spec = (shop / "sql" / "segment" / f"big_basket{suffix}" for suffix in (".sql", ".spec.md"))
    edit(model, (RULE, "where activity.net_amount >= {{ big_basket_from }} * activity.order_count\n    and activity.order_count > 0"),
         ("(orders from which a user belongs here [1 or more])", "(net amount per order from which a basket is big [0 or more])"), ("_from = 3 ", "_from = 12.5 "),
         ("\nobjective:\n", "\nobjective: Deliver it to their door.\n"))
    done = recsys("test", "-s", "big_basket", "-p", shop)
    assert done.returncode == 1  # the rule is there, and the example does not speak of it yet: bob's 40 in 2 orders are 20
    assert "not asked bob | 2" in done.stderr
    edit(spec, ("| bob | 2 | 40 |", "| bob | 2 | 24 |"))
    done = recsys("test", "-s", "big_basket", "-p", shop)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 examples hold" in done.stderr
    done = recsys("refresh", "-p", shop)
    assert done.returncode == 0, done.stderr
    done = recsys("segment", "big_basket", "-p", shop, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {row["user_id"]: row["evidence"] for row in found["users"]} == {
        "1": "2 order(s) so far", "3": "4 order(s) so far", "client:21": "2 order(s) so far"}
    told = found["segment"][0]
    assert told["strategy_objective"] == "Deliver it to their door."
    assert told["strategy_offer"] is told["strategy_channel"] is None  # what nobody wrote is not published


@pytest.mark.parametrize("kind", FOLDERS)
def test_what_is_made_fits_the_library_builds_and_fails_its_examples(shop, kind):
    done = recsys("new", kind, "my_own", "-p", shop)
    assert done.returncode == 0, done.stderr
    files = sorted(path.name for path in (shop / "sql" / FOLDERS[kind]).iterdir())
    assert files == ["my_own.spec.md", "my_own.sql"]
    project = Project(shop, settings={f"{FOLDERS[kind]}.weight_my_own": 1})
    assert project.library[f"{FOLDERS[kind]}.my_own"].one("label") == "My own"
    project.refresh()  # what has not been written yet spoils nothing
    done = recsys("test", "-s", "my_own", "-p", shop)
    assert done.returncode == 1
    assert "2 of 3 examples hold" in done.stderr


@pytest.mark.parametrize("kind, unwritten, written, changes", [
    ("measure", 'cast(null as double)  -- your formula here, such as: pair.common_count / nullif(cast(pair.degree_count as double), 0)\n',
     "2 * pair.common_count / nullif(pair.degree_count + pair.other_degree_count, 0)\n", [("| 0.12345 |", "| 0.8 |")]),
    ("score", "where false  -- your sources and your rule instead: one row for each thing that speaks for an item",
     "where user_item.strength > 0", []),
])
def test_the_examples_hold_once_they_and_the_model_are_written(shop, kind, unwritten, written, changes):
    recsys("new", kind, "my_own", "-p", shop)
    folder = shop / "sql" / FOLDERS[kind]
    edit(folder / "my_own.sql", (unwritten, written))
    if changes:
        edit(folder / "my_own.spec.md", *changes)
    done = recsys("test", "-s", "my_own", "-p", shop)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 examples hold" in done.stderr


def test_inside_the_folder_no_project_need_be_named(shop):
    done = recsys("new", "segment", "big_basket", cwd=shop)
    assert done.returncode == 0, done.stderr
    assert "recsys test -s big_basket\n" in done.stderr
    assert (shop / "sql" / "segment" / "big_basket.sql").is_file()


def test_nothing_is_overwritten(shop):
    recsys("new", "segment", "big_basket", "-p", shop)
    model, spec = (shop / "sql" / "segment" / f"big_basket{suffix}" for suffix in (".sql", ".spec.md"))
    edit(model, ("order(s) so far", "orders of mine"))
    done = recsys("new", "segment", "big_basket", "-p", shop)
    assert done.returncode == 1
    assert "big_basket.sql already: choose another name" in done.stderr
    assert "orders of mine" in model.read_text(encoding="utf-8")
    model.unlink()
    spec.write_text("mine", encoding="utf-8")
    done = recsys("new", "segment", "big_basket", "-p", shop)
    assert done.returncode == 1
    assert "big_basket.spec.md is there already: it is not overwritten" in done.stderr
    assert spec.read_text(encoding="utf-8") == "mine"
    assert not model.exists()


@pytest.mark.parametrize("kind, name, words", [
    ("segment", "Big Basket", ["'Big Basket' cannot be a name", "such as big_basket"]),
    ("segment", "big-basket.sql", ["such as big_basket_sql"]),
    ("segment", "../big", ["cannot be a name"]),
    ("segment", "9", ["cannot be a name"]),
    ("segment", "x" * 41, ["at most 40"]),
    ("segment", "order", ["'order' is a word of SQL"]),
    ("segment", "rules", ["segment.rules is made by", "_rules.sql already"]),
    ("segment", "bargain_hunter", ["segment.bargain_hunter is made by"]),
    ("segment", "newly_won_customer", ["The label 'Newly won customer' is that of", "new_customer.sql already"]),
    ("segment", "champions", ["The label 'Champions' is an RFM segment's already"]),
    ("measure", "cosine", ["similarity.cosine is made by"]),
    ("score", "content", ["score.content is made by"]),
])
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(shop, kind, name, words):
    done = recsys("new", kind, name, "-p", shop)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("error: ")
    for word in words:
        assert word in done.stderr
    assert not (shop / "sql").exists()


def test_an_unknown_kind_is_wrong_usage(shop):
    done = recsys("new", "rule", "big_basket", "-p", shop)
    assert done.returncode == 2
    assert "measure" in done.stderr


def test_without_a_project_it_says_how_to_get_one(tmp_path):
    done = recsys("new", "segment", "big_basket", "-p", tmp_path)
    assert done.returncode == 1
    assert "recsys init" in done.stderr
    assert not (tmp_path / "sql").exists()
