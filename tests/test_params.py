"""Parameters: declared once with comment and type, overridden by project and command line, never silently."""

import pytest

from recsys.errors import RecsysError
from recsys.params import Params, load_toml, parse_set, read_declarations

DECLARED = """
# Every number.

[project]
# Where days are counted.
timezone = "UTC"

[similarity]
# Neighbours kept,
# per user or item.
neighbours = 50
# Added to the denominator.
shrinkage = 0.5
# Is it on?
is_on = true
words = ["a"]
# What an event tells.
weights = { purchase = 1.0, view = 0 }
"""


@pytest.fixture
def params(tmp_path):
    (tmp_path / "params.toml").write_text(DECLARED, encoding="utf-8")
    return Params(read_declarations(tmp_path / "params.toml"))


def test_the_lines_above_a_parameter_are_its_comment(params):
    assert params.declared["similarity.neighbours"].comment == "Neighbours kept, per user or item."
    assert params.declared["similarity.neighbours"].default == 50
    assert params.declared["similarity.neighbours"].declared_in == "params.toml"
    assert params.declared["project.timezone"].comment == "Where days are counted."


def test_a_model_sees_its_folder_and_the_project(params):
    assert set(params.seen_by("similarity")) == {"timezone", "neighbours", "shrinkage", "is_on", "words", "weights"}
    assert params.seen_by("score") == {"timezone": "UTC"}


def test_an_override_leaves_the_rest_and_the_original_alone(params):
    changed = params.override({"similarity.neighbours": 7}, "here").override({"similarity.is_on": False}, "there")
    assert (changed["similarity.neighbours"], changed["similarity.is_on"], changed["similarity.shrinkage"]) == (7, False, 0.5)
    assert params["similarity.neighbours"] == 50


def test_a_whole_number_may_stand_for_a_float(params):
    value = params.override({"similarity.shrinkage": 2}, "here")["similarity.shrinkage"]
    assert (value, type(value)) == (2.0, float)


@pytest.mark.parametrize("key, value, message", [
    ("similarity.neighbors", 7, "recsys.toml: unknown parameter 'similarity.neighbors'. Did you mean 'similarity.neighbours'"),
    ("neighbours", 7, "unknown parameter 'neighbours'. Did you mean 'similarity.neighbours'"),
    ("similarity.neighbours", "many", "recsys.toml: similarity.neighbours is a whole number .such as 50., not 'many'"),
    ("similarity.neighbours", 1.5, "is a whole number"),
    ("similarity.neighbours", True, "is a whole number"),
    ("similarity.shrinkage", "1", "is a number"),
    ("similarity.shrinkage", True, "is a number"),
    ("similarity.is_on", 1, "is true or false"),
    ("similarity.words", "a", "is a list"),
    ("similarity.weights", 1, "is a table"),
    ("similarity.weights", {"purchase": "much"}, "similarity.weights.purchase is a number"),
    ("similarity.words", ["a", 2], r"similarity.words\[1\] is text"),
    ("project.timezone", 1, "is text"),
])
def test_an_unknown_or_ill_typed_value_is_an_error(params, key, value, message):
    with pytest.raises(RecsysError, match=message):
        params.override({key: value}, "recsys.toml")


def test_a_table_changes_only_what_it_names(params):
    changed = params.override({"similarity.weights": {"view": 2, "click": 0.1}}, "here")
    assert changed["similarity.weights"] == {"purchase": 1.0, "view": 2.0, "click": 0.1}
    assert params["similarity.weights"] == {"purchase": 1.0, "view": 0}


def test_packaged_tables_can_be_overridden_in_their_own_type(library):
    changed = library.params().override({"staging.event_type_aliases": {"kauf": "purchase"}}, "here")
    assert changed["staging.event_type_aliases"]["kauf"] == changed["staging.event_type_aliases"]["buy"] == "purchase"


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_that_sql_cannot_hold_is_an_error(params, value):
    with pytest.raises(RecsysError, match="similarity.shrinkage is a number"):
        params.override({"similarity.shrinkage": value}, "recsys.toml")


@pytest.mark.parametrize("text, expected", [
    ("similarity.neighbours=100", ("similarity.neighbours", 100)),
    ("a.b = 1.5", ("a.b", 1.5)),
    ("a.b=true", ("a.b", True)),
    ("a.b='x y'", ("a.b", "x y")),
    ("a.b=cosine", ("a.b", "cosine")),
    ("a.b=Europe/Berlin", ("a.b", "Europe/Berlin")),
    ("a.b=[1, 2]", ("a.b", [1, 2])),
    ("a.b={x = 1}", ("a.b", {"x": 1})),
    ("a.b=x=y", ("a.b", "x=y")),
    ("a.b=", ("a.b", "")),
])
def test_set_takes_any_toml_value_and_bare_words(text, expected):
    assert parse_set(text) == expected


def test_set_without_a_value_is_an_error():
    with pytest.raises(RecsysError, match="--set takes folder.name=value, not 'similarity.neighbours'"):
        parse_set("similarity.neighbours")


def test_broken_toml_is_named_with_its_line(tmp_path):
    path = tmp_path / "params.toml"
    path.write_text("[a]\nb = \n", encoding="utf-8")
    with pytest.raises(RecsysError, match=r"params.toml: not valid TOML: .*line 2"):
        load_toml(path)
    with pytest.raises(RecsysError, match="no.toml: cannot be read"):
        load_toml(tmp_path / "no.toml")


def test_a_member_declares_its_parameters_and_its_weight_in_its_header(tiny):
    tiny.model("segment.rules", "select 1 as id", file="_rules.sql", members="tables", weight=1)
    tiny.model("segment.quiet", "select {{ min_orders }} as id", label="Quiet", weight="0.5",
               param="min_orders = 3 (orders before a rhythm is read)")
    tiny.model("segment.loud", "select 1 as id", label="Loud")
    declared = tiny.library().declared
    assert declared["segment.min_orders"].default == 3
    assert declared["segment.min_orders"].comment == "orders before a rhythm is read"
    assert declared["segment.weight_quiet"].default == 0.5
    assert declared["segment.weight_loud"].default == 1.0, "the family's weight is its members' default"


def test_a_headers_parameter_that_is_no_toml_is_an_error(tiny):
    tiny.model("segment.quiet", "select 1 as id", param="min_orders three")
    with pytest.raises(RecsysError, match="quiet.sql: `param: name = value"):
        tiny.library()


def test_two_models_may_share_a_parameter_only_with_one_default(tiny):
    tiny.model("segment.a", "select 1 as id", param="days = 3 (days)")
    tiny.model("segment.b", "select 1 as id", param="days = 3 (days)")
    assert tiny.library().declared["segment.days"].default == 3
    tiny.model("segment.b", "select 1 as id", param="days = 4 (days)")
    with pytest.raises(RecsysError, match="b.sql: segment.days is declared in a.sql already, as 3"):
        tiny.library()


def test_every_packaged_parameter_has_a_comment(library):
    assert [key for key, declared in library.declared.items() if not declared.comment] == []
