# Every change of a command, for clients that watch it over a WebSocket.

module "push" {
  source = "../push"
  count  = local.listeners.push ? 1 : 0

  name           = var.names.push
  table_name     = var.names.watches
  runtime        = var.runtime
  data           = var.data
  authentication = var.authentication
  settings       = var.settings.push
  deliveries     = local.listeners.webhooks ? module.webhooks[0].deliveries : null

  policies = merge(
    var.policies.push,
    local.listeners.webhooks ? { deliveries = module.webhooks[0].policies.read } : {},
  )
}

locals {
  push_environment = local.listeners.push ? module.push[0].listener_environment : {}
  push_policies    = local.listeners.push ? { push = module.push[0].policies.tell } : {}
}
