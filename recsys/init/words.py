"""The words of words.toml, split into lists."""

import tomllib
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _table(name: str) -> dict[str, list[str]]:
    return {key: names.split() for key, names in _TABLES[name].items()}


NAMES, FILE_WORDS, FILE_EVENTS = _table("names"), _table("file_words"), _table("file_events")
EVENTS, CONTACT = _table("events"), _table("contact")
LINE_KEYS, LATEST, NOT_SALES, PERSONAL, CAMPAIGN = (
    _TABLES[name].split() for name in ("line_keys", "latest", "not_sales", "personal", "campaign")
)
WRITTEN, GIVEN_BACK, CURRENCY_CODES = (
    _TABLES[name].split() for name in ("written", "given_back", "currency_codes")
)
CURRENCY_SIGNS: dict[str, str] = _TABLES["currency_signs"]
#: words of event_type that mean other things as often: only with known events below them
WEAK_EVENTS = ["type", "typ", "art", "kind"]
