output "type" {
  description = "Type of the API: `http` or `rest`."
  value       = var.settings.type
}

output "id" {
  description = "Id of the API."
  value       = local.api.id
}

output "name" {
  description = "Name of the API."
  value       = local.rest ? var.names.rest_api : var.names.api
}

output "stage_name" {
  description = "Name of the API's stage."
  value       = local.api.stage_name
}

output "endpoint" {
  description = "URL of the API."
  value       = local.endpoint
}

output "commands_endpoint" {
  description = "URL for submitting commands."
  value       = "${local.endpoint}/commands"
}

output "domain_target" {
  description = "Where DNS must point for the API's domain; null without one."
  value       = one(module.domain[*].target)
}

output "log_group_name" {
  description = "Name of the log group with the access logs."
  value       = local.api.log_group_name
}

output "anonymous" {
  description = "True if the API identifies no caller; API keys do not."
  value       = var.settings.authentication.mode == "none"
}

output "authentication" {
  description = "How callers are identified: `mode`, `issuer`, `audience` and `scopes`."
  value       = var.settings.authentication
}

output "max_wait_seconds" {
  description = "Maximum of the query parameter `wait`, in seconds."
  value       = var.settings.max_wait_seconds
}

output "stores_submissions" {
  description = "True if commands are stored before they are queued, which needs the outbox index."
  value       = local.validates
}

locals {
  deployed = merge(
    local.function,
    local.batch_functions,
  )
}

output "functions" {
  description = <<-EOT
    The functions by what they do, module `function` as a whole: `status`, `cancel`, `openapi`;
    `submit` and `outbox_relay`, which are null where no command is validated; `outcome`, which is
    null where nothing is reported; and those of what else `settings` turns on, null while off.
  EOT
  value       = local.deployed
}

output "function_log_groups" {
  description = "Names of the log groups of the functions."
  value       = [for it in values(local.deployed) : it.log_group_name if it != null]
}

output "handing_over" {
  description = "Variables of a worker whose handlers hand commands over; none where they may not."
  value       = var.settings.outcomes ? { OUTCOMES = "true" } : {}
}

output "status_function" {
  description = "Name of the status function."
  value       = local.function.status.name
}
