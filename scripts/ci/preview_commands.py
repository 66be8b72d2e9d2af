"""``python -m scripts.ci preview up | down | comment``."""

from __future__ import annotations

import os

import click

from scripts.ci import job, markdown
from scripts.ci.github import GitHub
from scripts.ci.preview import URLS, Preview
from scripts.settings import ENVIRONMENTS, environment_folder

_NUMBER = click.option(
    "--pull-request", "number", type=click.IntRange(min=1), required=True, metavar="NUMBER"
)
_CREATED = click.option(
    "--created-at", required=True, metavar="TIME", help="Creation time of the pull request."
)


@click.group()
def preview() -> None:
    """Preview environments on AWS, one per pull request."""


@preview.command()
@_NUMBER
@_CREATED
def up(*, number: int, created_at: str) -> None:
    """Deploy the preview; its URLs are the outputs `preview_url`, `api_url` and `job_url`."""
    urls = _preview(number, created_at).up()
    for name, url in urls.items():
        job.set_output(name, url)


@preview.command()
@_NUMBER
@_CREATED
def down(*, number: int, created_at: str) -> None:
    """Destroy the preview."""
    _preview(number, created_at).down()


@preview.command()
@_NUMBER
@click.option("--preview-url", metavar="URL")
@click.option("--api-url", metavar="URL")
@click.option("--job-url", metavar="URL")
@click.option("--gone", is_flag=True, help="Update the comment after the preview was destroyed.")
def comment(*, number: int, gone: bool, **urls: str | None) -> None:
    """Post the URLs of the preview in a pull request comment."""
    if gone:
        page = "## Preview\n\nDestroyed when the pull request was closed.\n"
    else:
        page = markdown.preview_page({name: urls[key] or "" for name, key in URLS.items()})
    click.echo(GitHub.of_the_workflow().comment(number, "preview", page, only_update=gone))


def _preview(number: int, created_at: str) -> Preview:
    # https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").removeprefix("https://")
    name = os.environ.get("GITHUB_REPOSITORY")
    repository = f"{server}/{name}" if name else None
    return Preview(environment_folder("preview", ENVIRONMENTS), number, created_at, repository)
