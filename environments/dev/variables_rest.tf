# What only a REST API has.

variable "rest_api" {
  description = <<-EOT
    API keys by name (with any, nobody gets in without one), what each may use, and an AWS WAF web
    ACL. `access_logs` need the account's CloudWatch role, which is one setting per region.
  EOT
  type = object({
    api_keys    = optional(list(string), [])
    quota       = optional(object({ requests = number, period = string }))
    access_logs = optional(bool, true)
    waf_acl_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.api_type == "rest" || length(var.rest_api.api_keys) == 0
    error_message = "HTTP APIs have no API keys; set, say, api_type = \"rest\"."
  }

  validation {
    condition     = var.api_type == "rest" || var.rest_api.waf_acl_arn == null
    error_message = "HTTP APIs have no AWS WAF; set, say, api_type = \"rest\"."
  }

  validation {
    condition = alltrue([
      for name in var.rest_api.api_keys : can(regex("^[a-z0-9-]{1,60}$", name))
    ])
    error_message = "A name is lowercase letters, digits or -, like { api_keys = [\"shop\"] }."
  }

  validation {
    condition = var.rest_api.quota == null || try(
      var.rest_api.quota.requests >= 1 &&
      contains(["DAY", "WEEK", "MONTH"], var.rest_api.quota.period), false
    )
    error_message = "Say, { quota = { requests = 10000, period = \"DAY\" } }; or WEEK, or MONTH."
  }
}
