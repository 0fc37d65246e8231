"""MovieLens in all its layouts: 100K (u.data, u.item, u.user), 1M and 10M (``::``), 20M and later (CSV)."""

from recsys.init.model import Export, Source

GENRES = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
]

#: files without header, by name, and their columns
HEADERLESS = {
    "u.data": ["user_id", "item_id", "rating", "timestamp"],
    "u.item": ["movie_id", "title", "release_date", "video_release_date", "imdb_url", *GENRES],
    "u.user": ["user_id", "age", "gender", "occupation", "zip_code"],
    "ratings.dat": ["user_id", "item_id", "rating", "timestamp"],
    "movies.dat": ["movie_id", "title", "genres"],
    "users.dat": ["user_id", "gender", "age", "occupation", "zip_code"],
    "tags.dat": ["user_id", "item_id", "tag", "timestamp"],
}


def recognise(export: Export) -> list[Source] | None:
    """Return the source of a MovieLens file; links and genome files make none."""
    columns = list(export.columns)
    known = next((name for name in HEADERLESS.values() if name == columns), None)
    if known and export.format.get("header") is False:
        ids = {"user_id": "user_id", "item_id": "item_id" if "item_id" in columns else "movie_id"}
    elif columns[:2] == ["userId", "movieId"] or (columns and columns[0] in ("movieId", "tagId")):
        ids = {"user_id": "userId", "item_id": "movieId"}
    else:
        return None
    if export.has("rating"):
        mapped = {**ids, "rating": "rating", "occurred_at": "timestamp"}
        return [source("interactions", export, mapped, constants={"event_type": "rating"})]
    if export.has("title"):
        return [source("items", export, {"item_id": ids["item_id"], "name": "title", "tags": tags(export)})]
    if export.has("gender"):
        attributes = {name: name for name in ("age", "gender", "occupation")}
        return [source("users", export, {"user_id": "user_id", **attributes}, key=["user_id"])]
    if export.has("tag") and ids["item_id"] in columns:
        return [words(export, ids["item_id"])]
    return []


def words(export: Export, film: str) -> Source:
    """Return what viewers say of a film as its text, beside its genres: the words of all tags, each once."""
    query = f"select {film}, string_agg(distinct lower(tag), ' ' order by lower(tag)) as words from {{source}} group by {film}"
    return source("items", export, {"item_id": film, "text": "words"}, query=query)


def source(kind: str, export: Export, columns: dict[str, str], **more: object) -> Source:
    """Return a source that says where its mapping is known from."""
    if kind == "items":
        more["key"] = [columns["item_id"]]
    return Source(kind, export.stem, export, columns, recognised="MovieLens", **more)


def tags(export: Export) -> str:
    """Return the genres, which 100K keeps as one flag each."""
    if export.has("genres"):
        return "nullif(genres, '(no genres listed)')"
    flags = [f"""case when "{genre}" = '1' then '{genre}' end""" for genre in GENRES[1:]]
    return "concat_ws('|', " + ", ".join(flags) + ")"
