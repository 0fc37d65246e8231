"""`sql/` and `data/` come with the package and are never read from a stale copy: wheel, sdist and editable install."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WHERE = "from recsys.library import bundled, load_library; print(bundled('sql')); print(len(load_library().models))"


def run(*command: object, **options) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A copy of the checkout, so that a build leaves nothing in it and a test may change it."""
    target = tmp_path_factory.mktemp("checkout") / "recsys"
    ignored = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", "dist", "build", ".recsys", "*.duckdb")
    return Path(shutil.copytree(ROOT, target, ignore=ignored))


@pytest.fixture(scope="module")
def built(source) -> dict[str, Path]:
    """{kind: the wheel, or the wheel that was built from the sdist}."""
    environment = source.parent / "build-env"
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    try:
        run(python, "-m", "pip", "install", "--quiet", "build", "hatchling", "editables")
    except AssertionError as error:
        pytest.skip(f"the build tools cannot be installed here: {str(error)[-200:]}")
    run(python, "-m", "build", "--no-isolation", "--outdir", source.parent / "dist", source)
    folder = source.parent / "dist"
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder / "again", *folder.glob("*.tar.gz"))
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder / "plain", source)
    return {"wheel": next(folder.glob("*.whl")), "sdist": next((folder / "again").glob("*.whl")), "python": python}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_installed_package_reads_the_models_and_data_it_came_with(built, tmp_path, kind):
    target = tmp_path / "site"
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, built[kind])
    env = {**os.environ, "PYTHONPATH": str(target)}
    folder, count = run(sys.executable, "-c", WHERE, cwd=tmp_path, env=env).split("\n")[:2]
    assert Path(folder).is_relative_to(target)
    assert int(count) > 50
    for name in ("params.toml", "README.md", "raw/inputs.toml", "similarity/cosine.spec.md", "macros/duckdb.sql"):
        assert (Path(folder) / name).is_file(), name
    assert (Path(folder).parent / "data" / "groceries" / "transactions.parquet").is_file()
    assert (Path(folder).parent / "data" / "handmade" / "recsys.toml").is_file()
    shutil.copytree(Path(folder).parent / "data" / "handmade", tmp_path / "project")
    run(sys.executable, "-m", "recsys", "refresh", "-p", tmp_path / "project", cwd=tmp_path, env=env)
    assert (tmp_path / "project" / "recsys.duckdb").is_file()


def test_an_editable_install_reads_the_checkout_and_sees_every_change(built, source, tmp_path):
    python = built["python"]
    run(python, "-m", "pip", "install", "--quiet", "--no-build-isolation", "-e", source)
    folder, before = run(python, "-c", WHERE, cwd=tmp_path).split("\n")[:2]
    assert Path(folder) == source / "sql"
    added = source / "sql" / "profile" / "added.sql"
    added.write_text("/*\nAdded.\n\ngrain: user_id\n*/\nselect users.user_id from profile.users\n", encoding="utf-8")
    try:
        assert int(run(python, "-c", WHERE, cwd=tmp_path).split("\n")[1]) == int(before) + 1
    finally:
        added.unlink()
