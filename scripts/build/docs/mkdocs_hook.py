"""What `mkdocs build` needs to know of this repository; see mkdocs.yml.

Pages that GitHub wants elsewhere (README.md of a module, CHANGELOG.md) are part of the site, too.
Links work in both places: one to a file that is no page leads to the repository.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_LOG = get_plugin_logger(__name__)  # a warning fails a strict build
_ROOT = Path(__file__).resolve().parents[3]
_LINK = re.compile(r"(?<=\]\()([^)\s#]+)(#[^)\s]*)?(?=\))")
_FENCE = re.compile(r"^\s*(```|~~~)")
_PROJECT = {"CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
_REFERENCE = "reference/index.md"


def pages_elsewhere(root: Path = _ROOT) -> dict[str, str]:
    """Pages of the site by their file in the repository, for all that is not under docs/."""
    project = {**_PROJECT, "CHANGELOG.md": "changelog.md"}
    readmes = sorted([*root.glob("modules/*/README.md"), *root.glob("environments/*/README.md")])
    folders = (readme.parent.relative_to(root) for readme in readmes)
    return project | {f"{folder}/README.md": f"reference/{folder}.md" for folder in folders}


def linked(text: str, source: str, repository: str, root: Path = _ROOT) -> str:
    """The text of a file of the repository, with links that work in the site."""
    elsewhere = pages_elsewhere(root)
    here = elsewhere.get(source, source.removeprefix("docs/"))
    of_page = elsewhere | {"README.md": "index.md"}

    def link(match: re.Match[str]) -> str:
        target, anchor = match[1], match[2] or ""
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if not (root / file).exists():
            # Where the site happens to have such a page, mkdocs would find nothing wrong with it.
            _LOG.warning("%s links to %s, which is not in the repository", source, target)
            return match[0]
        page = _page_of(file, of_page)
        if page is None or (root / "docs" / page).is_dir():
            kind = "tree" if (root / file).is_dir() else "blob"
            return f"{repository}/{kind}/main/{file}{anchor}"
        # What README.md says stands elsewhere in the site.
        anchor = "" if file == "README.md" else anchor
        return posixpath.relpath(page, posixpath.dirname(here) or ".") + anchor

    return _outside_fences(text, lambda line: _LINK.sub(link, line))


def _page_of(file: str, of_page: dict[str, str]) -> str | None:
    if f"{file}/README.md" in of_page:
        return of_page[f"{file}/README.md"]
    return of_page.get(file) or (file.removeprefix("docs/") if file.startswith("docs/") else None)


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    fenced = False
    lines = []
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        lines.append(line if fenced else change(line))
    return "\n".join(lines) + "\n"


def _contents(elsewhere: dict[str, str], root: Path) -> str:
    """The page that lists modules and environments, by the first line of each README."""
    lines = ["# Modules and environments", ""]
    for kind in ("environments", "modules"):
        lines += [f"## {kind.capitalize()}", "", "| | |", "| --- | --- |"]
        for file, page in elsewhere.items():
            if file.startswith(f"{kind}/"):
                name, what = file.split("/")[1], _summary((root / file).read_text())
                lines.append(f"| [`{name}`]({posixpath.relpath(page, 'reference')}) | {what} |")
        lines.append("")
    return "\n".join(lines)


def _summary(readme: str) -> str:
    """The first sentence after the title."""
    paragraphs = [part for part in readme.split("\n\n") if part and not part.startswith("#")]
    text = " ".join(paragraphs[0].split())
    return re.split(r"(?<=[.:])\s", text, maxsplit=1)[0].rstrip(":").replace("|", "\\|")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name the pages of modules and environments in the navigation."""
    pages = [page for page in pages_elsewhere().values() if page.startswith("reference/")]
    for entry in config.nav or []:
        for pages_of_entry in entry.values():
            if pages_of_entry == [_REFERENCE]:
                pages_of_entry += [{page.split("/")[2].removesuffix(".md"): page} for page in pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not under docs/."""
    elsewhere = pages_elsewhere()
    texts = {page: (_ROOT / file).read_text() for file, page in elsewhere.items()}
    texts[_REFERENCE] = _contents(elsewhere, _ROOT)
    for page, text in texts.items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Make the links of a page work in the site."""
    if page.file.src_uri == _REFERENCE:
        return markdown  # made above, for the site alone
    file_of = {target: file for file, target in pages_elsewhere().items()}
    source = file_of.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    return linked(markdown, source, config.extra["repository"])
