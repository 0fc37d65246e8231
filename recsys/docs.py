"""The data dictionary and the lineage as Markdown, made from the models themselves."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from recsys.checks import columns_of
from recsys.library import LAYERS, Library, bundled, load_library
from recsys.model import STRATEGY
from recsys.plan import Plan
from recsys.specrun import SpecRunner

LAYER_WORDS = {
    "raw": "the canonical inputs, as the project file maps them",
    "staging": "clean, deduplicated, netted; rejected rows with reasons",
    "profile": "what is known of each user and item",
    "similarity": "measures over one self-join kernel",
    "score": "what every scorer says about every user and item",
    "recommendation": "exclusions, the lists, the reasons",
    "rating": "how each user would rate what is recommended to her, where there are ratings",
    "value": "how many orders to expect of each customer, and what they will be worth",
    "cluster": "customers grouped by k-means, the groups named by what sets them apart",
    "segment": "RFM, stages of life, rules; what to do about each, and who moved when",
    "campaign": "who may be reached, what to do about each user next, the control group",
    "evaluation": "metrics",
    "mart": "what is published",
}


def dictionary(folder: Path | None = None) -> str:
    """Return the dictionary of the packaged models and, where ``folder`` has any, of the project's own."""
    library = load_library(folder / "sql" if folder and folder.resolve() != bundled("sql").parent else None)
    runner = SpecRunner(library)
    lines = [
        "# Models", "",
        "Made by `recsys docs --to sql/README.md` from the models; do not edit.", "",
        "A folder is a schema is a layer; a model reads its own layer or earlier ones. Only `raw` reads files, "
        "and nothing reads `mart`. What `mart` holds is published under the same names.", "",
        *_lineage(runner.plan), "", *_layers(library, runner),
    ]
    return "\n".join(lines) + "\n"


def _lineage(plan: Plan) -> list[str]:
    """Mermaid: layers as boxes, an arrow where a model of one layer reads another's, without what is implied."""
    nodes = [name for name in plan.nodes if not name.startswith("mart.")]
    lines = ["## Lineage", "", "```mermaid", "flowchart LR"]
    for layer in LAYERS:
        inside = [name for name in nodes if name.startswith(f"{layer}.")]
        if inside:
            lines += [f"  subgraph {layer}", *(f"    {name.replace('.', '_')}[{name.split('.')[1]}]" for name in inside), "  end"]
    lines += [
        f"  {source.replace('.', '_')} --> {name.replace('.', '_')}"
        for name in nodes for source in sorted(_direct(plan.inputs, name))
    ]
    return [*lines, "```"]


def _direct(inputs: Mapping[str, set[str]], name: str) -> set[str]:
    """Inputs that are not already reached through another input."""
    return {
        source for source in inputs[name]
        if not any(source in _reach(inputs, other) for other in inputs[name] if other != source)
    }


def _reach(inputs: Mapping[str, set[str]], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for source in inputs[waiting.pop()]:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def _layers(library: Library, runner: SpecRunner) -> list[str]:
    lines: list[str] = []
    for layer in reversed(LAYERS):
        models = [model for model in library.models.values() if model.schema == layer]
        if not models:
            continue
        lines += [f"## {layer}: {LAYER_WORDS[layer]}", ""]
        for model in sorted(models, key=lambda model: model.name):
            lines += [f"### {model.table}", "", model.summary, ""]
            if model.why:
                lines += [model.why, ""]
            facts = [f"grain: {', '.join(model.grain)}", *([f"kind: {model.kind}"] if model.kind != "table" else [])]
            facts += [f"label: {model.one('label')}"] if model.is_member else []
            facts += [f"cite: {text}" for text in model.keys.get("cite", [])]
            lines += ["; ".join(facts), ""]
            if told := [f"- {part}: {model.one(part)}" for part in STRATEGY if model.one(part)]:
                lines += [*told, ""]
            if model.table in runner.comments:
                kinds, comments = columns_of(runner.con, model.table), runner.comments[model.table]
                lines += ["| column | type | meaning |", "|---|---|---|"]
                lines += [f"| {name} | {kind.lower()} | {_cell(comments[name])} |" for name, kind in kinds.items()]
                lines.append("")
    declared = sorted(library.declared.items())
    lines += ["## Parameters", "", "| parameter | default | what it does |", "|---|---|---|"]
    return lines + [f"| {key} | `{_default(about.default)}` | {_cell(about.comment)} |" for key, about in declared]


def _default(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | dt.date) else str(value)


def _cell(text: str) -> str:
    return (text or "").replace("|", "\\|")
