"""The repository keeps its own promises: version, public names, lock, commands, portable files."""

import ast
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import osxp_rag

ROOT = Path(__file__).parents[1]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
EXTRAS = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
REQUIREMENTS = sorted({line for line in [*PROJECT["dependencies"], *EXTRAS] if not line.startswith("osxp-rag[")})


def locked() -> dict[str, str]:
    lines = read("requirements.lock").splitlines()
    pins = (line.split("#")[0].split(";")[0].strip() for line in lines)
    return dict(pin.split("==", 1) for pin in pins if pin)


def repository_texts() -> dict[str, str]:
    """Return the text of every file that git tracks or would track, by its path."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    contents = {path: (ROOT / path).read_bytes() for path in paths}
    return {path: content.decode() for path, content in contents.items() if b"\0" not in content}


def test_the_version_is_the_same_in_the_package_and_in_pyproject():
    assert osxp_rag.__version__ == PROJECT["version"]


def test_all_is_exactly_the_public_names():
    tree = ast.parse(Path(osxp_rag.__file__).read_text(encoding="utf-8"))
    typed = next(node for node in tree.body if isinstance(node, ast.If))
    names = {alias.name for node in typed.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(osxp_rag.__all__) == sorted({*names, "__version__"})


@pytest.mark.parametrize("name", osxp_rag.__all__)
def test_every_public_name_imports(name):
    assert getattr(osxp_rag, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        osxp_rag.no_such_name  # noqa: B018


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_the_lock_pins_each_dependency_inside_its_bounds(line):
    requirement = Requirement(line)
    assert requirement.specifier.contains(locked()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("line", [line for line in REQUIREMENTS if "==" not in line])
def test_each_dependency_has_a_lower_and_an_upper_bound(line):
    assert {clause.operator for clause in Requirement(line).specifier} == {">=", "<"}


def test_the_lock_holds_nothing_but_plain_pins():
    plain = re.compile(r"[a-z0-9-]+==[0-9][a-z0-9.]*( ; [^#]+)?(\s+# via .+)?")
    lines = read("requirements.lock").splitlines()
    assert [line for line in lines if not line.startswith("#") and not plain.fullmatch(line)] == []


def test_the_makefile_installs_the_torch_of_the_lock():
    assert f"torch=={locked()['torch']}" in read("Makefile")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_of_the_documents_is_a_target(document):
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    commands = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", read(document), re.MULTILINE))
    assert {"test"} <= commands <= targets


def test_the_readme_starts_with_make_chat():
    assert re.search(r"^make chat\b", read("README.md"), re.MULTILINE)


def test_no_file_names_somebodys_home():
    home = re.compile(r"(?<![\w.~-])/(?:home|Users|root|work)/[\w.-]+")
    assert {path: found for path, text in repository_texts().items() if (found := home.findall(text))} == {}


def test_no_file_names_a_package_registry():
    registry = re.compile(r"\b(?:pypi|pythonhosted|npmjs|yarnpkg)\.(?:org|com|io)\b|--(?:extra-)?index-url")
    assert {path: found for path, text in repository_texts().items() if (found := registry.findall(text))} == {}


def test_every_text_file_ends_its_lines_as_unix_does():
    assert [path for path, text in repository_texts().items() if "\r" in text] == []


@pytest.mark.parametrize(
    ("row", "key", "shown"),
    [
        ("recall@5", "recall_at_5", "{:.3f}"),
        ("answers right", "correct", "{:.3f}"),
        ("citations from an expected document", "citation_precision", "{:.3f}"),
        ("balanced accuracy", "abstention_accuracy", "{:.3f}"),
        ("exact words", "quote_fidelity", "{:.3f}"),
        ("median (ms)", "latency_median_ms", "{:.0f}"),
        ("95th percentile (ms)", "latency_p95_ms", "{:.0f}"),
    ],
)
def test_the_figures_of_the_readme_are_those_of_the_scorecard(row, key, shown):
    card = json.loads(read("docs/scorecard.json"))
    line = next(line for line in read("README.md").splitlines() if line.startswith("|") and row in line)
    parts = (card["overall"], card["by_language"]["en"], card["by_language"]["fr"])
    assert [cell.strip() for cell in line.split("|")[2:5]] == [shown.format(part[key]) for part in parts]
