# Tells receivers of commands that ended: a queue of deliveries, a worker for it, and a table that
# says how each delivery went.

locals {
  # What a URL may be, for the sender and for the API that refuses others.
  rules = {
    WEBHOOK_ALLOWED_HOSTS  = join(",", var.settings.allowed_hosts)
    WEBHOOK_ALLOWED_PORTS  = join(",", var.settings.allowed_ports)
    WEBHOOK_ALLOW_HTTP     = tostring(var.settings.allow_http)
    WEBHOOK_ALLOW_LOOPBACK = tostring(var.settings.allow_loopback)
  }

  # Tries go on for three days on average, and for four at most.
  retention_seconds     = 5 * 86400
  dlq_retention_seconds = 14 * 86400
}

module "queue" {
  source = "../queue"

  name                  = var.names.webhook_queue
  dlq_name              = var.names.webhook_dlq
  kms_key               = var.runtime.kms_key
  retention_seconds     = local.retention_seconds
  dlq_retention_seconds = local.dlq_retention_seconds
  consumer = {
    timeout_seconds = 30
    max_concurrency = var.settings.max_concurrency
  }
}

module "deliveries" {
  source = "../data"

  name                   = var.names.deliveries
  ttl_attribute          = var.ttl_attribute
  dlq_retention_seconds  = local.dlq_retention_seconds
  retention_days         = 30
  point_in_time_recovery = false
  index_by_status        = true
  kms_key                = var.runtime.kms_key
}

module "sender" {
  source = "../worker"

  name                 = var.names.webhook_sender
  description          = "Delivers webhooks of commands that ended"
  handler              = "command_api.entrypoints.webhook_sender.handler"
  runtime              = var.runtime
  queue                = module.queue
  data                 = module.deliveries.store
  secrets              = var.secrets
  default_command_type = "callback"
  environment          = merge(local.rules, { WEBHOOK_SECRETS = join(",", var.settings.secrets) })

  policies = {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    deliveries  = module.deliveries.policies.write
    secrets     = var.secrets.policies.read
  }
}
