# What the page talks to.

module "api" {
  source = "../../modules/api"

  name                 = module.naming.api
  queue                = module.queue
  status_function      = module.status
  cancel_function      = module.cancel
  openapi_function     = module.openapi
  additional_routes    = { "GET /hello" = module.hello }
  submission           = { aliases = ["POST /jobs"] }
  cors_allow_origins   = [module.site.origin]
  throttling           = { requests_per_second = 20, burst = 40 }
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary
}

# The hello function says which code runs here; it may do nothing.
module "hello" {
  source = "../../modules/function"

  name                 = module.naming.hello
  description          = "Says which code runs here"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.hello.handler"
  memory_mb            = 128
  timeout_seconds      = 5
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary

  environment = {
    ENVIRONMENT = local.environment
    PACKAGE     = fileexists(local.package_path) ? filesha256(local.package_path) : ""
  }
}

# The status function answers for jobs: it reads the table, and signs URLs for large results.
module "status" {
  source = "../../modules/function"

  name                 = module.naming.status
  description          = "Answers what became of a command"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.status.handler"
  timeout_seconds      = 10
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary

  policies = {
    commands = module.data.policies.read
    results  = module.results.policies.read
  }

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    RESULTS_BUCKET          = module.results.name
    POWERTOOLS_SERVICE_NAME = module.naming.status
  }
}

# The cancel function takes commands back: it writes the table.
module "cancel" {
  source = "../../modules/function"

  name                 = module.naming.cancel
  description          = "Takes back commands that do not run yet"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.cancel.handler"
  timeout_seconds      = 10
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary

  policies = {
    commands = module.data.policies.write
  }

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    RETENTION_DAYS          = local.kept_days
    POWERTOOLS_SERVICE_NAME = module.naming.cancel
  }
}

# The openapi function describes the API to its clients; it may do nothing.
module "openapi" {
  source = "../../modules/function"

  name                 = module.naming.openapi
  description          = "Describes the API"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.openapi.handler"
  timeout_seconds      = 10
  log_retention_days   = local.kept_days
  permissions_boundary = var.permissions_boundary

  environment = {
    API_TITLE               = module.naming.api
    DEFAULT_COMMAND_TYPE    = local.default_command_type
    POWERTOOLS_SERVICE_NAME = module.naming.openapi
  }
}
