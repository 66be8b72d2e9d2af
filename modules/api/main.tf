# API Gateway, and the functions that answer its routes.

locals {
  rest = var.settings.type == "rest"

  # Commands pass the submit function, and are stored before they are queued.
  validates = var.settings.submission == "validated" || length(var.routes) > 0

  api = one(concat(module.http, module.rest))

  hides_host = try(var.settings.domain.disable_execute_api_endpoint, false)
  # By its domain, once that leads to the API.
  endpoint = var.settings.domain == null ? local.api.endpoint : module.domain[0].url
}

# A warning of every plan and apply: some APIs are public, and nobody should learn it late.
check "authentication" {
  assert {
    condition     = !var.names.production || var.settings.authentication.mode != "none"
    error_message = <<-EOT
      The production API ${var.names.api} identifies no caller: whoever reaches it can submit, read
      and cancel commands. Set, for example, api = { authentication = { mode = "iam" } }.
    EOT
  }
}

# The API sends to the queue, or asks the submit function, and invokes the other functions.
module "http" {
  source = "../http_api"
  count  = local.rest ? 0 : 1

  name                 = var.names.api
  runtime              = var.runtime
  queue                = var.queue
  priorities           = var.priorities
  status_function      = local.function.status
  cancel_function      = local.function.cancel
  outcome_function     = local.function.outcome
  openapi_function     = local.function.openapi
  submit_function      = local.function.submit
  submit_function_name = var.names.submit
  batches_function     = local.function.batches
  schedules_function   = local.function.schedules
  additional_routes    = var.additional_routes
  authentication       = var.settings.authentication
  cors_allow_origins   = var.cors_allow_origins

  disable_execute_api_endpoint = local.hides_host

  throttling = var.settings.throttling

  submission = {
    mode    = var.settings.submission
    batches = var.settings.batches
    aliases = var.aliases
    routes  = var.routes
  }
}

# The same behind a REST API: validation and API keys at the gateway, no function on the way in.
module "rest" {
  source = "../rest_api"
  count  = local.rest ? 1 : 0

  name               = var.names.rest_api
  runtime            = var.runtime
  queue              = var.queue
  priorities         = var.priorities
  status_function    = local.function.status
  cancel_function    = local.function.cancel
  outcome_function   = local.function.outcome
  openapi_function   = local.function.openapi
  function_names     = merge(var.names, var.settings.outcomes ? {} : { outcome = null })
  authorization      = var.settings.authentication.mode == "iam" ? "AWS_IAM" : "NONE"
  api_keys           = var.settings.rest.api_keys
  usage_plan         = { quota = var.settings.rest.quota }
  access_logs        = var.settings.rest.access_logs
  waf                = var.settings.rest.waf
  cors_allow_origins = var.cors_allow_origins

  disable_execute_api_endpoint = local.hides_host

  throttling = var.settings.throttling
}

module "domain" {
  source = "../api_domain"
  count  = var.settings.domain == null ? 0 : 1

  name        = var.settings.domain.name
  certificate = var.settings.domain.certificate
  zone        = var.settings.domain.zone
  api         = { id = local.api.id, stage_name = local.api.stage_name }
}
