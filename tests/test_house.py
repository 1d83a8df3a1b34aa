"""The house itself: whose modules we import, how big files are, what locks and records hold."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGES = ("geodata", "scheduler", "scenarios", "app_pages")
MAX_LINES = 450
#: One room that is larger on purpose: numba's cache does not notice a changed callee in another file (decision 0007).
LARGE = {"scheduler/patrols/kernels.py"}


def tracked_files(root: Path) -> list[Path]:
    """Files that git keeps, or would keep: the whole tree less what .gitignore names."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (root / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str | None:
    """The file's text, None for a binary file."""
    data = path.read_bytes()
    return None if b"\0" in data[:8192] else data.decode("utf-8", errors="replace")


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(lock: Path) -> dict[str, list[str]]:
    """Each requirement of a lock file, with the lines that belong to it."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            current = found.setdefault(line.split(" \\")[0], [])
        elif not line.strip().startswith("#"):
            current.append(line.strip())
    return found


def direct_dependencies(root: Path) -> set[str]:
    """Names of everything that pyproject.toml asks for by itself."""
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    asked = list(config["project"]["dependencies"])
    for group in config["dependency-groups"].values():
        asked += [entry for entry in group if isinstance(entry, str)]
    return {normal(re.split(r"[^A-Za-z0-9_.-]", entry)[0]) for entry in asked}


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_ours(name: str, project_root: Path) -> None:
    """The same names exist on the public index: ours must win."""
    module = __import__(name)
    assert Path(module.__file__ or "").resolve() == project_root / name / "__init__.py"


def test_every_package_folder_has_its_init(project_root: Path) -> None:
    """A folder with modules but no __init__.py escapes import contracts and the wheel's readers."""
    bare = sorted(
        str(path.parent.relative_to(project_root))
        for name in PACKAGES
        for path in (project_root / name).rglob("*.py")
        if "library" not in path.parts and not (path.parent / "__init__.py").exists()
    )
    assert not bare


def test_files_are_rooms_not_halls(project_root: Path) -> None:
    """A file that outgrows the limit is two rooms."""
    sizes = {
        str(path.relative_to(project_root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked_files(project_root)
        if path.suffix == ".py"
    }
    assert {name: n for name, n in sizes.items() if n > MAX_LINES and name not in LARGE} == {}


#: A page is named in the navigation; its parts stand beside it with a leading underscore.
PAGE_LINES, PART_LINES = 120, 225
#: What runs the pages, and is none.
RUNNERS = {"entry.py", "frame.py", "launch.py"}
#: Words of engines and of geometry: pages show what came of them.
ENGINE_WORDS = re.compile(
    r"\b(ortools|cp_model|CpSolver|MathOpt|HiGHS|pyvrp|solver|networkx|geopandas|shapely|pyproj|scipy|numba|lagrang\w*)\b",
    re.IGNORECASE,
)


def test_pages_are_thin(project_root: Path) -> None:
    """A page reads state, shows widgets, makes one call and draws."""
    pages = (project_root / "app_pages").glob("*.py")
    sizes = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in pages}
    most = {name: PART_LINES if name.startswith("_") or name in RUNNERS else PAGE_LINES for name in sizes}
    assert {name: n for name, n in sizes.items() if n > most[name]} == {}


def test_pages_know_no_engine(project_root: Path) -> None:
    """No word of an engine or of geometry in a page, not even in its comments."""
    found = {
        f"{path.name}:{n}": line.strip()
        for path in sorted((project_root / "app_pages").glob("*.py"))
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ENGINE_WORDS.search(line)
    }
    assert found == {}


# Brackets break each word, so that this file does not hold what it looks for.
FORBIDDEN_PARTS = (
    r"py[p]i\.org",
    r"python[h]osted",
    r"registry\.npm[j]s",
    r"deb\.debia[n]\.org",
    r"(?<![\w.~$}])/(?:[w]ork|[f]arm|[r]oot|[h]ome/\w+|[U]sers/\w+)/",
    r"[C]:\\[U]sers",
)
FORBIDDEN_TEXT = re.compile("|".join(FORBIDDEN_PARTS))


@pytest.mark.parametrize("planted", ["see /" + "home/me/x", "https://py" + "pi.org/x", "/" + "work/main"])
def test_the_search_above_can_fail(planted: str) -> None:
    """The pattern finds what it is there for, and leaves ordinary text alone."""
    assert FORBIDDEN_TEXT.search(planted + "/")
    assert not FORBIDDEN_TEXT.search("a framework/part, ../" + "root/x and $HOME/" + "work/x")


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_locks_are_hashed_and_name_no_index(name: str, project_root: Path) -> None:
    """Every package has hashes; no address, option or path stands in a lock."""
    lock = project_root / "locks" / name
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith(("-", "/"))]
    found = requirements(lock)
    assert found
    unhashed = [
        requirement
        for requirement, lines in found.items()
        if "==" not in requirement or not any(line.startswith("--hash=sha256:") for line in lines)
    ]
    assert not unhashed


def test_locks_hold_every_direct_dependency(project_root: Path) -> None:
    """`make lock` was run after the last change of the dependencies, and both locks agree."""
    locks = {n: requirements(project_root / "locks" / n) for n in ("runtime.txt", "dev.txt")}
    names = {normal(entry.split("==")[0]) for entry in locks["dev.txt"]}
    assert direct_dependencies(project_root) <= names
    assert "highspy" not in names
    pins = {entry.split(" ;")[0] for entry in locks["dev.txt"]}
    assert {entry.split(" ;")[0] for entry in locks["runtime.txt"]} <= pins


def test_every_direct_dependency_has_its_record(project_root: Path) -> None:
    """Why each is there, and nothing that is no longer there."""
    text = (project_root / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    recorded = {normal(name) for name in rows if name != "package"}
    assert recorded == direct_dependencies(project_root)


def imported_modules(files: Iterable[Path]) -> set[str]:
    """Top-level names of everything that the files import, late imports included."""
    names: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names)


def test_what_is_imported_is_asked_for(project_root: Path) -> None:
    """No package reaches for one that happens to be installed for another's sake."""
    config = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {normal(re.split(r"[^A-Za-z0-9_.-]", e)[0]) for e in config["project"]["dependencies"]}
    files = [path for name in PACKAGES for path in (project_root / name).rglob("*.py")]
    # pydantic pins pydantic_core to itself: one library in two wheels.
    names = imported_modules(files) - {*PACKAGES, "pydantic_core"}
    owners = packages_distributions()
    strangers = {
        name: owners.get(name, []) for name in names if not asked & {normal(o) for o in owners.get(name, [])}
    }
    assert strangers == {}


def solver_free_modules(root: Path) -> list[str]:
    """Modules of the scheduler that must load without any solver."""
    engines = root / "scheduler"
    files = [engines / "outcome.py"]
    for stem in ("audit", "plan", "problem"):
        files += engines.glob(f"*/{stem}.py")
    files += engines.glob("*/rules/*.py")
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in files if path.exists()]
    return sorted(name.removesuffix(".__init__") for name in names)


def test_audits_load_no_solver(project_root: Path) -> None:
    """In a fresh process, so that packages' own __init__ files count too."""
    modules = solver_free_modules(project_root)
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
        "banned = ('ortools', 'pyvrp', 'highspy', 'geopandas', 'shapely', 'pyproj', 'networkx', 'streamlit')\n"
        "print(*sorted(name for name in banned if name in sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=project_root, capture_output=True, check=True, text=True
    )
    assert run.stdout.split() == []
