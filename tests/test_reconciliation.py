"""The accounts close, and they notice it when they must not: models that are broken on purpose stop the refresh."""

import shutil
from pathlib import Path

import pytest

from recsys import Project, RecsysError
from recsys.library import bundled, load_library
from recsys.refresh import refresh

ROWS, MONEY = "rows were lost on the way", "money was lost on the way"
CLASSIFIED = "sql/staging/interactions.sql"
#: {what goes wrong: (the model, text in it, what is put in its place, what the error must say)}
BREAKS = {
    "a row is lost": (CLASSIFIED, "from staging.claims\n", "from (select * from staging.claims where source_row <> 3) as claims\n", (ROWS, MONEY)),
    "a row is doubled": (
        CLASSIFIED, "from staging.claims\n",
        "from (from staging.claims union all select * replace (source_row + 1000 as source_row) from staging.claims where source_row = 3) as claims\n",
        (ROWS, MONEY)),
    "one row is lost, another doubled": (
        CLASSIFIED, "from staging.claims\n",
        "from (from staging.claims where source_row <> 3 union all "
        "select * replace (source_row + 1000 as source_row) from staging.claims where source_row = 5) as claims\n",
        (MONEY,)),
    "a refund counts as a sale": (CLASSIFIED, "then -abs(claims.told_amount)", "then abs(claims.told_amount)", (MONEY,)),
    "an amount is converted twice": (CLASSIFIED, "* rates.exchange_rate as decimal(18, 4)\n    ) as gross_amount",
                                     "* rates.exchange_rate * rates.exchange_rate as decimal(18, 4)\n    ) as gross_amount", (MONEY,)),
    "a line is lost among the orders": (
        "sql/staging/purchase_lines.sql", "from staging.purchase_orders\n",
        "from (from staging.purchase_orders where source_row <> 3) as purchase_orders\n", ("the order lines do not add up",)),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_model_that_loses_or_doubles_something_stops_the_refresh(tmp_path, what):
    file, old, new, said = BREAKS[what]
    shutil.copytree(bundled("sql"), tmp_path / "sql")
    shutil.copytree(bundled("data") / "handmade", tmp_path / "project")
    path: Path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    project = Project(tmp_path / "project")
    with pytest.raises(RecsysError) as error:
        refresh(project.config, load_library(root=tmp_path / "sql"), project.params)
    for words in said:
        assert words in str(error.value)
    assert not project.config.database.exists()
