"""All model files, the packaged ones and the project's own: a folder is a schema is a layer."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from recsys.errors import RecsysError, near
from recsys.model import Model, read_model
from recsys.params import Declaration, Params, header_declarations, load_toml, read_declarations

#: The order is the rule: a model reads its own layer or earlier ones. `meta` is filled by the runner.
LAYERS = (
    "raw", "staging", "profile", "similarity", "score", "recommendation", "rating", "value", "cluster", "segment", "campaign",
    "evaluation", "mart",
)


def bundled(name: str) -> Path:
    """Return the folder `sql` or `data` that belongs to this very code.

    Beside the package lies the checkout's folder, which an editable install uses too; a wheel carries
    its own inside. The checkout is known by its pyproject.toml, so no stale copy is ever read.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent
    return checkout / name if (checkout / "pyproject.toml").is_file() else package / "_bundled" / name


@dataclass(frozen=True)
class Library:
    """Models by `schema.table`, families with their members, macros and declared parameters."""

    models: dict[str, Model]
    declared: dict[str, Declaration]
    root: Path

    @cached_property
    def families(self) -> dict[str, Model]:
        """{schema: its family model}."""
        return {model.schema: model for model in self.models.values() if model.is_family and model.members_of == model.schema}

    def members(self, family: Model) -> list[Model]:
        """Return a family's members by priority, then name."""
        found = [model for model in self.models.values() if model.schema == family.members_of and model.is_member]
        return sorted(found, key=lambda model: (float(model.one("priority", "0")), model.name))

    def is_formula(self, model: Model) -> bool:
        """A formula is inlined by its family and makes no table of its own."""
        family = self.families.get(model.schema)
        return bool(model.is_member and family and family.one("members") == "formulas")

    def params(self) -> Params:
        return Params(self.declared)

    def preset(self, name: str) -> dict[str, object]:
        """Return a named set of parameters; none by the empty name.

        Raises:
            RecsysError: there is none of this name, with the near match.
        """
        presets = self.presets() if name else {"": {}}
        if name not in presets:
            raise RecsysError(f"preset is {', '.join(presets)}, not '{name}'.{near(name, presets)}")
        return {f"{folder}.{key}": value for folder, table in presets[name].items() for key, value in table.items()}

    def presets(self) -> dict[str, dict[str, dict[str, object]]]:
        return load_toml(self.root / "presets.toml")

    def macros(self, file: str) -> str:
        return (self.root / "macros" / file).read_text(encoding="utf-8")

    def __getitem__(self, table: str) -> Model:
        """Return a model by `schema.table` or, where only one has it, by its bare name.

        Raises:
            RecsysError: there is none, with the near match.
        """
        if table in self.models:
            return self.models[table]
        same = [model for model in self.models.values() if model.name == table]
        if len(same) == 1:
            return same[0]
        if same:
            raise RecsysError(f"'{table}' may be {' or '.join(model.table for model in same)}: say which")
        raise RecsysError(f"There is no model '{table}'.{near(table, self.models)}")


def load_library(own: Path | None = None, root: Path | None = None) -> Library:
    """Read the packaged models and those of a project's own `sql/` folder.

    Raises:
        RecsysError: a folder that is no layer, a table made twice, a member in a folder without family.
    """
    root = root or bundled("sql")
    models: dict[str, Model] = {}
    is_other = own is not None and own.is_dir() and own.resolve() != root.resolve()
    for folder in [root, own] if is_other else [root]:
        for path in sorted(folder.glob("**/*.sql")):
            schema = path.parent.relative_to(folder).as_posix()
            if schema == "macros":
                continue
            if schema == ".":
                raise RecsysError(f"{path}: a model lies in a folder, which is its layer: {', '.join(LAYERS)}")
            if schema not in LAYERS:
                raise RecsysError(f"{path}: '{schema}' is no layer.{near(schema, LAYERS)}")
            model = read_model(path, schema)
            if model.table in models:
                raise RecsysError(f"{path}: {model.table} is made by {models[model.table].path} already")
            models[model.table] = model
    library = Library(models, {}, root)
    declared = read_declarations(root / "params.toml")
    for model in models.values():
        family = library.families.get(model.schema)
        if model.is_member and not family:
            raise RecsysError(f"{model.path}: it has a label, but {model.schema} has no family (_name.sql)")
        default_weight = float(family.one("weight", "0")) if model.is_member else None
        for key, declaration in header_declarations(model, default_weight).items():
            if key in declared and declared[key].default != declaration.default:
                raise RecsysError(
                    f"{model.path}: {key} is declared in {declared[key].declared_in} already, "
                    f"as {declared[key].default!r}"
                )
            declared[key] = declaration
    return Library(models, declared, root)
