"""The product as strangers get it: built, installed in an empty environment, used in an empty directory."""

from __future__ import annotations

import ast
import base64
import re
import shlex
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import IO

import httpx
import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
PACKAGES = ("contract_tests", "duble", "mockserver")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist as an index's user builds it."""
    built = tmp_path_factory.mktemp("dist")
    _run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(built)], ROOT)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of an environment with the wheel in it, and none of this tree.

    Third-party packages are those that run this test, by a path; a .pth found along that path is not
    followed, so an editable install of this tree stays out of sight.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    install = [find_uv_bin(), "pip", "install", "--offline", "--no-deps", "--no-cache"]
    _run([*install, "--python", str(scripts / "python"), str(wheel)], home)
    site_packages = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    (Path(site_packages) / "third_party.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return scripts


def test_the_wheel_holds_every_spec_and_fixture(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("mockserver/_data/")}
    assert shipped == {
        f"mockserver/_data/{path.relative_to(ROOT).as_posix()}"
        for folder in ("specs", "fixtures")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }


def test_nothing_is_imported_from_this_tree(environment: Path, tmp_path: Path) -> None:
    code = "import sys, importlib\nfor name in sys.argv[1:]: print(importlib.import_module(name).__file__)"
    places = _run([str(environment / "python"), "-c", code, *PACKAGES], tmp_path).splitlines()
    assert len(places) == len(PACKAGES)
    assert all(Path(place).is_relative_to(environment.parent) for place in places)


def test_every_pasted_curl_line_of_the_banner_is_answered_200(environment: Path, tmp_path: Path) -> None:
    vendors = {path.stem for path in (ROOT / "specs").glob("*.yaml")} - {"control"}
    with _serving(environment, tmp_path) as lines:
        answers = {curl: _request(curl).status_code for curl in re.findall(r"\bcurl .*", "".join(lines))}
    assert len(answers) == len(vendors)
    assert answers == dict.fromkeys(answers, 200)
    assert list(tmp_path.iterdir()) == []


def test_every_import_is_a_declared_dependency() -> None:
    distributions = packages_distributions()
    imported = {
        _normalised(name)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for module in _imports(path) - sys.stdlib_module_names - set(PACKAGES)
        for name in distributions[module]
    }
    declared = {_normalised(re.split(r"[^\w.-]", line)[0]) for line in PROJECT["project"]["dependencies"]}
    assert imported <= declared


def test_every_dependency_is_pinned_with_hashes() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    groups = PROJECT["dependency-groups"]["dev"] + PROJECT["project"]["dependencies"]
    wanted = {_normalised(re.split(r"[^\w.-]", line)[0]) for line in groups}
    assert wanted <= {_normalised(pin.partition("==")[0]) for pin in pins}
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [^\\]+)? \\", pin)] == []
    assert [line for line in lines if "/" in line] == [], "a registry's host or a path of this machine"


def _run(command: list[str], where: Path) -> str:
    done = subprocess.run(command, cwd=where, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _serving(environment: Path, where: Path) -> Iterator[list[str]]:
    command = [str(environment / "duble"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=where, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield list(_banner(process.stdout))
        finally:
            process.terminate()


def _banner(output: IO[str] | None) -> Iterator[str]:
    """The lines up to the last one, the sandboxes'."""
    for line in output or ():
        yield line
        if "/~NAME" in line:
            return


def _request(curl: str) -> httpx.Response:
    """Send what curl would send; only what our banner uses is understood."""
    words = iter(shlex.split(curl)[1:])
    method, url, headers, content = None, "", [], None
    for word in words:
        if word in ("-X", "--request"):
            method = next(words)
        elif word in ("-H", "--header"):
            name, _, value = next(words).partition(":")
            headers.append((name, value.strip()))
        elif word == "-u":
            headers.append(("Authorization", "Basic " + base64.b64encode(next(words).encode()).decode()))
        elif word in ("-d", "--data"):
            content = next(words)
        elif word != "-s":
            assert not word.startswith("-"), f"unknown option {word}"
            url = word
    return httpx.request(method or ("POST" if content else "GET"), url, headers=headers, content=content)


def _imports(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    source = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | source}


def _normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
