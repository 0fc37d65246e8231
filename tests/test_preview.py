"""Preview: one source's first rows raw and mapped, and its totals, without anything being written."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from recsys.config import read_config
from recsys.errors import RecsysError
from recsys.library import bundled, load_library
from recsys.preview import preview
from recsys.settings import project_params

LIBRARY = load_library()


def look(folder: Path, name: str, given: dict | None = None):
    config = read_config(folder, given)
    return preview(config, LIBRARY, project_params(LIBRARY, config, {}), name)


def totals(found) -> dict[str, object]:
    return dict(zip(found.totals["what"], found.totals["value"], strict=True))


@pytest.fixture
def messy(tmp_path):
    """A German export with what goes wrong in exports."""
    (tmp_path / "sales.csv").write_text(
        "Bon;Kunde;Artikel;Datum;Betrag\n"
        "1;007;A;03.01.2024 10:00;12,50\n"
        "1;007;B;03.01.2024 10:00;oops\n"
        "2;9;A;03.01.2024 11:00;5,00\n"
        "3;;A;31.02.2024 10:00;1.234,00\n"
        "4;8;C;04.01.2024;2,00\n"
        "5;8;C;05.01.2024;2,00\n"
        "6;8;C;05.01.2024;2,00;too;many\n",
        encoding="utf-8",
    )
    return tmp_path, {
        "timezone": "Europe/Berlin",
        "interactions": [{
            "name": "till", "from": "sales.csv", "where": "Kunde is null or Kunde <> '9'", "key": ["Bon", "Artikel"],
            "format": {"delimiter": ";", "decimal": ",", "date": "%d.%m.%Y"}, "constants": {"channel": "store"},
            "columns": {"user_id": "Kunde", "item_id": "Artikel", "order_id": "Bon", "occurred_at": "Datum", "line_amount": "Betrag"},
        }],
    }


def look_at_till(messy):
    folder, given = messy
    return look(folder, "till", given)


def test_first_rows_are_as_they_are_in_the_file(messy):
    raw = look_at_till(messy).raw
    assert list(raw.columns) == ["row", "Bon", "Kunde", "Artikel", "Datum", "Betrag"]
    assert raw["Betrag"].tolist() == ["12,50", "oops", "5,00", "1.234,00", "2,00"]
    assert raw["Kunde"].tolist() == ["007", "007", "9", None, "8"]


def test_the_same_rows_mapped_with_their_trouble(messy):
    mapped = look_at_till(messy).mapped.set_index("row")
    assert list(mapped.columns) == [
        "user_id", "item_id", "event_type", "occurred_at", "order_id", "line_amount", "channel",
        "trouble_column", "trouble_value", "trouble_reason",
    ]
    assert str(mapped.loc[1, "occurred_at"]) == "2024-01-03 09:00:00"  # Berlin, kept in UTC
    assert float(mapped.loc[1, "line_amount"]) == 12.5
    assert mapped.loc[2, ["trouble_column", "trouble_value", "trouble_reason"]].tolist() == ["Betrag", "oops", "not a number"]
    assert mapped.loc[3, "trouble_reason"] == "left out by `where`"
    assert mapped.loc[4, "trouble_reason"] == "not a date"
    assert str(mapped.loc[5, "occurred_at"]) == "2024-01-03 23:00:00"


def test_totals_count_every_row(messy):
    found = totals(look_at_till(messy))
    assert found["rows"] == 6
    assert found["left out by where"] == 1
    assert sum(value for what, value in found.items() if what.startswith("cannot be read")) == 1
    assert found["cannot be used: Betrag not a number"] == found["cannot be used: Datum not a date"] == 1
    assert found["copies under the same key"] == 0
    assert (found["different users"], found["different items"], found["different orders"]) == (2, 2, 3)
    assert found["events: purchase"] == 3
    assert found["sum of amounts, EUR"] == 16.5
    assert str(found["last occurred_at"]) == "2024-01-04 23:00:00"


def test_an_unknown_source_gets_the_near_match(messy):
    folder, given = messy
    with pytest.raises(RecsysError, match="no source is called 'tills'.*'till'"):
        look(folder, "tills", given)


def test_two_kinds_may_share_a_name(messy):
    folder, given = messy
    (folder / "items.csv").write_text("sku,price\nA,\"1,200.50\"\n")
    given["items"] = [{"name": "till", "from": "items.csv", "columns": {"item_id": "sku", "list_price": "price"}}]
    with pytest.raises(RecsysError, match=r"say interactions\.till or items\.till"):
        look(folder, "till", given)
    assert float(look(folder, "items.till", given).mapped["list_price"][0]) == 1200.5


def test_a_mapping_that_does_not_fit_is_one_message(messy):
    folder, given = messy
    given["interactions"][0]["columns"]["item_id"] = "Artikl"
    with pytest.raises(RecsysError, match="Artikel"):
        look(folder, "till", given)


def test_a_dataframe_a_query_and_an_empty_file(tmp_path):
    frame = pd.DataFrame({"who": [1, 2], "what": ["x", "y"], "stars": [4.5, 3.0]})
    (tmp_path / "users.csv").write_text("uid,age\n")
    given = {
        "interactions": [
            {"name": "frame", "from": frame, "columns": {"user_id": "who", "item_id": "what", "rating": "stars"}},
            {"name": "query", "query": "select 7 as who, 'z' as what", "columns": {"user_id": "who", "item_id": "what"}},
        ],
        "users": [{"from": "users.csv", "columns": {"user_id": "uid", "age": "age"}}],
    }
    assert look(tmp_path, "frame", given).mapped["user_id"].tolist() == ["1", "2"]
    assert totals(look(tmp_path, "query", given))["rows"] == 1
    with pytest.raises(RecsysError, match=r"users\.csv has a header but no rows"):
        look(tmp_path, "users", given)


@pytest.mark.parametrize("name", ["store", "web", "ratings", "orders", "items", "users", "identities", "exchange_rates"])
def test_every_kind_of_source_is_shown_and_nothing_is_written(name):
    folder = bundled("data") / "handmade"
    before = sorted(folder.rglob("*"))
    found = look(folder, name)
    assert sorted(folder.rglob("*")) == before
    assert len(found.raw) == len(found.mapped) == min(5, totals(found)["rows"])
    titles = [title for title, _ in found.parts]
    assert len(titles) == 3 and all(title.startswith(f"{name}:") for title in titles)


def test_handmade_web_totals():
    found = totals(look(bundled("data") / "handmade", "web"))
    assert found["rows"] == 17
    assert found["copies under the same key"] == 2
    assert found["sum of amounts, USD"] == 54


def test_the_parts_lie_on_their_side_and_are_short(messy):
    (_, raw), (_, mapped), _ = look_at_till(messy).parts
    assert list(raw.columns) == ["column", "row 1", "row 2", "row 3", "row 4", "row 5"]
    assert mapped.set_index("column").loc["line_amount", ["from", "row 1"]].tolist() == ["Betrag", "12.5"]
    assert all(len(text) <= 36 for text in mapped.stack() if isinstance(text, str))


def test_times_with_an_offset_are_shown_without_further_packages(tmp_path):
    duckdb.sql(
        f"copy (select 'a' as u, 'x' as i, timestamptz '2024-01-01 10:00:00+00' as t) to '{tmp_path / 'web.parquet'}'"
    )
    (tmp_path / "recsys.toml").write_text(
        '[[interactions]]\nfrom = "web.parquet"\n[interactions.columns]\nuser_id = "u"\nitem_id = "i"\noccurred_at = "t"\n',
        encoding="utf-8",
    )
    config, library = read_config(tmp_path), load_library()
    seen = preview(config, library, project_params(library, config, {}), "web")
    assert seen.raw["t"][0] == "2024-01-01 10:00:00+00"
    assert str(seen.mapped["occurred_at"][0]).startswith("2024-01-01 10:00")
