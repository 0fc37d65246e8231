"""How a delimited text file is written: encoding, delimiter, quotes, preamble, header, empty marks."""

import codecs
import csv
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import duckdb

HEAD_BYTES = 1 << 20
NULL_MARKS = ["\\N", "NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "NA"]


class NotATable(Exception):
    """The file holds no table; the message says what it looks like."""


def head(path: Path) -> bytes:
    """Return the first megabyte or so, decompressed."""
    if path.suffix == ".gz":
        try:
            with gzip.open(path) as file:
                return file.read(HEAD_BYTES)
        except (OSError, EOFError) as error:
            raise NotATable("it is no readable gzip file") from error
    if path.suffix == ".zst":
        # DuckDB unpacks zst; as latin-1 lines every byte comes through unchanged.
        sql = """select line from read_csv(?, delim = '\x01', quote = '', escape = '', header = false,
            auto_detect = false, columns = {'line': 'varchar'}, encoding = 'latin-1') limit 5000"""
        try:
            rows = duckdb.connect().execute(sql, [str(path)]).fetchall()
        except duckdb.Error as error:
            raise NotATable("it is no readable zst file") from error
        return "\n".join(line or "" for (line,) in rows).encode("latin-1")
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def decode(data: bytes) -> tuple[str, str]:
    """Return text and encoding. Latin-1 reads anything, so it is the last resort."""
    if data.startswith(codecs.BOM_UTF16_LE):
        return data[: len(data) // 2 * 2].decode("utf-16", errors="ignore"), "utf-16"
    if data.startswith(codecs.BOM_UTF16_BE):
        return data[: len(data) // 2 * 2].decode("utf-16", errors="ignore"), "utf-16-be"
    if b"\0" in data:
        raise NotATable("it is not text")
    if data.isascii():
        return data.decode("ascii"), "ascii"
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data), "utf-8"
    except UnicodeDecodeError:
        # 0x80 to 0x9f are control characters in latin-1 and letters such as the euro sign in cp1252.
        encoding = "cp1252" if re.search(rb"[\x80-\x9f]", data) else "latin-1"
        return data.decode(encoding, errors="replace"), encoding


def split(text: str, delimiter: str, quote: str, limit: int = 500) -> list[tuple[int, list[str]]]:
    """Return rows as (lines before it, cells)."""
    if len(delimiter) > 1 or not quote:
        lines = text.splitlines()[:limit]
        return [(at, line.split(delimiter)) for at, line in enumerate(lines) if line.strip()]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before, cells))
            before = reader.line_num
            if len(rows) >= limit:
                break
    except csv.Error:
        pass
    return rows


def find_delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter by which most lines have the same number of fields, and that number."""
    best = (",", 1)
    best_score: tuple[float, int] = (0.7, 1)
    for delimiter in ["::", ";", "\t", "|", ","]:
        widths = Counter(len(cells) for _, cells in split(text, delimiter, '"'))
        total = widths.total()
        widths.pop(1, None)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (round(count / total, 1), width)
        if score > best_score:
            best, best_score = (delimiter, width), score
        if delimiter == "::" and score[0] >= 0.9:
            break  # a doubled colon hardly ever stands there by chance
    return best


def looks_like_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no numbers, nothing twice, other shapes than below."""
    first = [cell.strip() for cell in rows[0]]
    if any(re.fullmatch(r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*", cell) for cell in first):
        return False
    if len(rows) == 1:
        return True

    def shape(cell: str) -> str:
        return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", cell.strip()))

    # "u17,i4" above "u18,i9" is data: same letters and digits in the same order.
    alike = sum(
        any(char.isdigit() for char in cell) and shape(cell) == shape(rows[1][at])
        for at, cell in enumerate(first)
        if at < len(rows[1])
    )
    return alike * 2 <= len(first)


def column_names(cells: list[str]) -> list[str]:
    """Name the columns as DuckDB would: trimmed, empty ones numbered, repeated ones with _1."""
    names: list[str] = []
    for at, cell in enumerate(cells):
        name = cell.strip() or f"column{at:0{len(str(len(cells) - 1))}d}"
        unique, count = name, 0
        while unique.lower() in {each.lower() for each in names}:
            count += 1
            unique = f"{name}_{count}"
        names.append(unique)
    return names


def sniff(path: Path, headerless: dict[str, list[str]]) -> tuple[dict, list[str]]:
    """Return the ``format`` of recsys.toml and the column names.

    ``headerless`` are the columns of files known by name that carry no header.
    """
    data = head(path)
    text, encoding = decode(data)
    if not text.strip():
        raise NotATable("it is empty")
    if len(data) >= HEAD_BYTES:
        text = text[: text.rfind("\n") + 1]
    delimiter, width = find_delimiter(text)
    if width == 1 and (path.name.lower().startswith("readme") or not re.match(r"[\w\" ]{1,60}\r?\n", text)):
        raise NotATable("it is not a table")
    quote = '"'
    if delimiter == "::" or ('"' in text and not re.search(rf'(^|{re.escape(delimiter)})\s*"', text, re.M)):
        quote = ""  # quotes inside titles are just characters here
    rows = split(text, delimiter, quote)
    body = [row for row in rows if len(row[1]) == width]
    # A preamble may be padded with delimiters, so the table starts at the first row that is mostly filled.
    start = next((at for at, (_, cells) in enumerate(body) if sum(map(bool, cells)) >= 0.6 * width), 0)
    body = body[start:]
    known = headerless.get(path.name.lower().removesuffix(".gz").removesuffix(".zst"))
    known = known if known and len(known) == width else None
    header = not known and looks_like_header([cells for _, cells in body[:20]])
    found: dict = {"delimiter": delimiter, "encoding": encoding, "quote": quote, "skip": body[0][0]}
    if not header:
        found["header"] = False
        found["columns"] = known or [f"column{at}" for at in range(1, width + 1)]
    cells = {cell for _, row in body for cell in row}
    found["null"] = [mark for mark in NULL_MARKS if mark in cells]
    return found, found.get("columns") or column_names(body[0][1])
