provider "aws" {}

variable "echo_package" { type = string }

module "queue" {
  source   = "../../../../modules/queue"
  for_each = toset(["standard", "fifo", "high"])

  name     = "integration-rest-${each.key}-queue"
  dlq_name = "integration-rest-${each.key}-dlq"
  fifo     = each.key == "fifo"
}

# It answers with the event itself, so that a test sees what API Gateway gives to a function.
module "echo" {
  source = "../../../../modules/function"

  name        = local.echo
  description = "Answers with its event"
  handler     = "echo.handler"
  runtime     = { package_path = var.echo_package }
}

locals {
  echo = "integration-rest-echo"

  # One API with everything, and one with nothing but a FIFO queue.
  apis = {
    standard = { origins = ["https://a.example", "https://b.example"], keys = ["shop"] }
    fifo     = { origins = [], keys = [] }
  }
}

module "rest_api" {
  source   = "../../../../modules/rest_api"
  for_each = local.apis

  name               = "integration-rest-${each.key}"
  queue              = module.queue[each.key].address
  priorities         = each.key == "fifo" ? {} : { high = module.queue["high"].address }
  status_function    = module.echo
  cancel_function    = module.echo
  openapi_function   = module.echo
  function_names     = { for function in ["status", "cancel", "openapi"] : function => local.echo }
  cors_allow_origins = each.value.origins
  api_keys           = each.value.keys
  usage_plan         = { quota = { requests = 1000 } }
}

output "submit_endpoints" { value = { for name, api in module.rest_api : name => api.submit_endpoint } }
output "queue_urls" { value = { for name, queue in module.queue : name => queue.url } }
output "api_key_id" { value = module.rest_api["standard"].api_key_ids["shop"] }
output "log_group_name" { value = module.rest_api["standard"].log_group_name }
