"""The scorers and their blend once more, in numpy: what test_oracle.py holds the published tables against.

Users and items are rows and columns of matrices, users by id, items by popularity and then id, so that of equals the
smaller number wins. Nothing here knows the models; only the grid of 1/4096, on which strengths, features and tastes
lie, is theirs.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd
from scipy import sparse

KINDS = ("category", "subcategory", "brand", "tag", "keyword")
#: what is published is rounded to nine places; what a source adds to a score is so before it is added up
TOLERANCE = 1e-9


def on_grid(values):
    return np.floor(np.asarray(values) * 4096 + 0.5) / 4096


def drawn(events: pd.DataFrame, weights: dict[str, float], half_life: float = 0) -> pd.DataFrame:
    """How strongly events (user, item, type, day) draw users to items, as World takes it: log2(1 + what is left of them)."""
    age = (events["day"].max() - events["day"]) / pd.Timedelta(days=1)
    left = events["type"].map(weights) * (0.5 ** (age / half_life) if half_life else 1)
    found = events.assign(weight=np.round(left, 9), age=age, is_had=events["type"] == "purchase").groupby(["user", "item"])
    found = found.agg(weight=("weight", "sum"), age=("age", "min"), is_had=("is_had", "any")).reset_index()
    return found.assign(rating=np.log2(1 + found["weight"]), is_rated=False)


class World:
    """Who is drawn to what, and what there is to recommend.

    Args:
        ratings: user, item, rating; and, where not every row is a rating of today, is_rated, is_had and age in days.
        items: item and, where there is one, category, subcategory, brand, tags (by |), text, parent, is_available.
        measure: by which neighbours are alike.
        shrinkage: what is added to its denominator.
    """

    def __init__(self, ratings: pd.DataFrame, items: pd.DataFrame | None = None, measure: str = "cosine", shrinkage: float = 0) -> None:
        self.likeness = measure, shrinkage
        known = pd.DataFrame({"item": ratings["item"].unique()}) if items is None else items
        known = known.merge(pd.DataFrame({"item": ratings["item"].unique()}), how="outer")
        popularity = ratings.groupby("item")["user"].nunique().reindex(known["item"]).fillna(0).to_numpy()
        self.items = known.iloc[np.lexsort((known["item"], -popularity))].reset_index(drop=True)
        self.users = sorted(ratings["user"].unique())
        self.user_no = {user: number for number, user in enumerate(self.users)}
        self.item_no = {item: number for number, item in enumerate(self.items["item"])}
        places = ratings["user"].map(self.user_no), ratings["item"].map(self.item_no)
        self.kin = pd.factorize(self.column("parent").fillna(self.items["item"]))[0]
        had = np.zeros((len(self.users), len(self.items)), dtype=bool)  # by product: the columns are kin
        is_had = ratings.get("is_had", pd.Series(True, ratings.index))
        had[places[0][is_had], self.kin[places[1][is_had]]] = True
        self.available = self.column("is_available").fillna(True).to_numpy(bool)
        #: what is never recommended is no sign of a taste either
        told = on_grid(ratings["rating"]) * self.available[places[1]]
        self.strength = sparse.csr_array((told, places), (len(self.users), len(self.items)))
        self.strength.eliminate_zeros()
        #: what is rated worse than its user usually rates is not liked
        is_rated = ratings.get("is_rated", pd.Series(True, ratings.index)) & (told > 0)
        usual = pd.Series(told)[is_rated.to_numpy()].groupby(places[0][is_rated].to_numpy()).mean()
        is_liked = ~is_rated.to_numpy() | (told >= places[0].map(usual).to_numpy())
        self.liked = sparse.csr_array((told * is_liked, places), self.strength.shape)
        self.age = np.zeros(self.strength.shape)
        self.age[places] = ratings.get("age", 0)
        #: what may be recommended to whom
        self.unseen = self.available[None, :] & ~had[:, self.kin]

    def column(self, name: str) -> pd.Series:
        return self.items[name] if name in self.items else pd.Series([None] * len(self.items), dtype=object)

    # --- the scorers: users by items ---

    def item_neighbours(self, k: int = 30, least: int = 2) -> np.ndarray:
        return votes(self.strength, nearest(self.strength.T, k, least, *self.likeness))

    def user_neighbours(self, k: int = 50, least: int = 2) -> np.ndarray:
        return votes(nearest(self.strength, k, least, *self.likeness), sparse.csr_array(self.strength.T))

    def popularity(self, half_life: float = 180) -> np.ndarray:
        """The same for all: of all users those who had to do with it, who did so long ago for less."""
        return np.tile(np.rint(self.popularity_share(half_life) * 2**33) / 2**33, (len(self.users), 1))

    def popularity_share(self, half_life: float = 180) -> np.ndarray:
        present = np.floor(0.5 ** (self.age / half_life) * 1e12 + 0.5) / 1e12 * (self.strength.toarray() > 0)
        return np.round(present.sum(axis=0) / len(self.users), 9)

    def content(self, tastes: int = 50, popularity: float = 0.2) -> np.ndarray:
        """Cosines of tastes and features, times the popularity to a power; of a new item as if one user had it."""
        features = self.features()
        drawn = (self.liked @ features).toarray()
        tasters = (drawn > 0).sum(axis=0)
        liked = on_grid(drawn * np.log(1 + (drawn > 0).any(axis=1).sum() / np.maximum(tasters, 1)))
        for row in liked:
            row[np.lexsort((np.arange(len(row)), -row))[tastes:]] = 0
        damped = np.maximum(self.popularity_share(), 1 / len(self.users)) ** popularity
        return votes(of_length_one(liked), sparse.csr_array(of_length_one(features) * damped[:, None]))

    def features(self) -> sparse.csr_array:
        """Items by features, tf-idf; common features first, since of equal tastes the commoner one counts."""
        said = [self.said(row) for row in self.items.to_dict("records")]
        described = sum(bool(words) for words in said)
        counts = Counter(feature for words in said for feature in words)
        kept = sorted((-count, kind, value) for (kind, value), count in counts.items()
                      if kind != "keyword" or 2 <= count <= 0.1 * described)
        number = {(kind, value): place for place, (_, kind, value) in enumerate(kept)}
        rarity = on_grid(np.log(described / -np.array([count for count, _, _ in kept])))
        rows, columns, weights = [], [], []
        for item, words in enumerate(said):
            for wanted in KINDS:
                found = [feature for feature in words if feature[0] == wanted and feature in number]
                loudness = on_grid(1 + np.log([words[feature] for feature in found]))
                places = [number[feature] for feature in found]
                rows += [item] * len(found)
                columns += places
                weights += list(on_grid(on_grid(loudness / np.linalg.norm(loudness)) * rarity[places])) if found else []
        return sparse.csr_array((weights, (rows, columns)), (len(said), len(kept)))

    @staticmethod
    def said(item: dict) -> Counter:
        """What is said of an item, and how often; its name counts where nothing else is said."""
        item = {key: value for key, value in item.items() if isinstance(value, str) and value}
        found = Counter({(kind, item[kind]): 1 for kind in KINDS[:3] if kind in item})
        found.update({("tag", tag): 1 for tag in item.get("tags", "").split("|") if tag})
        text = item.get("text", "" if found else item.get("name", ""))
        found.update(("keyword", word) for word in re.findall(r"[^\W_]+", text.lower()) if not word.isdecimal())
        return found

    # --- the blend ---

    def blend(self, **weights: float) -> np.ndarray:
        """The scorers' weighted sum, each divided by its standard deviation over what the user has not had."""
        total = np.zeros(self.unseen.shape)
        for name, weight in weights.items():
            scores = np.where(self.unseen, getattr(self, name)(), 0)
            for user, row in enumerate(scores):
                seen = row[self.unseen[user]]
                if seen.any():  # of scores that are all the same their size
                    total[user] += weight * row / (np.std(seen) if np.ptp(seen) > 1e-9 * seen.max() else seen.max())
        return total

    def assert_lists(self, found: pd.DataFrame, scores: np.ndarray, top_n: int = 10) -> None:
        """The personal part of the published lists is what is best by ``scores``, one variant of a product."""
        found = found[found["source"] == "personalized"].sort_values(["user_id", "rank"])
        assert not found.empty
        scores, by_user = np.where(self.unseen, scores, 0), dict(list(found.groupby("user_id")))
        for user, name in enumerate(self.users):
            best = np.zeros(self.kin.max() + 1)
            np.maximum.at(best, self.kin, scores[user])
            best = np.sort(best[best > 0])[::-1][:top_n]
            rows = by_user.get(name, found.iloc[:0])
            numbers = rows["item_id"].map(self.item_no).to_numpy(int)
            assert list(rows["rank"]) == list(range(1, len(best) + 1)), name
            assert len(set(self.kin[numbers])) == len(numbers), name
            for wanted in (scores[user, numbers], best):
                np.testing.assert_allclose(rows["score"], wanted, rtol=0, atol=TOLERANCE, err_msg=name)
            assert list(np.lexsort((numbers, -rows["score"].to_numpy()))) == list(range(len(numbers))), name


def nearest(vectors: sparse.csr_array, k: int, least: int, measure: str = "cosine", shrinkage: float = 0) -> sparse.csr_array:
    """Of each row the k rows most like it that have at least so much in common; ties to the smaller number.

    Shrinkage is added to the denominator of the measure.
    """
    vectors = sparse.csr_array(vectors)
    ones = sparse.csr_array((vectors > 0).astype(int))
    length, degree = np.sqrt((vectors * vectors).sum(axis=1)), ones.sum(axis=1)
    dots, common = sparse.csr_array(vectors @ vectors.T), sparse.csr_array(ones @ ones.T)
    dots.sort_indices()
    common.sort_indices()
    rows, columns, values = [], [], []
    for row, (start, end) in enumerate(zip(dots.indptr, dots.indptr[1:], strict=False)):
        others, both = dots.indices[start:end], common.data[start:end]
        may = (others != row) & (both >= least)
        others, both = others[may], both[may]
        if measure == "cosine":
            similarity = dots.data[start:end][may] / (length[row] * length[others] + shrinkage)
        elif measure == "jaccard":
            similarity = both / (degree[row] + degree[others] - both + shrinkage)
        else:
            similarity = np.array([pearson(*vectors[[row, other]].toarray(), shrinkage) for other in others])
        similarity = np.round(similarity, 9)
        best = np.lexsort((others, -similarity))[:k]
        best = best[similarity[best] > 0]
        rows += [row] * len(best)
        columns += list(others[best])
        values += list(similarity[best])
    return sparse.csr_array((values, (rows, columns)), dots.shape)


def pearson(mine: np.ndarray, theirs: np.ndarray, shrinkage: float) -> float:
    """Over what both have, about their means there; 0 where one of them is constant."""
    both = (mine > 0) & (theirs > 0)
    if both.sum() < 2 or not np.ptp(mine[both]) or not np.ptp(theirs[both]):
        return 0.0
    x, y = (side[both] - side[both].mean() for side in (mine, theirs))
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)


def votes(weights, vectors: sparse.csr_array) -> np.ndarray:
    """Weights times vectors, transposed; each product lies on a grid of 2^-33, as what a source adds does."""
    weights, columns = sparse.csr_array(weights), sparse.csc_array(vectors)
    found = np.zeros((weights.shape[0], columns.shape[0]))
    for row, (start, end) in enumerate(zip(weights.indptr, weights.indptr[1:], strict=False)):
        sources = columns[:, weights.indices[start:end]]
        products = sources.data * np.repeat(weights.data[start:end], np.diff(sources.indptr))
        np.add.at(found[row], sources.indices, np.rint(products * 2**33) / 2**33)
    return found


def of_length_one(vectors) -> sparse.csr_array:
    vectors = sparse.csr_array(vectors)
    lengths = np.sqrt((vectors * vectors).sum(axis=1))
    return sparse.csr_array((vectors.data / np.repeat(lengths, np.diff(vectors.indptr)), vectors.indices, vectors.indptr), vectors.shape)
