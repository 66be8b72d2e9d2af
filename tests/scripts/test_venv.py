"""scripts/venv.sh: what it installs, by uv or by pip, and when."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import eventually

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ".venv/lib/python3.11/site-packages"
# A Python that writes down its arguments. It creates virtual environments of itself, and what it
# installs into that of uv is a uv of the same kind. Files name what it lacks: pip, uv, ...
PYTHON = r"""#!/bin/sh
echo "$@" >>calls
for last; do :; done
case "$*" in
*"-m venv"*)
    mkdir -p "$last/bin" "$last/lib/python3.11/site-packages" && cp "$0" "$last/bin/python" ;;
*"sys._base_executable"*) echo "$PWD/python" ;;
*" config list") cat pip.conf 2>/dev/null ;;
*"import pip"*) [ ! -e lacks-pip ] || [ "$0" != ./python ] ;;
*"--python .tools/uv/bin/python install"*) [ ! -e lacks-uv ] && cp uv .tools/uv/bin/uv ;;
esac
"""
UV = """#!/bin/sh
echo "uv $@" >>calls
[ ! -e uv-fails ]
"""


def written(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one source, and the Python that PYTHON names."""
    root = tmp_path / "one tree"
    (root / "source").mkdir(parents=True)
    (root / "scripts/uv").mkdir(parents=True)
    (root / "scripts/uv/requirements.txt").write_text("uv==0 --hash=sha256:0\n")
    (root / "requirements.txt").write_text("click==8.4.2 --hash=sha256:0\n")
    written(root / "python", PYTHON)
    written(root / "uv", UV)
    return root


def run(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script for .venv and requirements.txt."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/venv.sh"), ".venv", "requirements.txt", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHON": "./python", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def installed(tree: Path, *superset: str) -> list[str]:
    """The attempts to install requirements.txt that a run makes; it must succeed."""
    calls = tree / "calls"
    calls.write_text("")
    done = run(tree, "source", *superset)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [line for line in calls.read_text().splitlines() if line.endswith(" requirements.txt")]


def test_requirements_are_hashed_and_the_source_is_found_where_it_lies(tree: Path) -> None:
    """The source brings no requirement of its own: what it needs was locked."""
    (asked,) = installed(tree)
    assert asked.startswith("uv pip install --no-deps --require-hashes --python .venv/bin/python ")
    assert (tree / PACKAGES / "source.pth").read_text() == f"{tree / 'source'}\n"
    (uv,) = (one for one in (tree / "calls").read_text().splitlines() if "scripts/uv" in one)
    assert "--require-hashes" in uv


@pytest.mark.parametrize("lacking", ["lacks-uv", "uv-fails"])
def test_where_uv_cannot_install_pip_does(tree: Path, lacking: str) -> None:
    """On a platform without a wheel of uv, behind a proxy that only pip knows."""
    (tree / lacking).touch()

    *_, last = installed(tree)

    assert "-m pip --disable-pip-version-check --python .venv/bin/python install" in last
    # Most modules of what is installed are never imported.
    assert "--no-compile --require-hashes --requirement requirements.txt" in last


@pytest.mark.parametrize("setting", ["global.index-url='https://a/'", ":env:.no-index='1'"])
def test_an_index_of_ones_own_is_left_to_pip(tree: Path, setting: str) -> None:
    """Which uv would not ask; one more index beside the public one changes nothing."""
    (tree / "pip.conf").write_text(f"{setting}\n")
    (only,) = installed(tree)
    assert only.startswith("-m pip")

    (tree / "pip.conf").write_text("global.extra-index-url='https://a/'\n")
    (tree / "requirements.txt").write_text("changed\n")
    (only,) = installed(tree)
    assert only.startswith("uv pip install")


def test_a_python_without_pip_gives_each_environment_its_own(tree: Path) -> None:
    """As on Debian without python3-pip."""
    for lacking in ("lacks-pip", "lacks-uv"):
        (tree / lacking).touch()

    *_, last = installed(tree)

    assert last.startswith("-m pip --disable-pip-version-check --python .venv/bin/python install")
    made = [one for one in (tree / "calls").read_text().splitlines() if one.startswith("-m venv")]
    assert made[0] == "-m venv --clear .venv"


def test_what_is_installed_is_left_alone(tree: Path) -> None:
    """A change of the source is not one of its installation."""
    installed(tree)
    (tree / "source/code.py").write_text("")

    assert installed(tree) == []


def test_a_change_is_installed(tree: Path) -> None:
    """Of what is needed."""
    installed(tree)
    with (tree / "requirements.txt").open("a") as file:
        file.write("# changed\n")

    assert len(installed(tree)) == 1


def test_a_superset_that_is_installed_suffices(tree: Path) -> None:
    """`make up` after `make check` installs nothing; a change of either is installed."""
    superset = tree / "requirements.txt"
    installed(tree)
    superset.rename(tree / "superset.txt")
    superset.write_text("click==8.4.2\n")

    assert installed(tree, "superset.txt") == []
    (tree / "superset.txt").write_text("newer\n")
    assert len(installed(tree, "superset.txt")) == 1


def test_the_tests_install_whatever_the_tools_install() -> None:
    """With the same pins; the Makefile names them as the superset."""
    tools, tests = (
        {line.split()[0] for line in (ROOT / path).read_text().splitlines() if line[:1].isalnum()}
        for path in ("scripts/requirements.txt", "tests/requirements.txt")
    )
    assert tools
    assert tools <= tests


def refused(tree: Path, **environment: str) -> str:
    """Run the script where nothing is installed; what it says, which must be a refusal."""
    done = run(tree, **environment)
    assert done.returncode == 1
    return done.stderr


def test_a_python_that_cannot_be_used_is_named(tree: Path) -> None:
    """Nothing else is taken in its place."""
    assert refused(tree, PYTHON="/nowhere/python") == (
        "PYTHON=/nowhere/python is not Python 3.11 or newer.\n"
    )


def test_a_folder_that_cannot_be_made_is_no_missing_module(tree: Path) -> None:
    """The reason is Python's own."""
    (tree / "file").touch()
    (tree / ".venv").symlink_to("file")

    said = refused(tree, PYTHON=f"{sys.base_prefix}/bin/python3")

    assert said.endswith(".venv could not be created; see the lines above.\n")
    assert "apt" not in said


def test_the_python_that_made_an_environment_need_not_be_named_again(tree: Path) -> None:
    """Where the others on the path are too old."""
    installed(tree)
    (tree / "requirements.txt").write_text("changed\n")
    old = tree / "old"
    old.mkdir()
    for name in ("python3", *(f"python3.{minor}" for minor in range(11, 15))):
        written(old / name, "#!/bin/sh\nexit 1\n")

    done = run(tree, PYTHON="", PATH=f"{old}{os.pathsep}{os.environ['PATH']}")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_copied_tree_gets_its_own_source(tree: Path) -> None:
    """Else the copy would run the code of the tree that it was copied from."""
    installed(tree)
    copy = tree.parent / "copy"
    shutil.copytree(tree, copy)

    assert len(installed(copy)) == 1
    assert (copy / PACKAGES / "source.pth").read_text() == f"{copy / 'source'}\n"


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_ctrl_c_is_one_line_and_the_next_run_installs(tree: Path, installer: str) -> None:
    """Without the traceback of pip, which a terminal interrupts as well."""
    if installer == "pip":
        (tree / "lacks-uv").touch()
    slow = "from pathlib import Path; import time; Path('ready').touch(); time.sleep(60)"
    waits = f'case "$*" in *" requirements.txt") exec {sys.executable} -c "{slow}";; esac\n'
    written(tree / "python", PYTHON + waits)
    written(tree / "uv", UV + waits)
    process = subprocess.Popen(
        ["/bin/sh", str(ROOT / "scripts/venv.sh"), ".venv", "requirements.txt"],
        cwd=tree,
        env={**os.environ, "PYTHON": "./python"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    eventually((tree / "ready").exists)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said.split("\n") == [
        "",
        "Interrupted while installing requirements.txt. Run the same command again.",
        "",
    ]
    written(tree / "python", PYTHON)
    shutil.rmtree(tree / ".tools")
    written(tree / "uv", UV)
    assert len(installed(tree)) == 1
