"""A plan refuses wrong values of an environment, whichever module has the rule."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.infra.tree import terraform_in

if TYPE_CHECKING:
    from pathlib import Path

TEST = """mock_provider "aws" {
  source = "../../tests/mocks"
}

run "refused" {
  command = plan
  variables {
%s
  }
}
"""
# Values that are wrong side by side, and a part of the message that each of them gets. A plan takes
# seconds, so they share one where none keeps Terraform from coming to another's rule. Optional
# parts of the repository have plans of their own.
WRONG = {
    "what names begin with": {
        'project = "a12345678901234567890123456789012"': "2-32 lowercase letters",
    },
    "numbers below the limits": {
        "log_retention_days = 15": "log_retention_days: one of CloudWatch's values",
        "secrets_recovery_window_days = 6": "0 or a whole number from 7 to 30",
        "sqs_max_receive_count = 0": "Attempts must be a whole number from 1 to 100",
        "worker_batch_size = 0": "batch_size must be a whole number from 1 to 10000",
        "worker_max_concurrency = 1": "max_concurrency must be a whole number from 2 to 1000",
        "worker_memory_size = 127": "memory_mb must be a whole number from 128 to 10240",
        "worker_batching_window_seconds = 301": "batching_window_seconds must be a whole number",
        'worker_version = "0"': "the number of a published version",
        "worker = { batch_concurrency = 0 }": "batch_concurrency must be a whole number",
        'tags = { additional = { "aws:team" = "jobs" } }': "AWS reserves keys",
        'lambda_architecture = "arm"': "must be arm64 or x86_64",
        'existing = { permissions_boundary = "acme-boundary" }': "a policy's ARN",
        'package_sha256 = "sha256:abc"': "64 hexadecimal digits",
        'secrets = { "api key" = { description = "Key" } }': "A purpose is letters",
        'dynamodb_ttl_attribute = "status"': "Commands use that attribute",
        "api = { max_wait_seconds = 26 }": "max_wait_seconds must be a whole number from 0 to 25",
        'monitoring = { log_level = "TRACE", thresholds = { min_requests = 0 } }': (
            "log_level: DEBUG, INFO"
        ),
    },
    "origins, types, a repository, a table, and a retention for fewer than 40 receives": {
        'cors_allow_origins = ["https://app.example.com/"]': "An origin is scheme and host",
        'routes = { "POST /orders" = { type = "process order" } }': "A type is 1-64 letters",
        'tags = { repository = "github.com/acme/jobs?ref=main" }': "github.com/acme/jobs",
        'commands = { table_name = "restored" }': "-dev-commands-restored",
        "worker_timeout = 181": "A message must outlive 80 visibility timeouts of 1086 s",
    },
    "ports": {
        "examples = { webhooks = { allowed_ports = [70000] } }": "A port is from 1 to 65535",
    },
    "owners that share groups": {
        """api = {
          authentication = { mode = "jwt", issuer = "https://id.example.com", audience = ["jobs"] }
        }""": "FIFO queues and JWT owners exclude each other",
        "commands = { fifo = true }": "",
    },
    "a REST API with routes": {
        'api = { type = "rest" }': "Routes need an HTTP API",
        'routes = { "POST /echoes" = { type = "echo" } }': "",
    },
    "a batch above ten without a window, and a value that no secret takes": {
        "worker_batch_size = 11": "Above 10, batch_size needs a window",
        'secret_values = { api-key = "v" }': "No secret has that purpose",
    },
    "dead-letter messages that expire before commands": {
        "dlq_retention_seconds = 86399": "dlq_retention_seconds must be at least",
    },
    "an identity of somebody else": {
        'examples = { enabled = true, email = { sender = "a@b.com", identity = "c.org" } }': (
            "the sender or its domain"
        ),
    },
    "a command that its dead-letter message outlives, in a temporary environment": {
        "commands = { retention_days = 6 }": "A command must outlive its messages",
        'environment = "pr-7"': 'all others stay, for example "dev"',
    },
    "another zip, and types without a handler": {
        f'package_sha256 = "{"0" * 64}"': "but package_sha256 wants",
        'commands = { default_type = "ehco" }': "name types that have no handler",
        "worker_timeout = 6": "by the min_seconds of their handlers",
    },
    "an environment that is not declared": {
        'environment = "production"': 'other_environments = ["qa"]',
    },
    "demo in prod": {
        'environment = "prod"': "The demo handler can crash workers",
    },
    "anybody's mail outside dev": {
        'environment = "qa"': "Outside dev, a sender, webhooks to any host",
        'other_environments = ["qa"]': "",
        """examples = {
          enabled = true, email = { sender = "jobs@example.com", identity = "example.com" }
        }""": "",
    },
}
# Most rules, in few plans.
MOST = (
    "numbers below the limits",
    "origins, types, a repository, a table, and a retention for fewer than 40 receives",
    "another zip, and types without a handler",
)


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(MOST, id="most rules"),
        pytest.param(sorted({*WRONG} - {*MOST}), id="the others", marks=pytest.mark.long),
    ],
)
def test_a_plan_refuses(tree: Path, chosen: tuple[str, ...]) -> None:
    """Every value is told what is wrong with it, in words that show what is right."""
    folder = tree / "environments/dev"
    files = {f"refusals/{number}.tftest.hcl": wrong for number, wrong in enumerate(chosen)}
    shutil.rmtree(folder / "refusals", ignore_errors=True)
    (folder / "refusals").mkdir()
    for file, wrong in files.items():
        (folder / file).write_text(TEST % "\n".join(f"    {value}" for value in WRONG[wrong]))

    # All in one process: Terraform decodes the provider's schema in each.
    result = terraform_in(folder).run("test", "-json", "-test-directory=refusals", check=False)

    said = dict.fromkeys(chosen, "")
    for line in result.stdout.splitlines():
        event = json.loads(line)
        if event["type"] == "diagnostic" and "@testfile" in event:
            detail = " ".join(event["diagnostic"]["detail"].split())
            said[files[event["@testfile"]]] += f" {detail}"
    assert [
        (wrong, message, said[wrong])
        for wrong in chosen
        for message in WRONG[wrong].values()
        if not said[wrong] or message not in said[wrong]
    ] == []
