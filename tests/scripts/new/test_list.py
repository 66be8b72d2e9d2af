"""The list of parts is true: all that it names is there, and nothing else names what goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.new.pages import PAGES, refreshed
from scripts.new.parts import Part, Parts, Profile
from scripts.new.prune import Pruned, leftovers, prune
from tests.infra.test_static import FOLDERS, SUFFIXES, too_long
from tests.scripts.test_makefile import never_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIST = Parts.read()
# What pages call a part besides its names; elsewhere these words have other meanings.
SPOKEN = {
    "monitoring": r"\b[Aa]larms?\b|on the dashboard|saved quer",
    "rest": r"\bREST\b|API keys|WAF",
    "preview": r"\b[Pp]reviews?\b",
    "examples": r"examples = |send_email`|generate_report|`process_order\.",
    "notifications": r"[Ww]ebhook|[Cc]allback|live push",
    "cleanup": r"the cleanup\b",
    "delivery": r"[Bb]ootstrap|GitHub's roles",
    "clients": r"TypeScript",
    "batches": r"POST /batches|[Uu]pload",
}
# Generated after the cut, or about the emulator, which is always whole.
OTHERS = {"CHANGELOG.md", "docs/api.md", "docs/local-stack-limits.md", "docs/make-it-yours.md"}


@pytest.mark.parametrize("part", LIST.parts.values(), ids=lambda part: part.name)
def test_every_path_of_a_part_is_there(part: Part, files: Mapping[str, str]) -> None:
    """A file that was moved or deleted is taken off the list."""
    for pattern in part.files:
        alone = Part(part.name, part.what, files=[pattern])
        assert any(map(alone.owns, files)), pattern


@pytest.mark.parametrize(
    ("kept", "kind"),
    [
        *(
            pytest.param(LIST.kept(LIST.parts, (), [it]), None, id=f"without {it}")
            for it in LIST.parts
        ),
        *(
            pytest.param(LIST.kept(it.keep, (), ()), it, id=f"profile {it.name}")
            for it in LIST.profiles.values()
        ),
    ],
)
def test_what_is_left_names_nothing_that_is_gone(
    kept: set[str], kind: Profile | None, files: Mapping[str, str]
) -> None:
    """Without one part, and as each profile: every cut finds its place, and no trace is left."""
    gone = LIST.without(kept)
    left = prune(files, gone, kind)
    assert left.missed == []
    assert leftovers(left, gone) == []
    if kind:
        words = re.compile("|".join(SPOKEN.get(it.name, "(?!)") for it in gone))
        assert [*spoken(left, words)] == []
        terraform = {
            path: text
            for path, text in left.files.items()
            if path.startswith(FOLDERS) and path.endswith(SUFFIXES)
        }
        assert too_long(terraform) == []
        _, _, recipe = left.files["Makefile"].partition("\ntest-long:")
        assert never_run(recipe.partition("\n\n")[0], left.files) == []


def spoken(left: Pruned, words: re.Pattern[str]) -> Iterator[str]:
    """Lines of the pages of a copy that speak of what it does not have."""
    for path, text in left.files.items():
        if (
            path.endswith(".md")
            and path not in OTHERS
            and path.count("/") <= path.startswith("docs/")
        ):
            yield from (f"{path}: {it}" for it in text.splitlines() if words.search(it))


def test_a_part_that_is_needed_stays() -> None:
    """Previews are deployed by workflows, and removed by the cleanup."""
    assert LIST.kept(["preview"], (), ()) >= {"preview", "delivery", "cleanup"}
    assert "preview" not in LIST.kept(LIST.parts, (), ["cleanup"])


def test_the_command_goes_with_the_last_part() -> None:
    """It has nothing to take out any more."""
    assert LIST.kept([], (), ()) == set()
    assert LIST.kept(["rest"], (), ()) == {"rest", "new"}


def test_the_tables_say_how_many_lines_there_are(files: Mapping[str, str]) -> None:
    """Within a tenth, so that not every change has to write them anew: `make docs` does."""
    written = refreshed(LIST, files)
    shown = [it for page in PAGES.values() for it in numbers(files[page])]
    true = [it for page in PAGES.values() for it in numbers(written[page])]
    assert [name for name, _ in shown] == [name for name, _ in true]
    for (name, said), (_, counted) in zip(shown, true, strict=True):
        assert abs(said - counted) <= max(1_000 if counted > 10_000 else 200, counted / 10), name


def numbers(page: str) -> list[tuple[str, int]]:
    """Names and lines in the tables between the page's markers."""
    tables = "".join(re.findall(r"<!-- (?:parts|profiles) -->(.*?)<!-- /", page, re.DOTALL))
    rows = re.findall(r"^\| (\S.*?) \|.*\| ([0-9,]+) \|$", tables, re.MULTILINE)
    return [(name, int(count.replace(",", ""))) for name, count in rows]
