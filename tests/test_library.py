"""A folder is a schema is a layer; a project's own sql/ joins in; a family takes the files that lie beside it."""

import shutil
from pathlib import Path

import pytest

from recsys import Project
from recsys.errors import RecsysError
from recsys.library import bundled, load_library


def rules(tiny, template: str = "{% for rule in members %}\nselect {{ rule.column }}.id  -- the user\n"
          "from {{ rule.table }} as {{ rule.column }}\n{% if not loop.last %}\nunion all\n{% endif %}\n{% endfor %}", **keys):
    return tiny.model("segment.rules", template, file="_rules.sql", members="tables", weight=1, **keys)


def test_files_become_tables_named_after_folder_and_file(tiny):
    tiny.model("staging.orders", "select 1 as id  -- id")
    rules(tiny)
    assert set(tiny.library().models) == {"staging.orders", "segment.rules"}


def test_macros_are_no_models(tiny):
    (tiny.root / "macros").mkdir()
    (tiny.root / "macros" / "duckdb.sql").write_text("create macro one() as 1;")
    assert tiny.library().models == {}
    assert tiny.library().macros("duckdb.sql").startswith("create macro")


@pytest.mark.parametrize("folder, hint", [("segmnt", "Did you mean 'segment'"), ("zz", "Known: campaign, ")])
def test_a_folder_that_is_no_layer_is_an_error_with_the_near_match(tiny, folder, hint):
    tiny.model(f"{folder}.a", "select 1 as id")
    with pytest.raises(RecsysError, match=f"a.sql: '{folder}' is no layer. {hint}"):
        tiny.library()


def test_a_file_beside_the_folders_or_below_them_is_an_error(tiny):
    (tiny.root / "stray.sql").write_text("select 1")
    with pytest.raises(RecsysError, match=r"stray.sql: a model lies in a folder"):
        tiny.library()
    (tiny.root / "stray.sql").unlink()
    tiny.model("segment/deep.a", "select 1 as id")
    with pytest.raises(RecsysError, match="'segment/deep' is no layer. Did you mean 'segment'"):
        tiny.library()


def test_a_projects_own_rule_is_planned_built_and_taken_up_by_its_family(tiny, tmp_path):
    rules(tiny)
    tiny.model("segment.quiet", "select 1 as id  -- the user", label="Quiet")
    own = tmp_path / "own"
    tiny.model("segment.loud", "select {{ loudness }} as id  -- the user", root=own, label="Loud", param="loudness = 7 (how loud)")
    plan = tiny.plan(own=own, everything=True)
    assert list(plan.nodes) == ["segment.loud", "segment.quiet", "segment.rules"]
    assert plan.inputs["segment.rules"] == {"segment.loud", "segment.quiet"}
    tiny.build(own=own)
    assert tiny.rows("segment.rules") == [(1,), (7,)]


def test_a_member_without_weight_is_built_only_with_everything(tiny):
    rules(tiny)
    tiny.model("segment.quiet", "select 1 as id  -- the user", label="Quiet")
    tiny.model("segment.loud", "select 2 as id  -- the user", label="Loud", weight=0)
    assert "segment.loud" not in tiny.plan().nodes
    assert tiny.plan().inputs["segment.rules"] == {"segment.quiet"}
    assert "segment.loud" in tiny.plan(everything=True).nodes
    chosen = tiny.library().params().override({"segment.weight_loud": 1.0}, "here")
    assert "segment.loud" in tiny.plan(chosen).nodes


def test_what_only_members_without_weight_read_is_not_built(tiny):
    rules(tiny)
    tiny.model("profile.hours", "select 1 as id  -- the user")
    tiny.model("profile.noise", "select id from profile.hours")
    tiny.model("profile.voices", "select id from profile.noise")
    tiny.model("profile.unread", "select id from profile.hours")
    tiny.model("segment.quiet", "select id from profile.hours", label="Quiet")
    tiny.model("segment.loud", "select id from profile.voices", label="Loud", weight=0)
    assert set(tiny.plan().nodes) == {"profile.hours", "profile.unread", "segment.quiet", "segment.rules"}
    chosen = tiny.library().params().override({"segment.weight_loud": 1.0}, "here")
    assert {"profile.noise", "profile.voices", "segment.loud"} < set(tiny.plan(chosen).nodes)
    tiny.model("mart.noise", "select id from profile.noise")
    assert set(tiny.plan().nodes) & {"profile.noise", "profile.voices"} == {"profile.noise"}


def test_a_wrong_member_without_weight_spoils_nothing(tiny):
    rules(tiny)
    tiny.model("segment.quiet", "select 1 as id  -- the user", label="Quiet")
    tiny.model("segment.loud", "select id from profile.nothing", label="Loud", weight=0)
    assert set(tiny.plan().nodes) == {"segment.quiet", "segment.rules"}


# a template that is no statement without members, and one that gives nothing at all
@pytest.mark.parametrize("before, after", [("with all_rules as (\n", "\n)\nselect all_rules.id from all_rules"), ("", "")])
def test_a_family_none_of_whose_members_has_a_weight_is_an_error(tiny, before, after):
    union = "{% for rule in members %}\nselect 1 as id  -- the user\n{% if not loop.last %}\nunion all\n{% endif %}\n{% endfor %}"
    rules(tiny, before + union + after)
    for name in ("loud", "quiet"):
        tiny.model(f"segment.{name}", "select 2 as id  -- the user", label=name, weight=0)
    with pytest.raises(RecsysError) as error:
        tiny.plan()
    assert str(error.value).endswith(
        "_rules.sql: none of its members has a weight; give one: segment.weight_loud = 1 or segment.weight_quiet = 1")


def test_a_family_without_members_is_told_what_one_is(tiny):
    rules(tiny)
    with pytest.raises(RecsysError, match="_rules.sql: it has no members; one is a file of its folder with a `label:`"):
        tiny.plan()


def test_a_family_may_say_that_it_can_do_without_members(tiny):
    template = "select cast(null as bigint) as id  -- the user\nwhere false\n{% for rule in members %}\nunion all\nselect id from {{ rule.table }}\n{% endfor %}"
    tiny.model("segment.rules", template, file="_rules.sql", members="tables or none", weight=1)
    tiny.model("segment.loud", "select 2 as id  -- the user", label="Loud", weight=0)
    tiny.build()
    assert tiny.rows("segment.rules") == []


def none_chosen(library, schema: str) -> dict[str, float]:
    return {key: 0.0 for key in library.declared if key.startswith(f"{schema}.weight_")}


def test_a_project_without_segment_rules_is_published_without_them(handmade, library, tmp_path):
    folder = Path(shutil.copytree(handmade, tmp_path / "project"))
    project = Project(folder, settings=none_chosen(library, "segment"))
    project.refresh()
    assert set(project.table("user_segments")["segmentation"]) == {"rfm", "lifecycle"}


@pytest.mark.parametrize("schema, key", [("similarity", "similarity.weight_cosine = 1"), ("score", "score.weight_item_neighbours = 1")])
def test_a_project_without_measure_or_scorer_gets_one_clear_message(handmade, library, tmp_path, schema, key):
    folder = Path(shutil.copytree(handmade, tmp_path / "project"))
    with pytest.raises(RecsysError, match=f"none of its members has a weight; give one: .*{key}"):
        Project(folder, settings=none_chosen(library, schema)).refresh()


def test_what_reads_a_member_without_weight_is_told_so(tiny):
    rules(tiny)
    tiny.model("segment.quiet", "select 1 as id  -- the user", label="Quiet")
    tiny.model("segment.loud", "select 2 as id  -- the user", label="Loud", weight=0)
    tiny.model("mart.loud", "select id from segment.loud")
    with pytest.raises(RecsysError, match="loud.sql: reads segment.loud, which has weight 0 and is not built"):
        tiny.plan()


def test_a_table_made_twice_is_an_error_that_names_both_files(tiny, tmp_path):
    first = tiny.model("segment.a", "select 1 as id")
    second = tiny.model("segment.a", "select 2 as id", root=tmp_path / "own")
    with pytest.raises(RecsysError) as error:
        tiny.library(tmp_path / "own")
    assert str(error.value) == f"{second}: segment.a is made by {first} already"


def test_a_table_and_a_family_of_one_name_are_an_error(tiny):
    rules(tiny)
    tiny.model("segment.rules", "select 1 as id")
    with pytest.raises(RecsysError, match="segment.rules is made by .* already"):
        tiny.library()


def test_a_label_without_a_family_is_an_error(tiny):
    tiny.model("segment.quiet", "select 1 as id", label="Quiet")
    with pytest.raises(RecsysError, match=r"quiet.sql: it has a label, but segment has no family \(_name.sql\)"):
        tiny.library()


def test_members_come_by_priority_then_name(tiny):
    family = rules(tiny)
    for name, priority in (("a", "2"), ("b", "1"), ("c", "1"), ("d", "-0.5")):
        tiny.model(f"segment.{name}", "select 1 as id", label=name, priority=priority)
    library = tiny.library()
    assert [member.name for member in library.members(library["rules"])] == ["d", "b", "c", "a"]
    assert library["rules"].path == family


def test_a_formula_is_inlined_and_makes_no_table(tiny):
    tiny.model("similarity.cell", "select 4 as id, 2 as dot  -- dot\n")
    tiny.model("similarity.neighbours",
               "with pair as (select dot from similarity.cell)\nselect\n    1 as id,  -- id\n{% for m in members %}\n"
               "    {{ m.formula }} as {{ m.column }},  -- {{ m.label }}\n{% endfor %}\nfrom pair", file="_neighbours.sql",
               members="formulas", weight=1)
    tiny.model("similarity.cosine", "select\n    pair.dot / {{ by }}  -- halved\n        as similarity  -- cosine\nfrom pair",
               label="Cosine", param="by = 4 (divisor)")
    plan = tiny.plan()
    assert list(plan.nodes) == ["similarity.cell", "similarity.neighbours"]
    assert "pair.dot / 4 as cosine" in plan.nodes["similarity.neighbours"].sql


def test_a_formula_that_is_none_is_an_error(tiny):
    tiny.model("similarity.neighbours", "select 1 as id", file="_neighbours.sql", members="formulas", weight=1)
    tiny.model("similarity.cosine", "select dot as similarity from elsewhere", label="Cosine")
    with pytest.raises(RecsysError, match="cosine.sql: a formula reads `select <expression> as <column> from pair`"):
        tiny.plan()


@pytest.mark.parametrize("select, message", [
    ("select id from staging.order", "b.sql: there is no staging.order. Did you mean 'staging.orders'"),
    ("select id from orders", "b.sql: 'orders' is neither a `with` above nor `schema.table`. Write staging.orders."),
    ("select id from ordes", "b.sql: 'ordes' is neither .* Did you mean 'staging.orders'"),
    ("select id from profile.b", "b.sql: reads itself; only kinds tiled, iterated, history may"),
    ("select {{ nothing }} as id", "b.sql: 'nothing' is no parameter here"),
    ("select id frm staging.orders x y", "b.sql: line 1 of the rendered SQL"),
])
def test_a_wrong_reference_is_named_with_its_file_and_what_is_near(tiny, select, message):
    tiny.model("staging.orders", "select 1 as id  -- id")
    tiny.model("profile.b", select)
    with pytest.raises(RecsysError, match=message):
        tiny.plan()


def test_models_that_read_each_other_are_shown_as_a_path(tiny):
    tiny.model("profile.a", "select id from profile.b")
    tiny.model("profile.b", "select id from profile.a")
    with pytest.raises(RecsysError, match="in a circle: profile.(a -> profile.b -> profile.a|b -> profile.a -> profile.b)"):
        tiny.plan()


def test_a_model_is_found_by_its_bare_name_where_only_one_has_it(tiny):
    tiny.model("staging.orders", "select 1 as id")
    tiny.model("mart.orders", "select 1 as id")
    tiny.model("mart.items", "select 1 as id")
    library = tiny.library()
    assert library["items"].table == library["mart.items"].table == "mart.items"
    with pytest.raises(RecsysError, match="'orders' may be mart.orders or staging.orders|'orders' may be staging.orders or mart.orders"):
        library["orders"]
    with pytest.raises(RecsysError, match="There is no model 'itms'. Did you mean 'mart.items'"):
        library["itms"]


def test_the_packaged_models_are_those_of_this_checkout_or_installation(library):
    assert library.root == bundled("sql")
    assert (library.root / "params.toml").is_file() and (library.root / "raw" / "inputs.toml").is_file()
    assert load_library(library.root / "no such folder").models.keys() == library.models.keys()


def test_every_packaged_model_with_every_member_can_be_planned(spec_runner, library):
    tables = {name for name, model in library.models.items() if not library.is_formula(model)}
    assert set(spec_runner.plan.nodes) == tables
