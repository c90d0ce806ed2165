"""How big the house is, by the aims of its plan: `make house`. Says where it grows back; judges nothing."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "features", "models", "train", "serve")
AT_START = {
    "modules": "393",
    "lines": "30,584",
    "helpers": "483 (22.3%)",
    "classes": "28",
    "median": "72",
    "examples": "0 of 249",
}
AIM = {
    "modules": "≤ 230",
    "lines": "≤ 30,600",
    "helpers": "≤ 5 %",
    "classes": "0",
    "median": "80 to 300",
    "examples": "all",
}
NAMES = {
    "modules": "modules in the five packages",
    "lines": "lines in them",
    "helpers": "private functions with one caller, and their share of all functions",
    "classes": "class names defined twice or more",
    "median": "lines of the median module",
    "examples": "features with example rows of their own",
}


def sources() -> dict[Path, str]:
    """The text of every module of the five packages."""
    return {path: path.read_text(encoding="utf-8") for name in PACKAGES for path in (ROOT / name).rglob("*.py")}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def helpers_with_one_caller(tree: ast.Module) -> list[str]:
    """Private functions and methods that their module names once; special and decorated ones are no helpers."""
    named: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            named[node.id] += 1
        elif isinstance(node, ast.Attribute):
            named[node.attr] += 1
    return [
        node.name
        for node in functions(tree)
        if node.name.startswith("_")
        and not node.name.startswith("__")
        and not node.decorator_list
        and named[node.name] == 1
    ]


def figures() -> tuple[dict[str, str], list[str]]:
    """Today's figure of each aim, and the class names that are defined more than once with their places."""
    texts = sources()
    trees = {path: ast.parse(text) for path, text in texts.items()}
    lengths = [len(text.splitlines()) for text in texts.values()]
    alone = sum(len(helpers_with_one_caller(tree)) for tree in trees.values())
    every = sum(1 for tree in trees.values() for _ in functions(tree))
    places: dict[str, list[str]] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    today = {
        "modules": f"{len(texts)}",
        "lines": f"{sum(lengths):,}",
        "helpers": f"{alone} ({alone / every:.1%})",
        "classes": f"{len(twice)}",
        "median": f"{median(lengths):g}",
        "examples": examples(),
    }
    return today, [f"{name}: {', '.join(where)}" for name, where in sorted(twice.items())]


def examples() -> str:
    """How many features of the catalogue carry example rows."""
    from originrisk.features.catalogue import CATALOGUE

    folder = ROOT / "features" / "catalogue" / "examples"
    declared = {name for path in folder.glob("*.toml") for name in tomllib.loads(path.read_text(encoding="utf-8"))}
    shown = sum(feature.name in declared for feature in CATALOGUE)
    return f"{shown} of {len(CATALOGUE)}"


if __name__ == "__main__":
    today, twice = figures()
    print("| aim | at the start | now | then |\n|---|--:|--:|--:|")
    for key, name in NAMES.items():
        print(f"| {name} | {AT_START[key]} | {today[key]} | {AIM[key]} |")
    if twice:
        print("\nclass names defined more than once:\n  " + "\n  ".join(twice))
