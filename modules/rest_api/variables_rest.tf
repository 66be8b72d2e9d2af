variable "stage_name" {
  description = "Name of the stage: the first segment of every path."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name must be letters, digits or _- , for example \"v1\"."
  }
}

variable "authorization" {
  description = "Authorization: `NONE` for public access, `AWS_IAM` for signed requests."
  type        = string
  default     = "NONE"
  nullable    = false

  validation {
    condition     = contains(["NONE", "AWS_IAM"], var.authorization)
    error_message = "authorization must be NONE or AWS_IAM, for example \"AWS_IAM\"."
  }
}

variable "api_keys" {
  description = "Names of the API keys; with any, every request requires a key."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.api_keys : can(regex("^[a-z0-9-]{1,60}$", name))])
    error_message = "A key's name is lowercase letters, digits or hyphens, like [\"shop\"]."
  }

  validation {
    condition     = length(distinct(var.api_keys)) == length(var.api_keys)
    error_message = "Name each key once, for example [\"shop\", \"billing\"]."
  }
}

variable "usage_plan" {
  description = <<-EOT
    Limits of each API key: rate, burst and quota. Rate and burst are half of the API's by default.
  EOT
  type = object({
    requests_per_second = optional(number)
    burst               = optional(number)
    quota               = optional(object({ requests = number, period = optional(string, "DAY") }))
  })
  default  = {}
  nullable = false

  validation {
    condition = (
      coalesce(var.usage_plan.requests_per_second, 1) > 0 && coalesce(var.usage_plan.burst, 1) >= 1
    )
    error_message = "Both must be above 0, like { requests_per_second = 50, burst = 100 }."
  }

  validation {
    condition = var.usage_plan.quota == null || try(
      var.usage_plan.quota.requests >= 1 &&
      contains(["DAY", "WEEK", "MONTH"], var.usage_plan.quota.period), false
    )
    error_message = "A quota is like { requests = 10000, period = \"DAY\" }; or WEEK, or MONTH."
  }
}

variable "access_logs" {
  description = "Log requests; the account needs bootstrap's `enable_rest_api_logs` first."
  type        = bool
  default     = true
  nullable    = false
}

variable "waf" {
  description = "Regional AWS WAF web ACL in front of the API, if there is one."
  type        = object({ acl_arn = string })
  default     = null

  validation {
    condition     = var.waf == null || can(regex(":wafv2:.*:regional/webacl/", var.waf.acl_arn))
    error_message = <<-EOT
      The ACL must be regional, for example
      { acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/api/1a2b" }.
    EOT
  }
}
