"""The house rules, one function a rule; its docstring is the message."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from recsys.graph import parse
from recsys.library import LAYERS, load_library
from recsys.model import Model
from recsys.sqltext import final_columns

ROOT = Path(__file__).parent.parent
LIBRARY = load_library()
MODELS = list(LIBRARY.models.values())
NEEDS_EXAMPLES = ("similarity", "score", "recommendation", "rating", "value", "segment", "campaign", "evaluation")
#: a word that two of the field's tables use for two things, each in a layer of its own
TWO_MEANINGS = {"source": "where a row was read from; in lists, where a recommendation comes from"}


def rule(function):
    """Run a rule over every model; the failing message is the rule's docstring."""

    def checked(model: Model) -> None:
        trouble = function(model)
        assert not trouble, f"{model.path}: {function.__doc__}: {trouble}"

    return pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)(checked)


def code(model: Model) -> str:
    """The model's SQL without comments, strings and templates."""
    text = re.sub(r"--[^\n]*|\{%.*?%\}", "", model.template)
    return re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"\{\{.*?\}\}", "value", text))


def output_nodes(template: str):
    tree = jinja2.Environment().parse(template)
    return [node for output in tree.find_all(nodes.Output) for node in output.nodes]


def is_name(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Getattr) and is_name(node.node))


@rule
def test_templates_render_names_only(model):
    """between {{ }} stands a parameter's or an identifier's name, nothing reckoned, quoted or filtered"""
    return [
        type(node).__name__
        for node in output_nodes(model.template)
        if not isinstance(node, nodes.TemplateData) and not is_name(node)
    ]


@rule
def test_only_underscored_files_loop(model):
    """loops appear only in _name.sql files, and no template decides anything but where a list ends"""
    if not model.path.name.startswith("_"):
        return "{%" in model.template
    conditions = re.findall(r"\{%\s*(?:if|elif|set|macro|include|import)\s+(.*?)\s*%\}", model.template)
    return [condition for condition in conditions if condition != "not loop.last"]


@rule
def test_no_quotes_around_values(model):
    """a rendered value quotes itself; no quotes are typed around it"""
    return re.findall(r"'\{\{|\}\}'", model.template)


@rule
def test_lower_case(model):
    """keywords and names are lower case"""
    return sorted(set(re.findall(r"\b[A-Z][A-Za-z_]*\b", re.sub(r'"[^"]*"', "", code(model)))))


@rule
def test_no_select_star(model):
    """every column is named; only raw, which generates its columns, may pass a row on whole"""
    return model.schema != "raw" and re.findall(r"(?<!count\()\*(?=\s*(?:,|\n|from))|select \*", code(model))


@rule
def test_no_short_sides(model):
    """the sides of a join are called what they are, never a and b"""
    return re.findall(r"\b(?:as )([a-z])\b(?!\w)", code(model))


@rule
def test_joins_are_spelled_out(model):
    """inner join, left join, cross join, with `on`; never `using`, a bare join or a comma"""
    bare = re.findall(r"(?<!inner )(?<!left )(?<!full )(?<!cross )\bjoin\b", code(model))
    return bare + re.findall(r"\busing\s*\(", code(model))


@rule
def test_group_by_names(model):
    """group by names columns, never positions or all"""
    return re.findall(r"group by\s+(?:\d|all)\b", code(model))


#: functions that every engine has, and that mean the same there or are transpiled
PLAIN_FUNCTIONS = set(
    "* + - / || abs any_value avg bool_and bool_or ceil concat concat_ws count count_star exp first_value floor greatest "
    "lag last_value lead least length ln lower max median min ntile nullif power rank dense_rank round row_number sqrt sum "
    "trim upper ~~ !~~ list_value map".split()  # the last four: like, not like, and how values of parameters are written
)
#: what one engine alone knows and no function's name tells
ONE_ENGINES_OWN = (
    r"[\[\]{}]", r"::", r"->", r"//", r"\*\*", r"\blambda\b", r"\bby name\b", r"\bin value\b", r"\btry_cast\b", r"\browid\b",
    r"\*\s*(?:exclude|replace|rename)\b", r"\bcolumns\s*\(", r"\bdistinct on\b", r"\b(?:pivot|unpivot|asof|positional)\b",
    r"(?<!left )\b(?:semi|anti) join\b", r"\b(?:tablesample|using sample)\b",
    r"\b(?:group|order) by all\b", r"\brow_number\(\) over \(\s*\)", r"_on\)? - [\w.]+_on\b",
)
#: they still take apart the structs that top_rows gives, or take days from days
NOT_YET = {"similarity.nearest", "recommendation.blend", "recommendation.due", "recommendation.usual_gaps"}


def ones_own(text: str, sql: str, macros: set[str], may_read_files: bool = False) -> list[str]:
    """What in a model's text, or in its rendered SQL, only one engine knows."""
    found = [match[0] for pattern in ONE_ENGINES_OWN for match in re.finditer(pattern, text, re.M)]
    for node in syntax(parse(sql, "a model")):
        if node.get("function_name") and node["function_name"] not in PLAIN_FUNCTIONS | macros:
            found.append(node["function_name"] + "(")
        if node.get("class") == "COLUMN_REF" and len(node["column_names"]) > 2 and not may_read_files:
            found.append(".".join(node["column_names"]))  # a field of a struct
        stars = [item for item in node.get("select_list", []) if item["class"] == "STAR" and not item["relation_name"]]
        if stars and node["from_table"]["type"] != "EXPRESSION_LIST":  # a list of values has one
            found.append("from without select, or *")
    return found


def syntax(tree) -> list[dict]:
    if isinstance(tree, list):
        return [node for item in tree for node in syntax(item)]
    return [tree, *syntax(list(tree.values()))] if isinstance(tree, dict) else []


@pytest.fixture(scope="module")
def macros(spec_runner) -> set[str]:
    return {name for (name,) in spec_runner.con.sql("select function_name from duckdb_functions() where not internal").fetchall()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_portable_subset(model, spec_runner, macros):
    """what only one engine knows lives in sql/macros"""
    if model.table in NOT_YET:
        return
    family = model if not LIBRARY.is_formula(model) else LIBRARY.families[model.schema]
    sql = spec_runner.plan.nodes[family.table].sql if model is family else "select 1"  # a formula is inlined by its family
    own = ones_own(code(model), sql, macros, may_read_files=model.schema == "raw")
    own += [key for key in ("until", "check") for text in model.keys.get(key, []) if re.search(r"(?:^|\(|except)\s*from\b", text)]
    assert not own, f"{model.path}: what only one engine knows lives in sql/macros: {own}"


@pytest.mark.parametrize("sql", [
    "select list_filter(value, lambda bound: bound > 1) from t", "select len(names) from t", "select arg_min(name, day) from t",
    "select arg_max(name, {'at': day}) from t", "select epoch(seen_at) from t", "select try_cast(name as bigint) from t",
    "select name in value from t", "select unnest(names) as name from t", "select best.pick.number from best", "from t",
    "select 1 from (from t)", "select 1 union all from t", "select names[1] from t", "select * replace (1 as one) from t",
    "select * exclude (one) from t", "select one from t union all by name select one from u", "select one::bigint from t",
    "select {'one': 1} as both from t", "select struct_pack(one := 1) from t", "select distinct on (one) one from t",
    "select one from t asof join u on t.one >= u.one", "select one from t semi join u on t.one = u.one", "select one // 2 from t",
    "select row_number() over () as no from t", "select list(one) from t", "select strftime(day, '') from t",
    "select sum(one) from t group by all", "select last_on - first_on as days from t", "select ends.last_on - ends.first_on from ends",
    "select regexp_matches(name, 'a') from t", "select date_diff('day', one, two) from t",
    "select one from t using sample 3", "select replace(name, 'a', 'b') from t",
])
def test_what_one_engine_alone_knows_is_found(sql, macros):
    text = re.sub(r"'(?:[^']|'')*'", "''", sql)
    assert ones_own(text, sql.replace("in value", "= ''"), macros)


@pytest.mark.parametrize("sql", [
    "select count(*) filter (where t.one > 1) from t", "select max(t.one) over () from t", "select t.one - 1 as one from t",
    "select t.one from t left join u on t.one is distinct from u.one qualify row_number() over (partition by t.one order by t.two) = 1",
    "select clean_text(t.one) from t except select u.one from u", "select cast(t.one as decimal(18, 4)) from t",
    "select t.last_on > t.first_on - 3 from t", "select median(t.one) from t where t.one in (1, 2)",
])
def test_what_every_engine_knows_is_let_pass(sql, macros):
    assert ones_own(re.sub(r"'(?:[^']|'')*'", "''", sql), sql, macros) == []


@rule
def test_only_raw_reads_files(model):
    """only raw reads files"""
    return model.schema != "raw" and re.findall(r"\bread_\w+\s*\(|\bglob\s*\(", code(model))


@rule
def test_size(model):
    """a model has at most 90 lines; beyond that it is two"""
    count = len(model.path.read_text(encoding="utf-8").splitlines())
    return count if count > 90 else None


@rule
def test_line_width(model):
    """code ends by column 100, header lines by 100; a trailing column comment may go on"""
    lines = re.sub(r"\{\{.*?\}\}", "value", model.path.read_text(encoding="utf-8")).splitlines()
    return [number for number, line in enumerate(lines, 1) if len(re.sub(r"\s*--.*", "", line)) > 100]


@rule
def test_one_statement(model):
    """one select, no semicolon"""
    return ";" in code(model)


@rule
def test_division_is_guarded(model):
    """whatever is divided by is a number, a nullif, or guarded where the comment says so"""
    return [
        found for found in re.findall(r"/\s*(\(?\w+)", code(model))
        if not re.fullmatch(r"\(?(?:nullif|cast|\d[\d_]*|value|ln)", found)
    ]


@rule
def test_worked_examples(model):
    """a model of similarity, score, recommendation, segment, campaign or evaluation has at least three examples"""
    if model.schema not in NEEDS_EXAMPLES or not re.search(r"\bfrom \w+\.\w+", code(model)):
        return None  # a table of constants has one case, that of its constants
    spec = model.path.with_name(model.path.stem + ".spec.md")
    if not spec.exists():
        return "no spec file"
    count = spec.read_text(encoding="utf-8").count("\n## ")
    return f"{count} example(s)" if count < 3 else None


def test_a_column_name_means_one_thing():
    """a comment is written where a column is born; two different ones for one name contradict each other"""
    births = defaultdict(dict)
    for model in MODELS:
        if model.schema == "raw" or model.is_member:
            continue
        for column, comment in final_columns(model.template).items():
            if comment and not comment.startswith("{{") and column not in TWO_MEANINGS:
                births[column].setdefault(comment, model.table)
    twice = {column: found for column, found in births.items() if len(found) > 1}
    assert not twice, f"two meanings: {twice}"


def test_layers_read_backwards_only(spec_runner):
    """a model reads its own layer or earlier ones, and nothing reads mart"""
    for name, inputs in spec_runner.plan.inputs.items():
        for source in inputs:
            mine, theirs = LAYERS.index(name.split(".")[0]), LAYERS.index(source.split(".")[0])
            assert theirs <= mine, f"{name} reads {source}"
            assert not source.startswith("mart."), f"{name} reads {source}"


def test_published_columns_are_flat_and_commented(spec_runner):
    """what is published has scalar columns only, and every table and column says what it means"""
    rows = spec_runner.con.sql(
        "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'mart'"
    ).fetchall()
    assert rows
    for table, column, kind, comment in rows:
        assert not re.search(r"\[|STRUCT|MAP|UNION", kind), f"{table}.{column} is {kind}"
        assert comment, f"{table}.{column} has no comment"


def test_every_parameter_is_explained_and_used():
    """every parameter has a comment and some model that reads it"""
    texts = "\n".join(text for model in MODELS for text in (model.template, *model.keys.get("keep", []), *model.keys.get("until", [])))
    for key, declaration in LIBRARY.declared.items():
        name = key.split(".")[1]
        assert declaration.comment, f"{key} has no comment"
        assert name.startswith("weight_") or name == "preset" or re.search(rf"\{{\{{ {name} \}}\}}", texts), f"{key} is used nowhere"


def test_modules_are_small():
    """a Python module has at most about 200 lines"""
    package = LIBRARY.root.parent / "recsys"
    long = {path.name: count for path in package.rglob("*.py") if (count := len(path.read_text().splitlines())) > 205}
    assert not long


def test_the_linter_finds_nothing():
    """`ruff check` says what to mend"""
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
