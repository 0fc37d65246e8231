"""The Python face: `Project("folder")` does what the command line does and gives DataFrames."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from recsys.config import Config, read_config
from recsys.errors import RecsysError, near
from recsys.files import open_published
from recsys.interrupt import interruptible
from recsys.library import Library, load_library
from recsys.params import Params
from recsys.progress import Silent
from recsys.refresh import Refreshed, refresh
from recsys.render import literal, quoted
from recsys.settings import project_params
from recsys.shortrules import with_short_rules

if TYPE_CHECKING:
    import pandas as pd

    from recsys.evaluation import Evaluation
    from recsys.tuned import Tuned


class Project:
    """A folder with a recsys.toml, or a folder and a dict of the same shape.

    In the dict, `from` of a source may be a DataFrame.

    Args:
        folder: the project folder; the published file and the workspace lie in it.
        config: instead of recsys.toml.
        settings: parameters for this object only, such as {"recommendation.top_n": 5}.

    Raises:
        RecsysError: no or a wrong project file, an unknown parameter, a wrong model of the project's own.
    """

    def __init__(
        self, folder: str | Path = ".", config: dict[str, Any] | None = None, settings: dict[str, Any] | None = None
    ) -> None:
        self.folder = Path(folder).resolve()
        self.config: Config = read_config(self.folder, config)
        self.library: Library = with_short_rules(load_library(self.folder / "sql"), self.config)
        self.settings = dict(settings or {})
        self.params: Params = project_params(self.library, self.config, self.settings)

    def refresh(self, progress: Silent | None = None, **options: Any) -> Refreshed:
        """Build everything anew and publish it; see recsys.refresh.refresh for the options."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return refresh(self.config, self.library, self.params, progress=progress, **options)

    def evaluate(self, **options: Any) -> "Evaluation":
        """Judge the recommendations by a part of the data; see recsys.evaluation.evaluate for the options."""
        from recsys.evaluation import evaluate

        return evaluate(self, **options)

    def tune(self, **options: Any) -> "Tuned":
        """Look for parameters that make better lists; see recsys.tuning.tune for the options."""
        from recsys.tuning import tune

        return tune(self, **options)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the published file for reading, with its macros; what is open keeps its snapshot."""
        return open_published(self.config.database)

    def query(self, sql: str, params: list[Any] | None = None) -> "pd.DataFrame":
        """Return what ``sql`` finds in the published file.

        Raises:
            RecsysError: nothing is published yet, or the SQL is not one statement, or does not run.
        """
        with self.connect() as con, interruptible(con):
            try:
                if (count := len(con.extract_statements(sql))) != 1:
                    raise RecsysError(f"One statement at a time: this is {count or 'none'}.")
                return con.sql(sql, params=params).df()
            except duckdb.Error as error:
                raise RecsysError(str(error).split("\n\n")[0]) from None

    def tables(self) -> "pd.DataFrame":
        """Return the published tables: table_name, row_count, description."""
        return self.query(
            "select t.table_name, m.row_count, m.description from information_schema.tables as t "
            "inner join meta.models as m on m.table_name = 'mart.' || t.table_name "
            "where t.table_schema = 'main' and t.table_catalog = current_database() order by t.table_name"
        )

    def table(self, name: str) -> "pd.DataFrame":
        """Return a whole published table.

        Raises:
            RecsysError: there is no such table; the message has the near match.
        """
        names = list(self.tables()["table_name"])
        if name not in names:
            raise RecsysError(f"There is no published table '{name}'.{near(name, names)}")
        return self.query(f"from {quoted(name)}")

    def recommend(self, user: str, n: int = 10, why: bool = False) -> "pd.DataFrame":
        """Return a user's recommendations, or with ``why`` what each of them comes from.

        Raises:
            RecsysError: the user is not known; the message has the near match.
        """
        self._known("user_profiles", "user_id", user)
        if why:
            return self.query(
                "select r.list, r.rank, r.item_id, r.item_name, r.score, w.source_kind, w.reason_id, w.reason_name, "
                "w.contribution from recommendations as r left join recommendation_reasons as w "
                "on w.user_id = r.user_id and w.list = r.list and w.item_id = r.item_id "
                f"where r.user_id = {literal(user)} and r.rank <= {int(n)} order by r.list, r.rank, w.reason_rank"
            )
        return self.query(
            "select list, rank, item_id, item_name, score, source, expected_on, reason from recommendations "
            f"where user_id = {literal(user)} and rank <= {int(n)} order by list, rank"
        )

    def similar(self, item: str, n: int = 10) -> "pd.DataFrame":
        """Return the items most like an item.

        Raises:
            RecsysError: the item is not known; the message has the near match.
        """
        self._known("item_profiles", "item_id", item)
        return self.query(f"from similar_to({literal(item)}, n := {int(n)})")

    def _known(self, table: str, column: str, value: str) -> None:
        if self.query(f"select 1 from {table} where {column} = {literal(value)}").empty:
            some = self.query(
                f"select {column} from {table} order by levenshtein({column}, {literal(value)}), {column} limit 12"
            )[column]
            raise RecsysError(f"There is no {column} '{value}'.{near(value, some)}")
