"""What only an apply will know can be given wherever a policy, a key or an ACL is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.infra.tree import terraform_in

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

# Stands for a policy document, a key or an ACL of the same configuration.
resource "terraform_data" "unknown" {}

locals {
  unknown = terraform_data.unknown.id
  key     = { arn = local.unknown }
  vpc     = { subnet_ids = [local.unknown], security_group_ids = [local.unknown] }
  runtime = {
    package_path = "../../build/lambda.zip", kms_key = local.key, vpc = local.vpc
  }
}

module "function" {
  source      = "../../modules/function"
  name        = "acme-dev-unknown"
  description = "Has a grant that is not known yet"
  handler     = "command_api.entrypoints.status.handler"
  runtime     = local.runtime
  policies    = { own = local.unknown }
}

module "monitoring" {
  source            = "../../modules/monitoring"
  name              = "acme-dev"
  queue             = { name = local.unknown, dlq_name = local.unknown }
  worker            = { name = local.unknown, log_group_name = local.unknown }
  api               = { type = "http", id = local.unknown, name = "a", status_function = "s" }
  table_name        = local.unknown
  metrics_namespace = "acme"
  kms_key           = local.key
}

module "on_call" {
  source            = "../../modules/monitoring"
  name              = "acme-dev"
  queue             = { name = local.unknown, dlq_name = local.unknown }
  worker            = { name = local.unknown, log_group_name = local.unknown }
  api               = { type = "http", id = local.unknown, name = "a", status_function = "s" }
  table_name        = local.unknown
  metrics_namespace = "acme"
  topic             = { arn = local.unknown }
}

module "naming" {
  source      = "../../modules/naming"
  project     = "acme"
  environment = "dev"
}

module "queue" {
  source   = "../../modules/queue"
  name     = module.naming.queue
  dlq_name = module.naming.dlq
  senders  = [local.unknown]
  kms_key  = local.key

  schedules = { permissions_boundary = local.unknown }
  recurring = {
    permissions_boundary = local.unknown
    by_api               = true
    schedules            = { nightly = { cron = "0 2 * * ? *", type = "echo" } }
  }
}

module "queues" {
  source  = "../../modules/queues"
  names   = module.naming
  queues  = { high = { priority = true } }
  queue   = module.queue.address
  worker  = module.worker.template
  kms_key = local.key
}

module "data" {
  source  = "../../modules/data"
  name    = module.naming.table
  stream  = true
  results = { enabled = true, bucket = { name = local.unknown } }
  kms_key = local.key
}

module "secrets" {
  source  = "../../modules/secrets"
  prefix  = module.naming.secret_prefix
  secrets = { api-key = { description = "Key of an API" } }
  values  = {}
  kms_key = local.key
}

module "worker" {
  source   = "../../modules/worker"
  name     = module.naming.worker
  runtime  = local.runtime
  queue    = module.queue
  data     = module.data.store
  secrets  = module.secrets
  policies = { consume = local.unknown, own = local.unknown }
}

module "domain" {
  source = "../../modules/api_domain"
  name   = "api.example.com"
  api    = { id = local.unknown, stage_name = "$default" }
  zone   = { id = local.unknown }
}

module "api" {
  source   = "../../modules/api"
  names    = module.naming
  runtime  = local.runtime
  queue    = module.queue.address
  data     = module.data.store
  policies = { status = { commands = local.unknown }, cancel = { commands = local.unknown } }
  settings = {
    type = "rest", rest = { waf = { acl_arn = local.unknown } }
    domain = {
      name = "api.example.com", zone = { id = local.unknown }, certificate = { arn = local.unknown }
    }
  }
}

# The issuer may be a user pool of the same configuration.
module "validated" {
  source     = "../../modules/api"
  names      = module.naming
  runtime    = local.runtime
  queue      = module.queue.address
  queues     = module.queues.directory
  priorities = module.queues.addresses
  data       = module.data.store
  policies = {
    status = { commands = local.unknown }, submit = { commands = local.unknown }
  }
  settings = {
    submission     = "validated"
    authentication = { mode = "jwt", issuer = local.unknown, audience = [local.unknown] }
  }
}

module "notifications" {
  source         = "../../modules/notifications"
  names          = module.naming
  runtime        = merge(local.runtime, { log_level = "INFO" })
  data           = module.data.store
  secrets        = module.secrets
  authentication = module.validated.authentication
  policies       = { notifier = { stream = local.unknown }, push = { commands = local.unknown } }
  settings = {
    events = "sns", event_target = { arn = local.unknown, kms_key_arn = local.unknown }
    push   = {}, webhooks = { secrets = ["api-key"], allowed_hosts = ["*"] }
  }
}

module "examples" {
  source    = "../../modules/examples"
  names     = module.naming
  data      = module.data.store
  secrets   = module.secrets
  anonymous = false
  outcomes  = local.unknown
  runtime   = { kms_key = local.key, permissions_boundary = local.unknown }
  settings = {
    enabled = true
    task = {
      image = "public.ecr.aws/acme/task:1", vpc = local.vpc, cluster = { arn = local.unknown }
    }
  }
}

module "site" {
  source  = "../../modules/site"
  name    = "acme-pr-7-site"
  folder  = "../../modules/site/tests/page"
  values  = { name = local.unknown }
  headers = { policy = { id = local.unknown } }
  domain  = { name = "app.example.com", certificate_arn = local.unknown }
}
"""
RUN = """
mock_provider "aws" {
  source = "../../tests/mocks"
}

run "plans" {
  command = plan
}
"""


def test_a_first_plan_takes_what_it_does_not_know(tree: Path) -> None:
    """No count hangs on whether such a value is null: Terraform could not plan it."""
    folder = tree / "environments/unknown"
    folder.mkdir()
    (folder / "main.tf").write_text(CONFIGURATION)
    (folder / "plan.tftest.hcl").write_text(RUN)

    result = terraform_in(folder).run("test", "-no-color", check=False)

    assert result.returncode == 0, result.stdout + result.stderr
