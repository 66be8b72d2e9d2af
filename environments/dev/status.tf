# What clients are told of their commands, and taking one back.

# The status function answers for commands: it reads the table, for as long as a client may wait,
# and signs URLs for large results.
module "status" {
  source = "../../modules/function"

  name                 = module.naming.status
  description          = "Answers what became of a command"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.status.handler"
  architecture         = var.lambda_architecture
  memory_mb            = 256
  timeout_seconds      = max(10, var.status_max_wait_seconds + 4)
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  policies = {
    commands = module.data.policies.read
    results  = module.results.policies.read
  }

  environment = merge(local.access, {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    MAX_WAIT_SECONDS        = var.status_max_wait_seconds
    RESULTS_BUCKET          = module.results.name
    RESULT_URL_SECONDS      = var.result_url_seconds
    METRICS_NAMESPACE       = var.project
    POWERTOOLS_SERVICE_NAME = module.naming.status
    POWERTOOLS_LOG_LEVEL    = var.log_level
  })
}

# The cancel function takes commands back: it writes the table.
module "cancel" {
  source = "../../modules/function"

  name                 = module.naming.cancel
  description          = "Takes back commands that do not run yet"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.cancel.handler"
  architecture         = var.lambda_architecture
  memory_mb            = 256
  timeout_seconds      = 10
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  policies = {
    commands = module.data.policies.write
  }

  environment = merge(local.access, {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    RETENTION_DAYS          = var.command_retention_days
    POWERTOOLS_SERVICE_NAME = module.naming.cancel
    POWERTOOLS_LOG_LEVEL    = var.log_level
  })
}
