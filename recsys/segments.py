"""What `recsys segment` shows: the segments, or one of them with its strategy and who is in it."""

from copy import copy

import pandas as pd

from recsys.errors import RecsysError, near
from recsys.output import Format, written_cell
from recsys.project import Project

SHOWN = 20
MART = "mart.segments"


def list_segments(project: Project) -> pd.DataFrame:
    """Return every segment with its size, worth and objective: the rules, RFM, stages of life, clusters, the most valuable of each first."""
    return project.query(
        "select segmentation, segment, user_count, user_share, net_amount, net_amount_ratio, strategy_objective, "
        f"previous_user_count, period_net_amount, previous_period_net_amount from segments order by {project.library[MART].order}")


def rebased(project: Project) -> Project:
    """Return the project with its RFM cut-offs thawed for one refresh; the next ones keep what that draws.

    Raises:
        RecsysError: they are not frozen, so each refresh draws them.
    """
    if not project.params["segment.rfm_is_frozen"]:
        raise RecsysError("--rebase: the cut-offs of RFM are drawn at each refresh as it is; to keep them in between, "
                          "set rfm_is_frozen = true under [params.segment]")
    thawed = copy(project)
    thawed.params = project.params.override({"segment.rfm_is_frozen": False}, "--rebase")
    return thawed


def basis(project: Project) -> str | None:
    """Return what is weak or stale about the data that the segments stand on, and why there are no clusters; None where all is well."""
    verdict, reason = project.query("select any_value(basis_verdict), any_value(basis_reason) from segments").iloc[0]
    return f"The basis is {verdict}{'' if verdict != 'enough' else ', but'}: {reason}" if isinstance(reason, str) else None


def named(project: Project, name: str) -> str:
    """Return the segment's own name for what somebody typed: in any case, or the name of the rule's file.

    Raises:
        RecsysError: there is no such segment; the message has the near match.
    """
    names = list(project.query("select distinct segment from segments")["segment"])
    files = {model.name: model.one("label") for model in project.library.models.values() if model.schema == "segment" and model.is_member}
    spoken = {known.lower(): known for known in names} | {file: label for file, label in files.items() if label in names}
    if name.lower() not in spoken:
        waiting = files.get(name.lower()) or next((label for label in files.values() if label.lower() == name.lower()), None)
        if waiting:
            raise RecsysError(f"The segment '{waiting}' is not published yet: run `recsys refresh`")
        raise RecsysError(f"There is no segment '{name}'.{near(name, names)}")
    return spoken[name.lower()]


def users_in(project: Project, name: str, *, moved: bool = False) -> pd.DataFrame:
    """Return who is in a segment and why, those who spent most first.

    Args:
        moved: only who came into it on the last day that history knows, with the segment before and the cause.
    """
    came, since = "h.previous_segment, h.cause, ", "and h.valid_from = (select max(known_on) from segment_transitions where since_on is not null) "
    return project.query(
        f"select s.user_id, p.order_count, p.net_amount, h.valid_from as since, {came if moved else ''}s.evidence from user_segments as s "
        "inner join user_profiles as p on p.user_id = s.user_id "
        "left join segment_history as h on h.user_id = s.user_id and h.segmentation = s.segmentation "
        f"and h.segment = s.segment and h.is_current where s.segment = ? {since if moved else ''}order by p.net_amount desc, s.user_id", [name])


def ways_to(project: Project, name: str) -> pd.DataFrame:
    """Return over which channels how many of a segment can be reached: those of its strategy in their order, then the others."""
    return project.query(
        "select contact_channel, strategy_place, channel_permitted_count, channel_reachable_count, channel_reachable_share "
        "from segment_channels where segment = ? and (strategy_place is not null or channel_permitted_count > 0) "
        "order by strategy_place nulls last, contact_channel", [name])


def segment_parts(project: Project, name: str, limit: int | None, form: Format, *, moved: bool = False) -> list[tuple[str, pd.DataFrame]]:
    """Return (title, table) of one segment: size and worth, strategy, reach, users. People get a page, programs get all.

    Raises:
        RecsysError: there is no such segment.
    """
    found = named(project, name)
    about = project.query("select * from segments where segment = ?", [found])
    users = users_in(project, found, moved=moved)
    shown = users.head(limit or (SHOWN if form is Format.table else len(users)))
    if form is Format.csv:
        return [("users", shown)]
    apart = _what_sets_apart(project, found, about)
    if form is Format.json:
        parts = [("segment", about), ("what_sets_it_apart", apart), ("users", shown)]
        return [(title, frame) for title, frame in parts if frame is not apart or not apart.empty]
    strategy = about.filter(like="strategy_").rename(columns=lambda column: column.removeprefix("strategy_"))
    told = strategy.iloc[0].dropna().rename_axis("part").rename("what").reset_index()
    facts = {name: written_cell(name, about[name].astype(object).iloc[0]) for name in about if not name.startswith("strategy_") and name != "segment"}
    size = pd.DataFrame([(name, value) for name, value in facts.items() if value], columns=["what", "value"])
    is_in = "Who came into it" if moved else "Who is in it"
    who = f"{is_in} (first {len(shown)} of {len(users):,}; -n for more)" if len(shown) < len(users) else is_in
    parts = [(found, size), ("What sets it apart", apart), ("What to do", told), ("How they can be reached", ways_to(project, found)), (who, shown)]
    return [(title, frame) for title, frame in parts if not frame.empty]


def _what_sets_apart(project: Project, name: str, about: pd.DataFrame) -> pd.DataFrame:
    """Return a cluster's numbers beside everybody's; of another segment none."""
    if "clusters" not in set(about["segmentation"]):
        return pd.DataFrame()
    return project.query("select trait, cluster_median, overall_median, deviation from clusters where segment = ? order by trait_rank", [name])
