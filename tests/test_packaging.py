"""`sql/` and `data/` come with the package and are never read from a stale copy: wheel, sdist and editable install."""

import os
import shutil
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from tests_support import installed, ran

ROOT = Path(__file__).resolve().parents[1]
WHERE = "from recsys.library import bundled, load_library; print(bundled('sql')); print(len(load_library().models))"


@pytest.fixture(scope="module")
def made(once) -> Path:
    """A folder with a copy of the checkout, an environment that can build it, and what it built of it."""

    def fill(folder: Path) -> None:
        ignored = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", "dist", "build", ".recsys", "*.duckdb")
        shutil.copytree(ROOT, folder / "recsys", ignore=ignored)  # a test may change it, and nothing is built in the checkout
        venv.create(folder / "env", with_pip=True)
        python = python_of(folder)
        installed(python, "-m", "pip", "install", "--quiet", "build", "hatchling", "editables")
        ran(python, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "recsys")
        wheel = [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w"]
        ran(*wheel, folder / "of-sdist", *(folder / "dist").glob("*.tar.gz"))

    return once("packages-of-the-checkout", fill)


def python_of(folder: Path) -> Path:
    return folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_installed_package_reads_the_models_and_data_it_came_with(made, tmp_path, kind):
    target = tmp_path / "site"
    (wheel,) = (made / {"wheel": "dist", "sdist": "of-sdist"}[kind]).glob("*.whl")
    ran(python_of(made), "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, wheel)
    env = {**os.environ, "PYTHONPATH": str(target)}
    folder, count = ran(sys.executable, "-c", WHERE, cwd=tmp_path, env=env).split("\n")[:2]
    assert Path(folder).is_relative_to(target)
    assert int(count) > 50
    for name in ("params.toml", "README.md", "raw/inputs.toml", "similarity/cosine.spec.md", "segment/strategies.toml", "macros/duckdb.sql"):
        assert (Path(folder) / name).is_file(), name
    assert (Path(folder).parent / "data" / "groceries" / "transactions.parquet").is_file()
    assert (Path(folder).parent / "data" / "handmade" / "recsys.toml").is_file()
    shutil.copytree(Path(folder).parent / "data" / "handmade", tmp_path / "project")
    ran(sys.executable, "-m", "recsys", "new", "segment", "big_basket", "-p", tmp_path / "project", cwd=tmp_path, env=env)
    ran(sys.executable, "-m", "recsys", "refresh", "-p", tmp_path / "project", cwd=tmp_path, env=env)
    assert (tmp_path / "project" / "recsys.duckdb").is_file()


def test_an_editable_install_reads_the_checkout_and_sees_every_change(made, tmp_path):
    python, source = python_of(made), made / "recsys"
    ran(python, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "-e", source)
    here = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # what recsys needs is that of this environment, which comes after what the other has of its own
    (Path(here) / "zz_needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    folder, before = ran(python, "-c", WHERE, cwd=tmp_path).split("\n")[:2]
    assert Path(folder) == source / "sql"
    added = source / "sql" / "profile" / "added.sql"
    added.write_text("/*\nAdded.\n\ngrain: user_id\n*/\nselect users.user_id from profile.users\n", encoding="utf-8")
    try:
        assert int(ran(python, "-c", WHERE, cwd=tmp_path).split("\n")[1]) == int(before) + 1
    finally:
        added.unlink()
