"""What code does, as a digest: the definitions that some modules reach, and the reference tables that these read.

A saved history is bound to what it was counted by, a cached feature to what computed it, and to nothing else. Modules
are read as syntax trees: comments, docstrings and layout do not count, nor does a definition that nothing here reaches.
"""

import ast
import hashlib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from originrisk import data, features

DATA, FEATURES = "originrisk.data", "originrisk.features"
HISTORY: Final = (f"{FEATURES}.history.replay", f"{FEATURES}.history.arrays")
"""Modules that make a history, whatever features are read of it later."""
CATALOGUE: Final = (*HISTORY, f"{FEATURES}.catalogue")
"""Modules that compute features."""

Symbol = tuple[str, str]
"""A module and a name that it binds at the top; the statements of a module that bind none are under an empty one."""


@cache
def identity(roots: tuple[str, ...]) -> str:
    """Digest of what the definitions in these modules reach, as this code has it."""
    return digest(roots, Path(data.__path__[0]), Path(features.__path__[0]))


def digest(roots: tuple[str, ...], of_data: Path, of_features: Path) -> str:
    """The same for packages in these folders. Other libraries count by the version of those that hash and sum."""
    code = Code({DATA: of_data, FEATURES: of_features})
    found = hashlib.sha256(f"numpy {np.__version__}, pandas {pd.__version__}".encode())
    for symbol, content in sorted(code.reached(roots).items()):
        found.update(" ".join((*symbol, content)).encode())
    for table in sorted(code.tables):
        found.update(table.name.encode() + table.read_bytes())
    return found.hexdigest()


@cache
def parsed(content: bytes) -> ast.Module:
    """Syntax tree of a module; what several digests share is parsed once."""
    return ast.parse(content)


class Module:
    """Statements of a module by the names that they bind, and what its imported names stand for: a module of the
    packages, or a name in one."""

    def __init__(self, path: Path, code: "Code") -> None:
        self.bound: defaultdict[str, list[ast.stmt]] = defaultdict(list)
        self.imported: dict[str, str | Symbol] = {}
        for statement in parsed(path.read_bytes()).body:
            if isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    module = f"{statement.module}.{alias.name}"
                    symbol = statement.module or "", alias.name
                    self.imported[alias.asname or alias.name] = module if code.path(module) else symbol
            elif not isinstance(statement, ast.Import):
                for name in _bound(statement) or [""]:
                    self.bound[name].append(statement)


class Code:
    """Modules of the packages in these folders, read when they are first reached, and the `tables` that they read."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders
        self.modules: dict[str, Module] = {}
        self.tables: set[Path] = set()

    def path(self, module: str) -> Path | None:
        """File of a module; None where it is none of these packages."""
        for package, folder in self.folders.items():
            if f"{module}.".startswith(f"{package}."):
                place = folder.joinpath(*module.removeprefix(package).split(".")[1:])
                candidates = place / "__init__.py", place.with_suffix(".py")
                return next((path for path in candidates if path.is_file()), None)
        return None

    def reached(self, roots: tuple[str, ...]) -> dict[Symbol, str]:
        """What is written behind every name that the definitions of these modules reach."""
        found: dict[Symbol, str] = {}
        waiting = [symbol for root in roots for symbol in self._all_of(root)]
        while waiting:
            symbol = waiting.pop()
            if symbol not in found and self.path(symbol[0]) and symbol[1] in self._module(symbol[0]).bound:
                words: list[str] = []
                for statement in self._module(symbol[0]).bound[symbol[1]]:
                    self._read(statement, symbol[0], words, waiting)
                found[symbol] = " ".join(words)
                waiting.append((symbol[0], ""))
        return found

    def _module(self, name: str) -> Module:
        if name not in self.modules:
            path = self.path(name)
            assert path is not None, f"expected a module of {', '.join(self.folders)}, found {name}"
            self.modules[name] = Module(path, self)
        return self.modules[name]

    def _all_of(self, module: str) -> list[Symbol]:
        return [(module, name) for name in self._module(module).bound]

    def _read(self, node: object, module: str, words: list[str], reached: list[Symbol]) -> None:
        """Append what a node says to `words` and what it names to `reached`; note the tables that it reads."""
        if isinstance(node, list):
            for one in node:
                self._read(one, module, words, reached)
            return
        if not isinstance(node, ast.AST):
            words.append(repr(node))
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        imported = self._module(module).imported
        words.append(type(node).__name__)
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=name) if isinstance(imported.get(alias), str):
                inner = f"{imported[alias]}.{name}"
                words += alias, name
                reached += self._all_of(inner) if self.path(inner) else [(str(imported[alias]), name)]
                return
            case ast.Name(id=name):
                target = imported.get(name, (module, name))
                reached += self._all_of(target) if isinstance(target, str) else [target]
                if not isinstance(target, str) and not self.path(target[0]):
                    words.append(target[0])  # of another library
            case ast.Call(func=ast.Name(id="reader"), args=[ast.Constant(value=name), *_]):
                self.tables.add(self.folders[DATA] / "reference" / f"{name!s}.csv")
        for field in node._fields:
            self._read(getattr(node, field), module, words, reached)


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [node.id for one in targets if one for node in ast.walk(one) if isinstance(node, ast.Name)]
