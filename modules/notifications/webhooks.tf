# A signed call for each ending, to whom its client or the environment names.

module "webhooks" {
  source = "../webhooks"
  count  = local.listeners.webhooks ? 1 : 0

  names         = var.names
  runtime       = var.runtime
  ttl_attribute = var.data.ttl_attribute
  secrets       = var.secrets
  anonymous     = var.authentication.mode == "none"
  settings      = var.settings.webhooks
}

locals {
  webhook_environment = local.listeners.webhooks ? {
    WEBHOOK_QUEUE_URL = module.webhooks[0].queue.url
    WEBHOOK_ENDPOINTS = jsonencode(module.webhooks[0].endpoints)
  } : {}
  webhook_policies = local.listeners.webhooks ? {
    deliveries = module.webhooks[0].policies.queue
  } : {}
}
