# The doors: how commands come in, and what clients are told of them.

locals {
  # Whether commands pass the submit function before they are queued.
  validates = var.submission == "validated" || length(var.routes) > 0

  # Which type of command stands behind which path.
  routes = jsonencode({ for route_key, route in var.routes : route_key => route.type })

  api = one(concat(module.api, module.rest_api))

  # What a function is told of who may ask, and which web pages may read its answers: an HTTP API
  # sees to these itself.
  access = {
    CORS_ALLOW_ORIGINS = var.api_type == "rest" ? join(" ", var.cors_allow_origins) : ""
    AUTHENTICATED      = var.authentication.mode == "jwt"
    ADMIN_SCOPE        = try(coalesce(var.authentication.scopes.admin), "")
  }
}

# The openapi function describes the API to its clients; it may do nothing.
module "openapi" {
  source = "../../modules/function"

  name                 = module.naming.openapi
  description          = "Describes the API"
  package_path         = local.package_path
  handler              = "command_api.entrypoints.openapi.handler"
  architecture         = var.lambda_architecture
  memory_mb            = 256
  timeout_seconds      = 10
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  environment = merge(local.access, {
    DEFAULT_COMMAND_TYPE    = var.default_command_type
    FIFO_QUEUE              = var.fifo_queue
    API_TITLE               = module.naming.api
    DOOR                    = var.api_type == "rest" ? "rest" : var.submission
    ROUTES                  = local.routes
    AUTHENTICATION          = jsonencode(var.authentication)
    POWERTOOLS_SERVICE_NAME = module.naming.openapi
    POWERTOOLS_LOG_LEVEL    = var.log_level
  })
}

# The API sends to the queue, or asks the submit function, and invokes the functions above.
module "api" {
  source = "../../modules/api"
  count  = var.api_type == "http" ? 1 : 0

  name                 = module.naming.api
  queue                = module.queue
  status_function      = module.status
  cancel_function      = module.cancel
  openapi_function     = module.openapi
  authentication       = var.authentication
  fair_queue           = var.fair_queue
  cors_allow_origins   = var.cors_allow_origins
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary

  submission = {
    mode     = var.submission
    function = one(module.submit)
    routes   = var.routes
  }
}

# The same behind a REST API: validation and API keys at the gateway, no function on the way in.
module "rest_api" {
  source = "../../modules/rest_api"
  count  = var.api_type == "rest" ? 1 : 0

  name                 = module.naming.rest_api
  queue                = module.queue
  status_function      = module.status
  cancel_function      = module.cancel
  openapi_function     = module.openapi
  authorization        = var.authentication.mode == "iam" ? "AWS_IAM" : "NONE"
  api_keys             = var.rest_api.api_keys
  usage_plan           = { quota = var.rest_api.quota }
  access_logs          = var.rest_api.access_logs
  waf_acl_arn          = var.rest_api.waf_acl_arn
  cors_allow_origins   = var.cors_allow_origins
  tracing              = var.enable_tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
}
