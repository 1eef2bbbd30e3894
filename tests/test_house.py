"""The laws of the house: who may import whom, and how large a thing may grow."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

import analyzer.model
from analyzer.session.steps import as_markdown

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "analyzer"

ROOMS = ("capture", "transport", "protocol", "session", "rules", "report")
DOORS = ("cli", "web", "batch")
GROUND = ("model", "version")

MAY_IMPORT = {
    "model": {"model"},
    "version": set(),
    "pipeline": {"entrances", *ROOMS, *GROUND},
    "entrances": {"capture", "transport", "protocol", "session", *GROUND},
    "sanitizing": {"pipeline", "capture", "report", *GROUND},
    **{room: {room, *GROUND} for room in ROOMS},
    **{door: {door, "pipeline", "sanitizing", "report", *GROUND} for door in DOORS},
    "cli": {"cli", "web", "pipeline", "sanitizing", "report", *GROUND},
    "__init__": {"pipeline", "report", *GROUND},
    "__main__": {"cli"},
}
"""Floor → floors it may import; data goes one way, so no circle between folders can be drawn."""

IMPURE = {"time", "socket", "os", "random", "logging", "threading", "datetime.now", "secrets"}
"""What a room may not import; `capture` reads the file it was handed."""

WORDS = {"utils", "helpers", "manager", "misc", "common", "base", "handler", "stuff"}

FILE_LINES = 400
RULE_LINES = 80
FUNCTION_LINES = 50


@cache
def sources() -> tuple[Path, ...]:
    return tuple(sorted(HOUSE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def floor(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def modules_imported(path: Path) -> Iterator[str]:
    """Absolute names of everything a file imports, at the top or inside functions."""
    package = ("analyzer", *path.relative_to(HOUSE).parent.parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*stem, *([node.module] if node.module else [])))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_imports_go_down_the_floors_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        for name in modules_imported(path)
        if name.startswith("analyzer.")
        and name.split(".")[1] not in MAY_IMPORT[floor(path)]
        # `from .. import x` names the package itself first
        and (HOUSE / name.split(".")[1]).exists()
    ]
    assert wrong == []


def test_no_module_imports_itself_in_a_circle() -> None:
    known = {
        ".".join(("analyzer", *p.relative_to(HOUSE).with_suffix("").parts)): p for p in sources()
    }
    arrows = {name: {m for m in modules_imported(p) if m in known} for name, p in known.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail, name))
        if name not in done:
            for target in arrows[name]:
                visit(target, (*trail, name))
            done.add(name)

    for name in arrows:
        visit(name, ())


def test_folders_of_the_report_know_each_other_one_way() -> None:
    """Words, then redaction, facts and views, then what is drawn and written of them."""
    report = HOUSE / "report"
    folders = {path.name for path in report.iterdir() if (path / "__init__.py").exists()}
    arrows: dict[str, set[str]] = {folder: set() for folder in folders}
    for path in report.rglob("*.py"):
        here = path.relative_to(report).parts[0]
        for name in modules_imported(path):
            there = name.removeprefix("analyzer.report.").partition(".")[0]
            if (
                here in folders
                and name.startswith("analyzer.report.")
                and there in folders - {here}
            ):
                arrows[here].add(there)
    order: list[str] = []
    while arrows:
        free = sorted(folder for folder, others in arrows.items() if others <= set(order))
        assert free, f"these know each other in a circle: {sorted(arrows)}"
        order += free
        arrows = {folder: others for folder, others in arrows.items() if folder not in free}
    assert order[0] == "language"


def test_rooms_ask_no_clock_no_network_no_environment() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        if floor(path) in (*ROOMS, "model") and floor(path) != "capture"
        for name in modules_imported(path)
        if name.split(".")[0] in IMPURE
    ]
    assert wrong == []


def lines_of_code(node: ast.AST) -> int:
    """Lines of a function without its docstring."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    whole = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        whole -= (first.end_lineno or 0) - first.lineno + 1
    return whole


def test_files_and_functions_stay_small() -> None:
    wrong = []
    for path in sources():
        length = len(path.read_text(encoding="utf-8").splitlines())
        rule = floor(path) == "rules" and path.stem[3:6].isdigit()
        limit = RULE_LINES if rule else FILE_LINES
        if length > limit:
            wrong.append(f"{path.relative_to(ROOT)}: {length} lines, at most {limit}")
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines_of_code(node)} lines"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef) and lines_of_code(node) > FUNCTION_LINES
        ]
    assert wrong == []


def test_no_empty_words() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if WORDS
        & set(path.relative_to(HOUSE).with_suffix("").as_posix().replace("/", "_").split("_"))
    ]
    assert wrong == []


def test_only_doors_catch_everything_and_nobody_asserts() -> None:
    wrong = []
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assert):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} asserts")
            if isinstance(node, ast.ExceptHandler) and floor(path) not in DOORS:
                caught = ast.unparse(node.type) if node.type else "everything"
                if caught in ("everything", "Exception", "BaseException"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} catches {caught}")
    assert wrong == []


def does_something(node: ast.AST) -> bool:
    """A function with a body; that of a Protocol has none."""
    return isinstance(node, ast.FunctionDef) and not (
        len(node.body) == 1
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    )


def test_every_source_file_has_its_test_file() -> None:
    """Rules are tested by their own examples; a file that only declares has nothing to test."""
    wrong = []
    for path in sources():
        inside = path.relative_to(HOUSE)
        rule = inside.parts[0] == "rules" and path.stem[3:6].isdigit()
        declares = not any(does_something(node) for node in ast.walk(tree(path)))
        if rule or declares or path.name in ("__init__.py", "__main__.py"):
            continue
        test = ROOT / "tests" / inside.parent / f"test_{path.name}"
        if not test.exists():
            wrong.append(str(test.relative_to(ROOT)))
    assert wrong == []


def model_types() -> list[type[Struct]]:
    found = []
    for info in pkgutil.iter_modules(analyzer.model.__path__):
        module = importlib.import_module(f"analyzer.model.{info.name}")
        found += [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type) and issubclass(thing, Struct) and thing is not Struct
        ]
    return found


@pytest.mark.parametrize("kind", model_types(), ids=lambda kind: kind.__name__)
def test_what_crosses_a_wall_is_frozen_and_told(kind: type[Struct]) -> None:
    assert kind.__struct_config__.frozen
    assert kind.__doc__


def test_the_readme_shows_the_steps() -> None:
    assert as_markdown() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_this_house() -> None:
    """The rooms of the picture, left to right, are the folders, and each arrow is allowed."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.strip().startswith("capture →"))
    drawn = tuple(word.strip() for word in row.split(" six rooms")[0].split("→"))
    assert drawn == ROOMS
    assert {p.name for p in HOUSE.iterdir() if p.is_dir() and p.name != "__pycache__"} == {
        "model",
        *ROOMS,
        *(door for door in DOORS if (HOUSE / door).exists()),
    }


def test_no_possessive_group_in_a_pattern() -> None:
    """
    Python before 3.11.5 keeps half a failed round of a possessive group, and finds other matches.

    https://github.com/python/cpython/issues/106052
    """
    possessive = re.compile(r"[^\\]\)(?:[*+?]|\{[\d,]+\})\+")
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if possessive.search(line)
    ]
    assert lines == []
