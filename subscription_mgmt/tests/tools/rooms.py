"""Read the rooms of an add-on from its source: what each file uses, defines and extends; which walls that breaks."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

LAYERS = ("models", "wizards", "controllers")


class Source(NamedTuple):
    path: Path  # from the add-on on
    tree: ast.Module

    @property
    def layer(self):
        return self.path.parts[0]

    @property
    def room(self):
        return self.path.parts[1] if len(self.path.parts) > 2 else None

    def classes(self):
        """(model, whether it is defined here, class) of every model class."""
        for node in self.tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            values = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            name, inherits = (_texts(values.get(key)) for key in ("_name", "_inherit"))
            for model in name or inherits:
                yield model, model not in inherits, node


def _texts(node):
    """The strings of `_name` or `_inherit`."""
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)] if node else []


def read(addon):
    """Every source file in the layers that have rooms."""
    paths = (path for layer in LAYERS for path in sorted((addon / layer).rglob("*.py")))
    return [Source(path.relative_to(addon), ast.parse(path.read_text())) for path in paths]


def read_order(addon):
    """The rooms, in the order in which they stand on each other."""
    return re.findall(r"^from \. import (\w+)$", (addon / "models" / "__init__.py").read_text(), re.MULTILINE)


def find_breaches(addon):
    """One line for each wall that is broken; an empty list when all stand."""
    sources, order = read(addon), read_order(addon)
    owners = {model: source.room for source in sources for model, is_defined, _node in source.classes() if is_defined}
    breaches = []
    for source in sources:
        breaches += _find_uses_of_later_rooms(source, order, owners)
        if source.layer == "models":
            breaches += _find_wrong_name(source, owners)
    return [*breaches, *_find_overrides(sources)]


def _find_uses_of_later_rooms(source, order, owners):
    """Imports from later rooms, names of their models, and wizards imported by models."""
    for node in ast.walk(source.tree):
        used = layer = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            used = owners.get(node.value)
        elif isinstance(node, ast.ImportFrom) and node.level:
            imported = (*source.path.parts[: -node.level], *(node.module or "").split("."))
            layer, used = (*imported, "")[:2]
        if source.layer == "models" and layer == "wizards":
            yield f"{source.path}:{node.lineno} imports a wizard"
        if source.room in order and used in order and order.index(used) > order.index(source.room):
            yield f"{source.path}:{node.lineno} uses {used}"


def _find_wrong_name(source, owners):
    """A file named like a model defines or extends that model; a model that is defined has such a file."""
    stem = source.path.stem
    classes = [(model, is_defined) for model, is_defined, _node in source.classes()]
    if stem.replace("_", ".") in owners and stem.replace("_", ".") not in dict(classes):
        yield f"{source.path} is named like a model that it does not touch"
    for model, is_defined in classes:
        if is_defined and model.replace(".", "_").removeprefix("subscription_") != stem.removeprefix("subscription_"):
            yield f"{source.path} defines {model}"


def _find_overrides(sources):
    """Methods of one model that two classes of one room define."""
    places = defaultdict(list)
    for source in sources:
        for model, _is_defined, node in source.classes():
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    places[source.layer, source.room, model, method.name].append(str(source.path))
    for (_layer, _room, model, method), paths in places.items():
        if len(paths) > 1:
            yield f"{model}.{method} stands in {' and '.join(paths)}"
