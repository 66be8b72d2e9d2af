# One stack for one pull request: the async API of environments/dev with the direct door, and a page
# to try it on. Everything is small, short-lived, and tagged with when it may go. As in dev, every
# line of a `policies` block is one grant, and there are no others.

locals {
  environment  = "pr-${var.pr_number}"
  package_path = "${path.module}/../../build/lambda.zip"

  # Beside the zip: types of command, with what the handler of each needs.
  handlers_path = "${dirname(local.package_path)}/handlers.json"
  handlers      = jsondecode(fileexists(local.handlers_path) ? file(local.handlers_path) : "{}")

  # What is left when a preview goes is deleted with it, and nothing waits for that.
  kept_days    = 3
  kept_seconds = local.kept_days * 86400

  # Of a job that names no type.
  default_command_type = "echo"

  consumer = {
    # Every handler of the pull request can run: see environments/dev/package.tf.
    timeout_seconds = max(30, [for needs in local.handlers : ceil(needs.min_seconds) + 2]...)
    max_concurrency = 2
  }
}

module "naming" {
  source = "../../modules/naming"

  project     = var.project
  environment = local.environment
}

# `python -m scripts.cleanup` deletes by these tags.
module "tagging" {
  source = "../../modules/tagging"

  project     = var.project
  environment = local.environment
  repository  = var.repository

  temporary = {
    created_at   = var.created_at
    ttl_hours    = var.ttl_hours
    pull_request = var.pr_number
  }
}

module "queue" {
  source = "../../modules/queue"

  name                  = module.naming.queue
  dlq_name              = module.naming.dlq
  consumer              = local.consumer
  retention_seconds     = local.kept_seconds
  dlq_retention_seconds = local.kept_seconds
}

module "data" {
  source = "../../modules/data"

  name                   = module.naming.table
  point_in_time_recovery = false
  deletion_protection    = false
}

module "results" {
  source = "../../modules/results"

  name               = module.naming.results
  retention_days     = local.kept_days
  cors_allow_origins = [module.site.origin]
  force_destroy      = true
}

# Without a recovery window the names are free again at once, for when the pull request is reopened.
module "secrets" {
  source = "../../modules/secrets"

  prefix               = module.naming.secret_prefix
  secrets              = var.secrets
  recovery_window_days = 0
}

# The worker runs jobs: it consumes the queue, writes the table and reads the secrets.
module "worker" {
  source = "../../modules/worker"

  name                 = module.naming.worker
  package_path         = local.package_path
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary
  queue                = module.queue
  consumer             = local.consumer

  policies = {
    consume        = module.queue.policies.consume
    dead_letter    = module.queue.policies.dead_letter
    delayed_copies = module.queue.policies.send
    commands       = module.data.policies.write
    results        = module.results.policies.write
    secrets        = module.secrets.policies.read
  }

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = module.queue.url
    QUEUE_RETENTION_SECONDS = module.queue.retention_seconds
    DLQ_URL                 = module.queue.dlq_url
    MAX_ATTEMPTS            = 3
    BATCH_CONCURRENCY       = 10
    DEFAULT_COMMAND_TYPE    = local.default_command_type
    DEMO_HANDLERS           = true # the page's jobs sleep and fail on request
    RETENTION_DAYS          = local.kept_days
    SECRET_PREFIX           = module.naming.secret_prefix
    RESULTS_BUCKET          = module.results.name
    METRICS_NAMESPACE       = var.project
    POWERTOOLS_SERVICE_NAME = module.naming.worker
  }
}
