"""Likeness, tastes and recommendations of data/handmade, reckoned a second time in plain Python.

Nothing here knows the models or the engine: what is written below are the rules, once more, with the parameters as
they are by default. Items are numbered by popularity, users by id, features by how common they are: of equals the
smaller number comes first.
"""

import math
import re
from collections import Counter, defaultdict
from itertools import islice
from statistics import pstdev

from handmade_reckoning import ACTS, EVENTS, ITEMS, USERS

EVENT_WEIGHTS = {"purchase": 1.0, "add_to_cart": 0.5, "view_item": 0.2, "rating": 1.0}
SCORER_WEIGHTS = {"item_neighbours": 1.0, "user_neighbours": 0.5, "content": 0.3}
HALF_LIFE_DAYS = 180
CONTENT_POPULARITY = 0.2


def grid(value: float) -> float:
    return math.floor(value * 4096 + 0.5) / 4096


def places(value: float, count: int) -> float:
    return math.floor(value * 10**count + 0.5) / 10**count


def fine(value: float) -> float:
    return round(value * 2**33) / 2**33


# --- strengths and who is like whom ---

def events_of(user: str, item: str) -> list:
    return sorted((row for row in ACTS if (row.user, row.item) == (user, item)), key=lambda row: row.at)


def strength(user: str, item: str) -> float | None:
    """The newest rating, else log2(1 + sum of event weights); None without events."""
    acts = events_of(user, item)
    ratings = [row.rating for row in acts if row.rating]
    return grid(ratings[-1] if ratings else math.log2(1 + sum(EVENT_WEIGHTS[row.kind] for row in acts))) if acts else None


#: what is never recommended tells of nobody's taste: it makes nobody alike, speaks for nothing and is no reason
TELLING = [item for item, row in ITEMS.items() if row["recommended"] == "yes"]
DRAWN = {user: {item: strength(user, item) for item in TELLING if strength(user, item)} for user in USERS}
AUDIENCE = {item: {user: DRAWN[user][item] for user in USERS if item in DRAWN[user]} for item in ITEMS}
POPULAR = sorted(ITEMS, key=lambda item: (-len(AUDIENCE[item]), item))


def popularity(item: str) -> float:
    """Of all users those who had to do with it; each halves for every half-life since her last event with it."""
    ages = [(NOW - events_of(user, item)[-1].at).total_seconds() / 86400 for user in AUDIENCE[item]]
    return places(sum(places(0.5 ** (age / HALF_LIFE_DAYS), 12) for age in ages) / len(USERS), 9)


def length(vector: dict) -> float:
    return math.hypot(*vector.values())


def nearest(vectors: dict, numbered: list) -> dict:
    """Of each the others with at least two things in common, the most alike by cosine first, ties as numbered."""
    found = defaultdict(list)
    for mine in numbered:
        for theirs in numbered:
            common = vectors[mine].keys() & vectors[theirs].keys()
            if mine != theirs and len(common) >= 2:
                dot = sum(vectors[mine][key] * vectors[theirs][key] for key in common)
                found[mine].append((theirs, round(dot / (length(vectors[mine]) * length(vectors[theirs])), 9), len(common)))
        found[mine].sort(key=lambda neighbour: (-neighbour[1], numbered.index(neighbour[0])))
    return found


LIKE_ITEMS, LIKE_USERS = nearest(AUDIENCE, POPULAR), nearest(DRAWN, USERS)


def similar_items():
    for item in sorted(ITEMS):
        for rank, (other, similarity, common) in enumerate(LIKE_ITEMS[item], 1):
            yield {
                "item_id": item, "item_name": ITEMS[item]["name"], "measure": "cosine", "rank": rank,
                "other_item_id": other, "other_item_name": ITEMS[other]["name"], "similarity": similarity,
                "common_count": common,
            }


def similar_users():
    for user in USERS:
        for rank, (other, similarity, common) in enumerate(LIKE_USERS[user], 1):
            yield {
                "user_id": user, "measure": "cosine", "rank": rank, "other_user_id": other, "similarity": similarity,
                "common_count": common,
            }


# --- features of items and tastes of users: tf-idf ---

def is_rated(user: str, item: str) -> bool:
    return any(row.kind == "rating" for row in events_of(user, item))


def is_liked(user: str, item: str) -> bool:
    """What is rated worse than its user usually rates tells of no taste."""
    rated = [value for own, value in DRAWN[user].items() if is_rated(user, own)]
    return not is_rated(user, item) or DRAWN[user][item] >= sum(rated) / len(rated)



def said(row: dict) -> list[tuple]:
    """(kind, value) as often as the item says so; its text is its brand and its name, and numbers are no words."""
    words = [word for word in re.findall(r"[^\W_]+", f"{row['brand']} {row['name']}".lower()) if not word.isdecimal()]
    tags = {tag.strip() for tag in row["tags"].split(",")}
    told = [("category", row["category"]), ("brand", row["brand"]), *(("tag", tag) for tag in tags)]
    return [*told, *(("keyword", word) for word in words)]


SAID = {item: Counter(feature for feature in said(row) if feature[1]) for item, row in ITEMS.items()}
COMMON = Counter(feature for told in SAID.values() for feature in told)
#: a keyword needs two items and may have a tenth of them at most; a tenth of fifteen is less than two: there is none
FEATURES = sorted((feature for feature in COMMON if feature[0] != "keyword"), key=lambda feature: (-COMMON[feature], feature))


def vector(item: str) -> dict:
    """Each feature's part of its kind, times ln(items / items that have it)."""
    found = {feature: SAID[item][feature] for feature in FEATURES if feature in SAID[item]}
    parts = {feature: grid(1 / math.sqrt(sum(kind == feature[0] for kind, _ in found))) for feature in found}
    return {feature: grid(part * grid(math.log(len(ITEMS) / COMMON[feature]))) for feature, part in parts.items()}


VECTORS = {item: vector(item) for item in ITEMS}
LIKED = {user: {item: drawn for item, drawn in DRAWN[user].items() if is_liked(user, item)} for user in USERS}
PULL = {user: {feature: sum(drawn * VECTORS[item].get(feature, 0) for item, drawn in LIKED[user].items()) for feature in FEATURES}
        for user in USERS}
TASTERS = {feature: sum(PULL[user][feature] > 0 for user in USERS) for feature in FEATURES}
TASTES = {user: {feature: grid(pull * math.log(1 + len(USERS) / TASTERS[feature])) for feature, pull in PULL[user].items() if pull}
          for user in USERS}  # all twelve have one


# --- what each scorer says, and the blend ---

def sources(user: str, item: str) -> dict:
    """{scorer: {(kind, source): what it adds}}; every part lies on a grid of 2^-33."""
    tastes, features = TASTES[user], VECTORS[item]
    damped = max(popularity(item), 1 / len(USERS)) ** CONTENT_POPULARITY
    return {
        "item_neighbours": {("item", own): fine(similarity * DRAWN[user][own])
                            for own, similarity, _ in LIKE_ITEMS[item] if own in DRAWN[user]},
        "user_neighbours": {("user", other): fine(similarity * DRAWN[other][item])
                            for other, similarity, _ in LIKE_USERS[user] if item in DRAWN[other]},
        "content": {("taste", feature): fine(tastes[feature] / length(tastes) * (features[feature] / length(features) * damped))
                    for feature in tastes.keys() & features.keys()},
    }


def family(item: str) -> str:
    return ITEMS[item]["parent"] or item


def unseen(user: str) -> list[str]:
    """What may be recommended, the most popular first: not bought or rated in any variant, and meant for it."""
    had = {family(row.item) for row in ACTS if row.user == user and row.kind in ("purchase", "rating")}
    return [item for item in POPULAR if item in TELLING and family(item) not in had]


def blend(user: str) -> dict:
    """{item: {scorer: contribution}}: each score by its standard deviation over all unseen items, times its weight."""
    told = {item: sources(user, item) for item in unseen(user)}
    added = {item: {} for item in told}
    for scorer, weight in SCORER_WEIGHTS.items():
        scores = {item: sum(parts[scorer].values()) for item, parts in told.items()}
        for item, score in scores.items():
            if score:
                added[item][scorer] = places(weight * score / (pstdev(scores.values()) or max(scores.values())), 12)
    return added


NOW = max(row.at for row in EVENTS)


def families_once(items):
    """Of the variants of a product the first."""
    met = set()
    return (item for item in items if not (family(item) in met or met.add(family(item))))


def listed(user: str) -> list[tuple]:
    """The ten best as (item, score, {scorer: contribution}, source): personal ones, then bestsellers."""
    added = blend(user)
    scores = {item: round(sum(parts.values()), 9) for item, parts in added.items()}
    best = sorted((item for item in scores if scores[item] > 0), key=lambda item: -scores[item])
    personal = [(item, scores[item], added[item], "personalized") for item in islice(families_once(best), 10)]
    taken = {family(item) for item, *_ in personal}
    shares = {item: popularity(item) for item in added if family(item) not in taken}
    selling = families_once(sorted(shares, key=lambda item: -shares[item]))
    return (personal + [(item, shares[item], {"popularity": shares[item]}, "popular_fallback") for item in selling])[:10]


LISTED = {user: listed(user) for user in USERS}


# --- reasons: each source has of a scorer's contribution the share that it has of the scorer's score ---

def number(kind: str, source) -> int:
    return {"item": POPULAR, "user": USERS, "taste": FEATURES, "popularity": [None]}[kind].index(source)


def reasons(user: str, item: str, parts: dict) -> list[tuple]:
    """(kind, source, contribution), the strongest first."""
    if "popularity" in parts:
        return [("popularity", None, parts["popularity"])]
    told = sources(user, item)
    found = [(kind, source, parts[scorer] * value / sum(told[scorer].values()))
             for scorer in parts for (kind, source), value in told[scorer].items()]
    return sorted(found, key=lambda reason: (-reason[2], reason[0], number(*reason[:2])))


def deed(user: str, item: str) -> str:
    kinds = {row.kind for row in events_of(user, item)}
    if "purchase" in kinds:
        return "bought"
    if "rating" not in kinds:
        return "looked at"
    return "liked" if is_liked(user, item) else "rated"


def sentence(user: str, why: list[tuple]) -> str:
    """The kind that gives most has the word."""
    sums = Counter()
    for kind, _, value in why:
        sums[kind] += value
    strongest = min(sums, key=lambda kind: (-sums[kind], kind))
    named = [source for kind, source, _ in why if kind == strongest][:2]
    if strongest == "item":
        deeds, names = [deed(user, own) for own in named], [ITEMS[own]["name"] for own in named]
        return f"because you {deeds[0]} {' and '.join(names if deeds == deeds[:1] * 2 else names[:1])}"
    if strongest == "taste":
        return "because you like " + " and ".join(f'"{value}"' if kind == "tag" else value for kind, value in named)
    return {"user": "chosen by people with a taste like yours", "popularity": "popular with others"}[strongest]


# --- what she would rate it: the mean of all, what she and the item add, and what neighbours of both say about that ---

STARS = {(user, item): drawn for user in USERS for item, drawn in DRAWN[user].items() if is_rated(user, item)}
MEAN = sum(STARS.values()) / len(STARS)


def baselines() -> tuple[dict, dict]:
    """Of users and items, told from each other in ten turns; a user's drawn to nothing by 15 ratings, an item's by 10."""
    users, items = dict.fromkeys(USERS, 0), dict.fromkeys(ITEMS, 0)
    for _ in range(10):
        for item in ITEMS:
            left = [stars - MEAN - users[user] for (user, own), stars in STARS.items() if own == item]
            items[item] = sum(left) / (len(left) + 10)
        for user in USERS:
            left = [stars - MEAN - items[item] for (own, item), stars in STARS.items() if own == user]
            users[user] = sum(left) / (len(left) + 15)
    return users, items


ABOVE_USERS, ABOVE_ITEMS = baselines()


def usual(user: str, item: str) -> float:
    return MEAN + ABOVE_USERS[user] + ABOVE_ITEMS[item]


def expected_rating(user: str, item: str) -> float:
    """Each way's answer is a mean weighed by similarity, with one more of it that says nothing; both count alike."""
    asked = [(similarity, (other, item)) for other, similarity, _ in LIKE_USERS[user]], [
        (similarity, (user, other)) for other, similarity, _ in LIKE_ITEMS[item]]
    answers = []
    for pairs in asked:
        heard = [(similarity, STARS[pair] - usual(*pair)) for similarity, pair in pairs if pair in STARS]
        if heard:
            answers.append(sum(similarity * more for similarity, more in heard) / (sum(similarity for similarity, _ in heard) + 1))
    told = usual(user, item) + sum(answers) / max(len(answers), 1)
    return min(max(told, min(STARS.values())), max(STARS.values()))


def recommendations():
    for user, best in LISTED.items():
        for rank, (item, score, parts, source) in enumerate(best, 1):
            yield {
                "user_id": user, "list": "discover", "rank": rank, "item_id": item, "item_name": ITEMS[item]["name"],
                "score": score, "source": source, "expected_on": None,
                "expected_rating": expected_rating(user, item), "reason": sentence(user, reasons(user, item, parts)),
            }


def recommendation_scores():
    for user, best in LISTED.items():
        for item, _, parts, _ in sorted(best):
            for scorer in sorted(parts):
                yield {"user_id": user, "list": "discover", "item_id": item, "scorer": scorer, "contribution": parts[scorer]}


def recommendation_reasons():
    for user, best in LISTED.items():
        for item, _, parts, _ in sorted(best):
            why = reasons(user, item, parts)
            rest = [("other", None, sum(value for *_, value in why[5:]))] if why[5:] else []
            for rank, (kind, source, value) in enumerate(why[:5] + rest, 1):
                yield {
                    "user_id": user, "list": "discover", "item_id": item, "reason_rank": rank, "source_kind": kind,
                    "reason_id": source if kind in ("item", "user") else None,
                    "reason_name": ITEMS[source]["name"] if kind == "item" else source[1] if kind == "taste" else source or kind,
                    "contribution": value,
                }
