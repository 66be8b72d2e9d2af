"""The Terraform code under the schema of AWS provider 6.66, which no test runs.

Of a type that nothing has used before, `python -m tests.infra.schema.renew` gets the schema.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.infra.schema.check import findings
from tests.infra.schema.renew import SCHEMA
from tests.infra.schema.used import blocks, files, references

if TYPE_CHECKING:
    from pathlib import Path

# One worker reads the code.
pytestmark = pytest.mark.xdist_group("schema")

KNOWN = json.loads(SCHEMA.read_text())
# By what is deprecated, why it is used nevertheless; docs/provider.md says it, too.
DEPRECATED = {
    "hash_key": "5.100 does not know key_schema in an index",
    "range_key": "5.100 does not know key_schema in an index",
    "aws_region.id": "5.100 does not know region",
}
LIFECYCLE = """
resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = "a"
  dynamic "rule" {
    for_each = []
    content {
      id = "a"
    }
  }
}
"""
QUEUE = 'resource "aws_sqs_queue" "this" {{\n{}\n}}\n'


def test_provider_6_knows_all_that_is_used() -> None:
    """Nothing is unknown, missing or read-only; what is deprecated has a reason."""
    found = list(findings(files(), KNOWN))
    told = {it.rpartition("deprecated ")[2]: it for it in found if "deprecated " in it}

    assert [it for it in found if "deprecated " not in it] == []
    assert told.keys() <= DEPRECATED.keys(), told


def test_the_code_is_read() -> None:
    """The files of all folders, with the blocks and references in them."""
    used = [block for path in files() for block in blocks(path)]
    read = [reference for path in files() for reference in references(path)]

    assert len(files()) > 50
    # One to a file and more, in the whole repository and in a copy that has the least of it.
    assert len(used) > len(files())
    assert len(read) > len(files())
    assert any(len(it.path) > 1 for it in used)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        (QUEUE.format("  names = 1"), "x/main.tf: aws_sqs_queue.this: unknown names"),
        (QUEUE.format("  names {\n  }"), "x/main.tf: aws_sqs_queue.this: unknown names"),
        (QUEUE.format("  arn = 1"), "x/main.tf: aws_sqs_queue.this: arn is set, but only the"),
        ('resource "aws_queue" "a" {\n}\n', "x/main.tf: aws_queue.a: unknown type; run: "),
        ('resource "aws_iam_role" "a" {\n}\n', "aws_iam_role.a: missing assume_role_policy"),
        (
            LIFECYCLE,
            "aws_s3_bucket_lifecycle_configuration.a.rule: missing status",
        ),
        ("locals {\n  a = aws_sqs_queue.this[0].nope\n}\n", "unknown aws_sqs_queue.nope"),
        ("locals {\n  a = data.aws_region.a.id\n}\n", "x/main.tf: deprecated aws_region.id"),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, code: str, complaint: str) -> None:
    """In an argument, a block, a dynamic block or a reference."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x/main.tf").write_text(code)

    assert any(complaint in it for it in findings([tmp_path / "x/main.tf"], KNOWN))
