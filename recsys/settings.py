"""The parameters of a project: packaged defaults, its recsys.toml, the command line; and how they must fit together."""

import calendar
import datetime as dt
from collections.abc import Mapping

from recsys.blocks import canonical
from recsys.config import PROJECT_KEYS, Config, flat_params
from recsys.errors import RecsysError, near
from recsys.library import Library
from recsys.members import chosen_members
from recsys.params import Params, load_toml
from recsys.sources import attribute_names
from recsys.sqltext import final_columns
from recsys.strategies import AVERAGE, check_strategies, traits

#: parameters that name a similarity measure; all but the first may be empty
MEASURES = ("score.measure", "score.user_measure", "score.sar_measure", "rating.measure")
#: parameters that are one of a few words
WORDS = {"project.unit": ("person", "household"), "similarity.weighting": ("none", "tf_idf", "bm25"), "rating.centre": ("baseline", "user", "item", "none")}
#: the preset of a project's own
TUNED = "tuned.toml"


def project_params(library: Library, config: Config, settings: dict[str, object]) -> Params:
    """Return the parameters of a project: packaged defaults, a preset, recsys.toml, then ``settings``.

    Raises:
        RecsysError: an unknown or ill-typed parameter, or one that does not fit the project or another one.
    """
    settings = {f"project.{key}" if key in PROJECT_KEYS else key: value for key, value in settings.items()}
    project = {f"project.{key}": value for key, value in config.project.items()}
    chosen = library.params().override(project, str(config.file)).override(
        {key: value for key, value in settings.items() if key == "project.preset"}, "--set")
    params = library.params().override(preset_params(library, config, name := chosen["project.preset"]), TUNED if name == "tuned" else "presets.toml")
    params = params.override(project, str(config.file)).override(config.params, f"{config.file} [params]").override(settings, "--set")
    if not params["project.id_type"]:
        first = config.of("interactions")[0].constants.get("id_type", "user")
        params = params.override({"project.id_type": first}, str(config.file))
    params = _with_ratings(library, config, params)
    _check_date(config, params)
    _check_unit(config, params)
    _check_axes(params)
    _check_words(params)
    _check_measures(library, params)
    _check_alpha(params, {**config.params, **settings})
    _check_group(config, params)
    _check_rfm(params)
    _check_lifecycle(params)
    _check_lists(params)
    _check_attributes(library, config)
    check_strategies(library, config, params)
    return params


def _with_ratings(library: Library, config: Config, params: Params) -> Params:
    """Ratings are expected where a source has some; else, by default, nothing that only they need is built."""
    family = library.families.get("rating")
    if not family:
        return params
    if any("rating" in source.columns or "rating" in source.constants for source in config.of("interactions")):
        return params if params["rating.measure"] else params.by_default({"rating.measure": params["score.measure"]})
    return params.by_default({f"rating.weight_{member.name}": 0.0 for member in library.members(family)})


def preset_params(library: Library, config: Config, name: str) -> dict[str, object]:
    """Return a named set of parameters: a packaged one, or what `recsys tune --accept` has put beside recsys.toml.

    Raises:
        RecsysError: there is none of this name.
    """
    if name != "tuned":
        return library.preset(name)
    if not (file := config.folder / TUNED).exists():
        raise RecsysError(f"preset is 'tuned', and there is no {file}: `recsys tune` and then `recsys tune --accept` write it")
    return flat_params(file, load_toml(file).get("params", {}))


def _check_date(config: Config, params: Params) -> None:
    day = params["project.as_of_on"]
    try:
        dt.date.fromisoformat(day or "2000-01-01")
    except ValueError:
        where = config.file if config.project.get("as_of_on") == day else "--set"
        raise RecsysError(f"{where}: as_of_on is a date such as 2024-06-30, not '{day}'") from None


def _check_words(params: Params) -> None:
    for key, words in WORDS.items():
        if (word := params.values.get(key, words[0])) not in words:
            raise RecsysError(f"{key} is {', '.join(words[:-1])} or {words[-1]}, not '{word}'.{near(word, words)}")


def _check_unit(config: Config, params: Params) -> None:
    if params["project.unit"] == "household" and not any("household_id" in source.columns for source in config.of("users")):
        raise RecsysError(f"{config.file}: unit = \"household\" needs household_id under [users.columns]: who lives with whom")


def _check_axes(params: Params) -> None:
    for axis in params.values.get("similarity.axes", ()):
        if axis not in ("user", "item"):
            raise RecsysError(f"similarity.axes names user, item or both, not '{axis}'.{near(axis, ('user', 'item'))}")


def _check_measures(library: Library, params: Params) -> None:
    family = library.families.get("similarity")
    if not family:
        return
    known = [member.name for member in library.members(family)]
    chosen = [member.name for member in chosen_members(library, family, params)]
    for key in MEASURES:
        measure = params[key]
        if measure not in known and (measure or key == "score.measure"):
            raise RecsysError(f"{key}: there is no measure called '{measure}'.{near(measure, known)}")
        if measure and measure not in chosen:
            raise RecsysError(
                f"{key} = {measure}: {measure} has no weight, so no refresh builds it; set similarity.weight_{measure} = 1 as well")


def _check_alpha(params: Params, own: Mapping[str, object]) -> None:
    alpha = params["score.alpha"]
    weights = [key for key in own if key.startswith("score.weight_")]
    if -1 < alpha < 0:
        raise RecsysError(f"score.alpha is a share between 0 and 1 (or -1: not used), not {alpha}")
    if alpha >= 0 and weights:
        raise RecsysError(f"score.alpha and {weights[0]} are both set: alpha stands for all weights of scorers, so set one or the other")


def _check_group(config: Config, params: Params) -> None:
    group, names = params["recommendation.group_attribute"], attribute_names(config)
    private = {name for source in config.of("users") for name in source.private}
    published = [name for name in names if name not in private and not name.startswith("contact_")]
    if group and group in names and group not in published:
        raise RecsysError(
            f"recommendation.group_attribute: '{group}' is private or contact data, of which no groups are made: "
            f"name a published attribute ({', '.join(published) or 'there is none yet'})"
        )
    if group and group not in published:
        raise RecsysError(f"recommendation.group_attribute: the users have no attribute '{group}'.{near(group, published)}")


def _check_attributes(library: Library, config: Config) -> None:
    """An attribute stands beside the columns that recsys makes of each user."""
    taken = {
        column.lower() for model in library.models.values() if "in attributes" in model.template
        for column in final_columns(model.template) if column not in canonical()["users"]
    }
    for source in config.of("users"):
        for name in source.attributes:
            if name.lower() in taken:
                raise RecsysError(f"{source.where}: '{name}' is a column that recsys makes of every user: give the "
                                  f"attribute another name, such as crm_{name.lower()}")


def _check_lifecycle(params: Params) -> None:
    for name, what in (
        ("lifecycle_gap_factors", "of usual gaps"), ("lifecycle_return_shares", "shares of others who had come again"),
        ("lifecycle_least_days", "of days"),
    ):
        bounds = params[f"segment.{name}"]
        if len(bounds) != 3 or bounds != sorted(bounds):
            raise RecsysError(f"segment.{name} is three rising numbers {what}, after which a customer is slowing, at risk and lapsed; not {bounds}")


def _check_rfm(params: Params) -> None:
    for name, may_be_empty, what in (
        ("rfm_frequency_from", False, "of orders, from which on the frequency score is 2, 3, 4 and 5"),
        ("rfm_recency_within", True, "of days, up to which the recency score is 5, 4, 3 and 2, or empty: by fifths"),
    ):
        bounds = params[f"segment.{name}"]
        is_fit = len(bounds) == 4 and all(type(bound) is int for bound in bounds) and bounds == sorted(set(bounds))
        if not is_fit and (bounds or not may_be_empty):
            raise RecsysError(f"segment.{name} is four rising whole numbers {what}; not {bounds}")


def _check_lists(params: Params) -> None:
    """Lists of words of which each has to be known, and none twice."""
    for key, known in (
        ("profile.weekend_days", calendar.day_name[:]),
        ("cluster.features", list(dict.fromkeys(trait["name"] for trait in traits() if trait["name"] != AVERAGE))),
        ("cluster.counts", None),
    ):
        words = params.values.get(key, [])
        for place, word in enumerate(words):
            if known and word not in known:
                raise RecsysError(f"{key}: there is no '{word}'.{near(word, known)}")
            if word in words[:place]:
                raise RecsysError(f"{key} names {word} twice")
