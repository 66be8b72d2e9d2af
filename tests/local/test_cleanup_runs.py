"""Runs that are killed, and runs that come in the way of Terraform's own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.local.inventory import inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.aws import Aws
    from tests.local.cleaning import Result
    from tests.local.temporary import Maker


def test_a_killed_run_is_finished_by_the_next(aws: Aws, preview: Maker) -> None:
    """SIGKILL after any deletion leaves nothing that the next run does not find."""
    before = inventory(aws)
    preview.everything()
    options = ["--apply", "--open-prs", "none", "--project", preview.tags["Project"]]
    command = [sys.executable, "-m", "scripts.cleanup", *options]
    environ = os.environ | aws.stack.environ
    for lines in (3, 13):
        with subprocess.Popen(
            command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stderr is not None
            for _ in range(lines):
                process.stderr.readline()
            process.kill()
        assert inventory(aws) != before
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert inventory(aws) == before


def test_the_state_goes_last_and_a_lock_keeps_everything(
    aws: Aws, preview: Maker, run: Callable[..., Result]
) -> None:
    """While a run of Terraform holds the lock nothing goes; without it the state goes, too."""
    s3, bucket = aws.client("s3"), f"tfstate-{uuid4().hex}"
    project = preview.tags["Project"]
    key, other = (f"{project}/preview/{name}.tfstate" for name in ("pr-7", "dev"))
    s3.create_bucket(Bucket=bucket)
    for one in (key, other, f"{key}.tflock"):
        s3.put_object(Bucket=bucket, Key=one, Body=b"{}")
    preview.queue()
    options = ("--open-prs", "none", "--project", project, "--state-bucket", bucket)
    held = run("--apply", *options)
    assert "locked by a Terraform run" in held.out
    assert f"{preview.prefix}-queue" in str(inventory(aws))
    s3.delete_object(Bucket=bucket, Key=f"{key}.tflock")
    assert run("--apply", *options).code == 0
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [other]
    s3.delete_object(Bucket=bucket, Key=other)
    s3.delete_bucket(Bucket=bucket)
