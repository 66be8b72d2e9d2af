# The validated door: commands are checked and written down before they are queued.

# The submit function checks commands, writes them down and sends them to the queue.
module "submit" {
  source = "../../modules/function"
  count  = local.validates ? 1 : 0

  name                 = module.naming.submit
  description          = "Checks commands before they are queued"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.submit.handler"
  architecture         = var.lambda_architecture
  memory_mb            = 256
  timeout_seconds      = 15
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  policies = {
    commands     = module.data.policies.write
    store_inputs = module.data.policies.store_input
    read_inputs  = module.data.policies.read_input
    send         = module.queue.policies.send
  }

  environment = merge(local.access, {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = module.queue.url
    QUEUE_RETENTION_SECONDS = module.queue.retention_seconds
    ROUTES                  = local.routes
    DEFAULT_COMMAND_TYPE    = var.default_command_type
    FAIR_QUEUE              = var.fair_queue
    POWERTOOLS_SERVICE_NAME = module.naming.submit
    POWERTOOLS_LOG_LEVEL    = var.log_level
  })
}

# The sweep queues what a submission wrote down but did not send, if its client never comes back.
module "sweep" {
  source = "../../modules/function"
  count  = local.validates ? 1 : 0

  name                 = module.naming.sweep
  description          = "Queues what a submission left behind"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.sweep.handler"
  architecture         = var.lambda_architecture
  memory_mb            = 256
  timeout_seconds      = 60
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  policies = {
    find        = module.data.policies.find_unsent
    commands    = module.data.policies.write
    read_inputs = module.data.policies.read_input
    send        = module.queue.policies.send
  }

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = module.queue.url
    QUEUE_RETENTION_SECONDS = module.queue.retention_seconds
    FAIR_QUEUE              = var.fair_queue
    POWERTOOLS_SERVICE_NAME = module.naming.sweep
    POWERTOOLS_LOG_LEVEL    = var.log_level
  }
}

module "sweep_schedule" {
  source = "../../modules/schedule"
  count  = local.validates ? 1 : 0

  name          = module.naming.sweep
  function      = module.sweep[0]
  every_minutes = 5
}
