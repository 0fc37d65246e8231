"""The command line as a user meets it: real processes, what goes to stdout, to stderr, and the exit code."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import typer
from tests_support import command_names
from typer.testing import CliRunner

from recsys.cli import app
from recsys.library import bundled, load_library
from recsys.sqltext import with_final


def recsys(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "recsys", *map(str, args)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def shop(handmade, tmp_path_factory) -> Path:
    return Path(shutil.copytree(handmade, tmp_path_factory.mktemp("shop") / "project"))


def test_a_refresh_tells_its_progress_on_stderr_and_leaves_stdout_to_data(tmp_path):
    shutil.copytree(bundled("data") / "handmade", tmp_path / "project")
    done = recsys("refresh", "-p", tmp_path / "project")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "Published" in done.stderr


def test_help_lists_every_command_with_what_it_does():
    done = recsys("--help")
    assert done.returncode == 0
    for name in command_names():
        assert re.search(rf"\b{name}  +[A-Z]\w", done.stdout), name


@pytest.mark.parametrize("name", command_names())
def test_every_command_explains_its_arguments_and_options(name):
    help = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert help.exit_code == 0
    (command,) = [found for found in typer.main.get_command(app).commands.values() if found.name == name]
    assert command.help
    for given in command.params:
        assert given.help, f"{name}: {given.name} is not explained"
        assert given.opts[-1].lstrip("-") in help.output


@pytest.mark.parametrize("name", ["list", "show", "recommend", "similar", "segment", "query", "status", "preview", "doctor"])
def test_data_can_be_had_as_json_and_csv_on_stdout(shop, name):
    args = {
        "list": [], "show": ["segments"], "recommend": ["3"], "similar": ["P01"], "segment": ["Lost"], "query": ["from orders"],
        "status": [], "preview": ["store"], "doctor": [],
    }[name]
    as_csv = recsys(name, *args, "-p", shop, "--format", "csv")
    assert as_csv.returncode == 0, as_csv.stderr
    assert len(list(csv.reader(io.StringIO(as_csv.stdout)))) > 1
    as_json = recsys(name, *args, "-p", shop, "--format", "json")
    assert json.loads(as_json.stdout)


def test_tables_fit_a_terminal(shop):
    for args in (["list"], ["show", "segments"], ["segment"], ["segment", "Lost"], ["recommend", "3", "--why"], ["status"], ["doctor"], ["preview", "store"]):
        done = recsys(*args, "-p", shop)
        assert done.returncode == 0, done.stderr
        assert max(map(len, done.stdout.splitlines())) <= 120


def test_status_with_timings_shows_where_the_time_of_the_last_refresh_went(shop):
    found = json.loads(recsys("status", "--timings", "-p", shop, "--format", "json").stdout)
    models = {row["table_name"]: row for row in found["Seconds per model"]}
    assert models["similarity.nearest"]["tile_count"] > 0 and models["similarity.nearest"]["joined_row_count"] > 0
    assert models["similarity.cell"]["row_count"] is None and models["mart.orders"]["row_count"] > 0
    layers = {row["layer"]: row for row in found["Seconds per layer"]}
    assert {"raw", "staging", "profile", "similarity", "score", "recommendation", "rating", "value", "cluster", "segment",
            "campaign", "mart", "(beside models)"} == set(layers)
    assert sum(row["model_count"] or 0 for row in layers.values()) == len(models)
    for rows, rounding in ((models, 0), (layers, 0.005)):  # shares are to three places, the seconds of layers to two
        seconds = sum(row["seconds"] for row in rows.values())
        off = 0.0005 + rounding * (1 + len(rows)) / seconds + 1e-9
        assert all(abs(row["seconds_share"] - row["seconds"] / seconds) <= off for row in rows.values())


def test_status_shows_where_rows_and_money_went(shop):
    found = json.loads(recsys("status", "-p", shop, "--format", "json").stdout)
    for part in ("Rows", "Money"):
        for row in found[part]:
            assert row["read"] == sum(row[fate] for fate in ("used", "unidentified", "superseded", "rejected", "later")), row
    store = {"source": "store", "read": 158, "used": 142, "unidentified": 12, "superseded": 0, "rejected": 4, "later": 0, "discounts": 0, "net": 154}
    assert store in found["Money"]
    assert re.search(r"^store +158\.00 +142\.00 +12\.00 +0\.00 +4\.00 +0\.00 +0\.00 +154\.00", recsys("status", "-p", shop).stdout, re.M)


def test_sql_prints_what_runs(shop):
    text = recsys("sql", "staging.refunds", "-p", shop).stdout
    assert text.startswith("create table staging.refunds as\n")
    assert "{{" not in text
    assert "read_csv" in recsys("sql", "raw.interactions", "-p", shop).stdout


def test_what_sql_prints_runs_in_the_workspace(shop):
    """A tiled model is printed with its first tile; a formula stands in place of its family's own final select."""
    statements = {name: recsys("sql", name, "-p", shop).stdout for name in ("similarity.nearest", "blend", "similarity.cosine")}
    assert statements["similarity.nearest"].startswith("-- once for each row of similarity.tile: the first of ")
    selects = {name: sql.partition(" as\n")[2] for name, sql in statements.items() if name != "similarity.cosine"}
    assert "{{" not in statements["similarity.cosine"]
    selects["similarity.cosine"] = with_final(selects["similarity.nearest"], statements["similarity.cosine"])
    library = load_library()
    with duckdb.connect() as con:
        con.execute(library.macros("duckdb.sql"))
        con.execute(f"attach '{shop / '.recsys' / 'workspace.duckdb'}' as workspace (read_only)")
        con.execute("use workspace")
        for name, sql in selects.items():
            assert con.sql(sql).fetchall(), name
    shown = recsys("show", "similarity.nearest", "--cte", "pair", "-p", shop, "--format", "json")
    assert json.loads(shown.stdout), shown.stderr


def test_sql_needs_no_workspace(tmp_path):
    """Where no tile has been cut, nulls stand in its place, which are of every type."""
    shutil.copytree(bundled("data") / "handmade", tmp_path / "project")
    text = recsys("sql", "similarity.nearest", "-p", tmp_path / "project").stdout
    assert text.startswith("-- once for each row of similarity.tile, which is empty or not built yet")
    assert "entries.axis = null" in text
    assert "+ 10.0" in recsys("sql", "cosine", "-p", tmp_path / "project", "--set", "similarity.shrinkage=10").stdout


def test_show_reaches_published_tables_models_and_parts_of_them(shop):
    assert "Champions" in recsys("show", "segments", "-p", shop).stdout
    assert "P08" in recsys("show", "staging.refunds", "--where", "matched_by = 'unmatched'", "-p", shop).stdout
    done = recsys("show", "staging.interaction_totals", "--cte", "valued", "-n", 3, "-p", shop, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 3


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "jsonl", "xlsx"])
def test_export_writes_every_row_in_the_form_of_the_extension(shop, tmp_path, suffix):
    target = tmp_path / f"orders.{suffix}"
    done = recsys("export", "orders", "--to", target, "-p", shop)
    assert done.returncode == 0, done.stderr
    if suffix == "xlsx":
        import zipfile

        assert zipfile.ZipFile(target).read("xl/worksheets/sheet1.xml").count(b"<row ") == 25
    else:
        assert duckdb.sql(f"select count(*) from '{target}'").fetchall() == [(24,)]


@pytest.mark.parametrize("table", ["orders", "user_profiles"])
def test_dates_and_times_are_the_same_as_json_as_in_an_export(shop, tmp_path, table):
    assert recsys("export", table, "--to", tmp_path / "file.json", "-p", shop).returncode == 0
    shown = json.loads(recsys("show", table, "-n", 1000, "-p", shop, "--format", "json").stdout)
    exported = json.loads((tmp_path / "file.json").read_text(encoding="utf-8"))
    times = [name for name in exported[0] if name.endswith(("_on", "_at"))]
    assert [{name: row[name] for name in times} for row in shown] == [{name: row[name] for name in times} for row in exported]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", shown[0][next(name for name in times if name.endswith("_on"))])


def test_a_fraction_of_a_second_and_a_zone_are_written_as_in_an_export(shop):
    text = "select timestamp '2024-01-01 10:00:00.25' as one, timestamptz '2024-01-01 10:00:00.5+00' as two, null::date as three"
    (row,) = json.loads(recsys("query", text, "-p", shop, "--format", "json").stdout)
    assert row == {"one": "2024-01-01 10:00:00.25", "two": "2024-01-01 10:00:00.5+00", "three": None}


def test_export_all_fills_a_folder(shop, tmp_path):
    assert recsys("export", "all", "--to", tmp_path / "out", "-p", shop).returncode == 0
    assert (tmp_path / "out" / "recommendations.parquet").is_file()
    assert recsys("export", "all", "--to", tmp_path / "csv" / "*.csv", "-p", shop).returncode == 0
    assert len(pd.read_csv(tmp_path / "csv" / "user_profiles.csv")) == 12


def test_the_macros_answer_from_a_plain_connection(shop):
    with duckdb.connect(str(shop / "recsys.duckdb"), read_only=True) as con:
        assert con.sql("from similar_to('P01', n := 2)").fetchall()
        assert con.sql("from recommend_for_basket(['P01', 'P06'], n := 3)").fetchall()
        user, item = con.sql("select user_id, item_id from recommendations where source = 'personalized' limit 1").fetchall()[0]
        assert con.sql(f"from why('{user}', '{item}')").fetchall()
    with duckdb.connect() as con:
        con.execute(f"attach '{shop / 'recsys.duckdb'}' as other (read_only)")
        con.execute("use other")
        assert con.sql("from similar_to('P01', n := 2)").fetchall()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["show", "segmentz"], ["segmentz", "segments"]),
        (["show", "staging.refundz"], ["refundz", "staging.refunds"]),
        (["show", "segment.lapsing_big_spender", "--cte", "rythm"], ["no CTE 'rythm' in segment.lapsing_big_spender", "Did you mean 'rhythm'?"]),
        (["show", "similarity.cosine"], ["is a formula and has no rows", "recsys sql similarity.cosine", "recsys show similarity.nearest"]),
        (["show", "evaluation.hits", "--cte", "chosen"], ["evaluation.hits is built over a part of the data by `recsys evaluate`", "recsys show model_scorecard"]),
        (["show", "raw.held_out"], ["by `recsys evaluate`"]),
        (["show", "score.random_walk"], ["has no weight", "recsys refresh --set score.weight_random_walk=1"]),
        (["show", "score.walk_votes"], ["nothing that reads it has a weight"]),
        (["recommend", "nobody"], ["nobody"]),
        (["segment", "Champion"], ["'Champion'", "Did you mean 'Champions'?"]),
        (["similar", "P1"], ["'P1'", "Did you mean"]),
        (["query", "selec 1"], ["selec"]),
        (["query", "select 1; select 2"], ["One statement at a time: this is 2."]),
        (["query", " ; "], ["One statement at a time: this is none."]),
        (["export", "orderz", "--to", "x.csv"], ["orderz", "orders"]),
        (["export", "orders", "--to", "x.doc"], [".csv"]),
        (["refresh", "--set", "similarity.neighbour=3"], ["similarity.neighbours"]),
        (["refresh", "--set", "similarity.neighbours=many"], ["whole number"]),
        (["refresh", "--set", "score.measure=cosin"], ["cosin", "Did you mean 'cosine'?"]),
        (["refresh", "--set", "score.measure=pearson"], ["pearson has no weight", "set similarity.weight_pearson = 1"]),
        (["refresh", "--set", "score.measure=person"], ["no measure called 'person'", "Did you mean 'pearson'?"]),
        (["refresh", "--set", "similarity.weighting=tfidf"], ["similarity.weighting is none, tf_idf or bm25", "Did you mean 'tf_idf'?"]),
        (["refresh", "--set", "score.user_measure=jacard"], ["score.user_measure", "Did you mean 'jaccard'?"]),
        (["refresh", "--set", "score.alpha=0.5", "--set", "score.weight_content=1"], ["score.alpha and score.weight_content are both set"]),
        (["refresh", "--set", "recommendation.group_attribute=agegroup"], ["no attribute 'agegroup'"]),
        (["refresh", "--set", "recommendation.group_attribute=birth_year"], ["'birth_year' is private", "(age_group, city)"]),
        (["refresh", "--set", "project.as_of_on=banana"], ["banana", "2024-06-30"]),
        (["sql", "cosin"], ["similarity.cosine"]),
        (["test", "-s", "cosin"], ["cosin"]),
        (["preview", "stor"], ["store"]),
    ],
)
def test_a_slip_is_one_message_with_the_near_match_and_exit_code_1(shop, args, words):
    before = (shop / "recsys.duckdb").read_bytes()
    done = recsys(*args, "-p", shop)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr
    assert (shop / "recsys.duckdb").read_bytes() == before


@pytest.mark.parametrize("args", [
    ("refresh",), ("refresh", "--dry-run"), ("evaluate",), ("tune",), ("segment", "--as-of", "2024-05-01"), ("preview", "store"),
    ("show", "orders"), ("query", "select 1"), ("test",), ("init",),
], ids=" ".join)
def test_a_limit_in_the_environment_reaches_every_command(shop, tmp_path, monkeypatch, args):
    monkeypatch.setenv("RECSYS_THREADS", "many")
    done = recsys("init", tmp_path, shop) if args[0] == "init" else recsys(*args, "-p", shop)
    assert done.returncode == 1, done.stdout
    assert done.stderr.splitlines()[-1].startswith("error: RECSYS_THREADS = many: ")


def test_the_doctor_tells_of_a_limit_that_would_stop_a_refresh(shop, monkeypatch):
    monkeypatch.setenv("RECSYS_THREADS", "many")
    assert "a refresh would stop  RECSYS_THREADS = many" in recsys("doctor", "-p", shop).stdout


def test_wrong_usage_is_exit_code_2():
    assert recsys("refresh", "--colour").returncode == 2
    assert recsys("nonsense").returncode == 2


def test_a_folder_without_project_says_how_to_get_one(tmp_path):
    done = recsys("refresh", "-p", tmp_path)
    assert done.returncode == 1
    assert "recsys init" in done.stderr


def test_before_the_first_publish_show_says_so(tmp_path):
    shutil.copytree(bundled("data") / "handmade", tmp_path / "project")
    done = recsys("show", "data_quality", "-p", tmp_path / "project")
    assert done.returncode == 1
    assert "Nothing is published yet, data_quality neither: run `recsys refresh`" in done.stderr


def test_a_model_without_examples_is_told_where_they_stand(tmp_path):
    own = tmp_path / "sql" / "segment"
    own.mkdir(parents=True)
    (own / "big_basket.sql").write_text(
        "/*\nWho buys much at once.\n\ngrain: user_id\nlabel: Big basket\npriority: 900\n*/\n"
        "select users.user_id\nfrom profile.users\n", encoding="utf-8")  # without evidence, too
    done = recsys("test", "-s", "big_basket", "-p", tmp_path)
    assert done.returncode == 1
    assert f"segment.big_basket has no examples yet: write {own / 'big_basket.spec.md'}" in done.stderr, done.stderr


def test_select_builds_and_publishes_nothing(shop, tmp_path):
    folder = shutil.copytree(shop, tmp_path / "copy")
    before = (folder / "recsys.duckdb").read_bytes()
    done = recsys("refresh", "-s", "segment", "-p", folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "recsys.duckdb").read_bytes() == before


def test_worked_examples_run_from_the_command_line():
    done = recsys("test", "-s", "similarity")
    assert done.returncode == 0, done.stderr
    assert "examples hold" in done.stderr


def test_init_writes_a_project_that_refreshes(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    rows = [f"{n},c{n % 5},p{n % 7},2024-01-{1 + n % 28:02d},{1 + n % 3},{2.5 * (1 + n % 4)}" for n in range(60)]
    (exports / "sales.csv").write_text("order_id,customer_id,sku,order_date,quantity,line_total\n" + "\n".join(rows) + "\n")
    done = recsys("init", tmp_path / "shop", exports)
    assert done.returncode == 0, done.stderr
    done = recsys("refresh", "-p", tmp_path / "shop")
    assert done.returncode == 0, done.stderr
    found = recsys("query", "select count(*) as n from orders", "-p", tmp_path / "shop", "--format", "json")
    assert json.loads(found.stdout) == [{"n": 60}]
