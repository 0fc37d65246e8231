"""Parameters: declared once with comment and type, overridden by project and command line, never silently."""

import pytest

from recsys import Project
from recsys.errors import RecsysError
from recsys.params import Params, load_toml, parse_set, read_declarations

DECLARED = """
# Every number.

[project]
# Where days are counted.
timezone = "UTC"

[similarity]
# Neighbours kept,
# per user or item. [1 to 100]
neighbours = 50
# Added to the denominator. [0 or more]
shrinkage = 0.5
# Is it on?
is_on = true
words = ["a"]
# What an event tells.
weights = { purchase = 1.0, view = 0 }
# Days from which on. [above 0]
bounds = [2.5, 3.0]
# From where to where.
[offset]
# In days, either way. [-1.5 to 1.5]
days = 0.0
"""


@pytest.fixture
def params(tmp_path):
    (tmp_path / "params.toml").write_text(DECLARED, encoding="utf-8")
    return Params(read_declarations(tmp_path / "params.toml"))


def test_the_lines_above_a_parameter_are_its_comment(params):
    assert params.declared["similarity.neighbours"].comment == "Neighbours kept, per user or item. [1 to 100]"
    assert params.declared["similarity.neighbours"].default == 50
    assert params.declared["similarity.neighbours"].declared_in == "params.toml"
    assert params.declared["project.timezone"].comment == "Where days are counted."


def test_a_model_sees_its_folder_and_the_project(params):
    assert set(params.seen_by("similarity")) == {"timezone", "neighbours", "shrinkage", "is_on", "words", "weights", "bounds"}
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


@pytest.mark.parametrize("key, value, message", [
    ("similarity.neighbours", -5, "--set: similarity.neighbours may be 1 to 100, not -5"),
    ("similarity.neighbours", 101, "--set: similarity.neighbours may be 1 to 100, not 101"),
    ("similarity.shrinkage", -0.001, "--set: similarity.shrinkage may be 0 or more, not -0.001"),
    ("similarity.bounds", [1, 0], "--set: similarity.bounds[1] may be above 0, not 0.0"),
    ("similarity.weights", {"view": -2}, "--set: similarity.weights.view may be 0 or more, not -2.0"),
    ("offset.days", -2, "--set: offset.days may be -1.5 to 1.5, not -2.0"),
])
def test_a_value_out_of_its_range_is_an_error_that_names_it(tmp_path, key, value, message):
    text = DECLARED.replace("# What an event tells.", "# What an event tells. [0 or more]")
    (tmp_path / "params.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RecsysError) as error:
        Params(read_declarations(tmp_path / "params.toml")).override({key: value}, "--set")
    assert str(error.value) == message


@pytest.mark.parametrize("key, value", [
    ("similarity.neighbours", 1), ("similarity.neighbours", 100), ("similarity.shrinkage", 0.0), ("similarity.shrinkage", 1e9),
    ("similarity.bounds", [0.001]), ("offset.days", -1.5), ("offset.days", 1.5), ("similarity.weights", {"view": -1}),
])
def test_the_ends_of_a_range_belong_to_it(params, key, value):
    params.override({key: value}, "here")


@pytest.mark.parametrize("text", ["[1 to many]", "[1..5]", "[0 and more]", "[]"])
def test_a_range_that_cannot_be_read_is_an_error(tmp_path, text):
    (tmp_path / "params.toml").write_text(f"[a]\n# Days. {text}\ndays = 3\n", encoding="utf-8")
    with pytest.raises(RecsysError) as error:
        read_declarations(tmp_path / "params.toml")
    assert str(error.value) == f"params.toml: a range reads [1 to 100], [0 or more] or [above 0], not '{text}'"


def test_a_default_out_of_its_own_range_is_an_error(tiny):
    tiny.model("segment.quiet", "select {{ days }} as id", param="days = 0 (days of silence [1 or more])")
    with pytest.raises(RecsysError, match="quiet.sql: segment.days may be 1 or more, not 0"):
        tiny.library()


def test_a_headers_parameter_has_its_range_too(tiny):
    tiny.model("segment.quiet", "select {{ days }} as id", param="days = 3 (days of silence [1 or more])")
    with pytest.raises(RecsysError, match="recsys.toml: segment.days may be 1 or more, not -3"):
        tiny.library().params().override({"segment.days": -3}, "recsys.toml")


def test_a_weight_is_never_negative(library):
    with pytest.raises(RecsysError, match="--set: similarity.weight_cosine may be 0 or more, not -1"):
        library.params().override({"similarity.weight_cosine": -1}, "--set")


def numbers(default) -> list:
    inside = default.values() if isinstance(default, dict) else default if isinstance(default, list) else [default]
    return [value for value in inside if type(value) in (int, float)]


def test_every_packaged_number_has_a_range(library):
    assert [key for key, about in library.declared.items() if numbers(about.default) and not about.range] == []


@pytest.mark.parametrize("setting", [
    "similarity.neighbours=-5", "recommendation.top_n=0", "profile.half_life_days=-1", "staging.max_rejected_share=7",
])
def test_no_value_out_of_range_reaches_the_engine(handmade, setting):
    key, value = parse_set(setting)
    with pytest.raises(RecsysError, match=f"^--set: {key} may be .*, not {value}"):
        Project(handmade, settings={key: value})


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


def test_an_axis_that_there_is_not_is_refused_as_it_would_compare_nothing(tmp_path):
    source = [{"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}]
    with pytest.raises(RecsysError, match="similarity.axes names user, item or both, not 'items'. Did you mean 'item'"):
        Project(tmp_path, {"interactions": source}, settings={"similarity.axes": ["items"]})
    Project(tmp_path, {"interactions": source}, settings={"similarity.axes": ["item"]})
