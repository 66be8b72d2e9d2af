# The composition, and the access matrix. Each line of a `policies` block is one grant; handlers.tf
# adds those of your handlers. Every function may also write its own log and, with tracing, traces.

locals {
  prod = module.naming.production
  sends = merge(module.queues.policies, {
    commands    = module.data.policies.write, send = module.queue.policies.send
    read_inputs = module.data.policies.read_input
  })
  runtime = {
    package_path       = module.package.path, kms_key = var.existing.kms_key, vpc = var.existing.vpc
    architecture       = var.lambda_architecture, tracing = var.monitoring.tracing
    log_retention_days = var.log_retention_days, log_level = var.monitoring.log_level
    metrics_namespace  = var.project, permissions_boundary = var.existing.permissions_boundary
  }
}

module "naming" {
  source             = "../../modules/naming"
  project            = var.project
  environment        = var.environment
  other_environments = var.other_environments
  table_name         = var.commands.table_name
}

module "tagging" {
  source          = "../../modules/tagging"
  project         = var.project
  environment     = var.environment
  repository      = var.tags.repository
  additional_tags = var.tags.additional
}

module "package" {
  source          = "../../modules/package"
  path            = "${path.module}/../../build/lambda.zip"
  expected_sha256 = var.package_sha256
  worker_timeout  = var.worker_timeout
  queues          = var.commands.queues
  types = concat(
    [var.commands.default_type], values(var.routes)[*].type, values(var.commands.schedules)[*].type
  )
}

module "queue" {
  source                = "../../modules/queue"
  name                  = module.naming.queue
  dlq_name              = module.naming.dlq
  fifo                  = var.commands.fifo
  max_message_size      = var.commands.max_message_size
  senders               = var.commands.senders
  kms_key               = var.existing.kms_key
  retention_seconds     = var.sqs_retention_seconds
  dlq_retention_seconds = var.dlq_retention_seconds
  schedules             = var.commands.scheduling ? local.runtime : null
  recurring             = merge(local.runtime, var.commands, { by_api = var.api.schedules })
  consumer = {
    timeout_seconds         = var.worker_timeout, max_concurrency = var.worker_max_concurrency
    batching_window_seconds = var.worker_batching_window_seconds, batch_size = var.worker_batch_size
  }
}

# Status, result and error of each command, and a bucket for results too large for the table.
module "data" {
  source                 = "../../modules/data"
  name                   = module.naming.table
  ttl_attribute          = var.dynamodb_ttl_attribute
  retention_days         = var.commands.retention_days
  dlq_retention_seconds  = var.dlq_retention_seconds
  point_in_time_recovery = var.commands.point_in_time_recovery
  index_by_status        = var.commands.index
  index_outbox           = module.api.stores_submissions
  stream                 = anytrue([module.notifications.listens, module.api.counts_batches])
  deletion_protection    = local.prod
  kms_key                = var.existing.kms_key
  results = {
    enabled            = true, name = module.naming.results, bucket = var.existing.results_bucket
    cors_allow_origins = var.cors_allow_origins, force_destroy = !local.prod
  }
}

module "secrets" {
  source               = "../../modules/secrets"
  prefix               = module.naming.secret_prefix
  secrets              = var.secrets
  values               = var.secret_values
  kms_key              = var.existing.kms_key
  recovery_window_days = coalesce(var.secrets_recovery_window_days, local.prod ? 30 : 0)
}

module "worker" {
  source               = "../../modules/worker"
  name                 = module.naming.worker
  runtime              = local.runtime
  memory_mb            = var.worker_memory_size
  queue                = module.queue
  queues               = module.queues.directory
  data                 = module.data.store
  secrets              = module.secrets
  default_command_type = var.commands.default_type
  max_attempts         = var.sqs_max_receive_count
  settings             = var.worker
  log_exception_text   = var.log_exception_text
  live_version         = var.worker_version
  environment = merge(
    local.handler_environment, module.queue.schedules.environment, module.api.handing_over,
  )
  layers = local.handler_layers
  policies = merge(local.handler_policies, module.queues.policies, module.queue.schedules.worker, {
    consume  = module.queue.policies.consume, dead_letter = module.queue.policies.dead_letter
    commands = module.data.policies.write, look = module.data.policies.read # whether it is to stop
    results  = module.data.policies.write_results, states = module.data.policies.read_states
    }, length(var.secrets) == 0 ? {} : { secrets = module.secrets.policies.read },
    # Of paused types; a copy would lose its place in a FIFO group.
    var.commands.fifo ? {} : { delayed_copies = module.queue.policies.send },
  )
}

# Queues beside that one; their workers may do what the worker may. None by default.
module "queues" {
  source  = "../../modules/queues"
  names   = module.naming
  queues  = var.commands.queues
  queue   = module.queue.address
  worker  = module.worker.template
  kms_key = var.existing.kms_key
}

# API Gateway, which may send to the queue, and the functions of its routes; `openapi` has no grant.
module "api" {
  source               = "../../modules/api"
  names                = module.naming
  runtime              = local.runtime
  queue                = module.queue.address
  queues               = module.queues.directory
  priorities           = module.queues.addresses
  data                 = module.data.store
  default_command_type = var.commands.default_type
  settings             = var.api
  routes               = var.routes
  cors_allow_origins   = var.cors_allow_origins
  callbacks            = module.notifications.callbacks
  policies = {
    status = merge(module.notifications.callbacks.policies, {
      commands = module.data.policies.read, results = module.data.policies.read_results
    })
    cancel = merge(module.queue.schedules.cancel, { commands = module.data.policies.write })
    outcome = {
      commands = module.data.policies.write, read = module.data.policies.read
      results  = module.data.policies.write_results
    }
    submit         = merge(local.sends, { store_inputs = module.data.policies.store_input })
    outbox_relay   = merge(local.sends, { find = module.data.policies.find_pending })
    batch_counter  = { stream = module.data.policies.read_stream }
    batch_transfer = { read_many = module.data.policies.read_many }
    schedules      = module.queue.recurring.policies
  }
}

# Who is told what becomes of commands; off by default.
module "notifications" {
  source         = "../../modules/notifications"
  names          = module.naming
  runtime        = local.runtime
  data           = module.data.store
  secrets        = module.secrets
  settings       = var.notifications
  authentication = module.api.authentication
  policies = {
    notifier = { stream = module.data.policies.read_stream }
    push     = { commands = module.data.policies.read }
  }
}

module "monitoring" {
  source            = "../../modules/monitoring"
  name              = module.naming.prefix
  queue             = module.queue
  worker            = module.worker
  queues            = module.queues.queues
  api               = module.api
  notifications     = module.notifications
  table_name        = module.data.name
  metrics_namespace = var.project
  runbook_url       = var.monitoring.runbook_url
  subscriptions     = var.monitoring.subscriptions
  kms_key           = var.existing.kms_key
  topic             = var.existing.alarm_topic
  thresholds        = var.monitoring.thresholds
}
