# Who may do what: every line of a `policies` block below is one grant, and there are no others.

locals {
  # The queue and its worker must agree on these, so they are said once.
  consumer = {
    timeout_seconds         = var.worker_timeout
    batch_size              = var.worker_batch_size
    batching_window_seconds = var.worker_batching_window_seconds
    max_concurrency         = var.worker_max_concurrency
  }
}

module "naming" {
  source = "../../modules/naming"

  project     = var.project
  environment = var.environment
}

module "tagging" {
  source = "../../modules/tagging"

  project         = var.project
  environment     = var.environment
  repository      = var.repository
  additional_tags = var.additional_tags
}

# Commands wait here; what fails for good ends in the dead-letter queue.
module "queue" {
  source = "../../modules/queue"

  name                  = module.naming.queue
  dlq_name              = module.naming.dlq
  fifo                  = var.fifo_queue
  consumer              = local.consumer
  retention_seconds     = var.sqs_retention_seconds
  dlq_retention_seconds = var.dlq_retention_seconds
}

# What became of each command.
module "data" {
  source = "../../modules/data"

  name                   = coalesce(var.dynamodb_table_name, module.naming.table)
  ttl_attribute          = var.dynamodb_ttl_attribute
  point_in_time_recovery = var.enable_dynamodb_pitr
  index_by_status        = var.enable_command_index
  index_unsent           = local.validates
  deletion_protection    = var.environment == "prod"
}

# Results that are too large for the table.
module "results" {
  source = "../../modules/results"

  name               = module.naming.results
  retention_days     = var.command_retention_days
  cors_allow_origins = var.cors_allow_origins
  force_destroy      = var.environment != "prod"
}

module "secrets" {
  source = "../../modules/secrets"

  prefix               = module.naming.secret_prefix
  secrets              = var.secrets
  values               = var.secret_values
  recovery_window_days = var.secrets_recovery_window_days
}

# The worker runs commands: it consumes the queue, writes the table and reads the secrets.
module "worker" {
  source = "../../modules/worker"

  name                 = module.naming.worker
  package_path         = local.package_path
  live_version         = var.worker_version
  architecture         = var.lambda_architecture
  memory_mb            = var.worker_memory_size
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  queue                = module.queue
  consumer             = local.consumer
  enabled              = var.worker_enabled

  policies = merge(local.example_policies, {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    # Of paused types; a copy would lose its place in a FIFO group.
    delayed_copies = var.fifo_queue ? null : module.queue.policies.send
    commands       = module.data.policies.write
    results        = module.results.policies.write
    secrets        = module.secrets.policies.read
  })

  environment = merge(local.example_environment, {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = module.queue.url
    QUEUE_RETENTION_SECONDS = module.queue.retention_seconds
    DLQ_URL                 = module.queue.dlq_url
    MAX_ATTEMPTS            = var.sqs_max_receive_count
    BATCH_CONCURRENCY       = var.worker_batch_concurrency
    DEFAULT_COMMAND_TYPE    = var.default_command_type
    PAUSED_TYPES            = join(",", var.paused_types)
    RETENTION_DAYS          = var.command_retention_days
    SECRET_PREFIX           = module.naming.secret_prefix
    RESULTS_BUCKET          = module.results.name
    METRICS_NAMESPACE       = var.project
    LOG_EXCEPTION_TEXT      = var.log_exception_text
    POWERTOOLS_SERVICE_NAME = module.naming.worker
    POWERTOOLS_LOG_LEVEL    = var.log_level
  })
}
