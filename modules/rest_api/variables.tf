variable "name" {
  description = "Name of the API, of its role (with `-send` added) and of its log group."
  type        = string
  nullable    = false

  # AWS takes 128 for an API, but 64 for the role.
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,59}$", var.name))
    error_message = "name must be 1-59 letters, digits or _- , for example \"acme-dev-api\"."
  }
}

variable "queue" {
  description = "Queue for the commands: module `queue` as a whole."
  type = object({
    arn      = string
    policies = object({ send = string })
    fifo     = optional(bool, false)

    # In bytes, for the answer to what is larger.
    max_message_size = optional(number)
  })
  nullable = false
}

variable "priorities" {
  description = "Queues that clients may choose by a path, by name: see module `queues`."
  type = map(object({
    url      = string
    policies = object({ send = string })
  }))
  default  = {}
  nullable = false
}

variable "status_function" {
  description = "Function that returns the status of commands: module `function` as a whole."
  type        = object({ name = string })
  nullable    = false
}

variable "cancel_function" {
  description = "Function that cancels commands: module `function` as a whole."
  type        = object({ name = string })
  nullable    = false
}

variable "outcome_function" {
  description = "Function that takes reports on commands: module `function` as a whole, or null."
  type        = object({ name = string })
  default     = null
}

variable "openapi_function" {
  description = "Function that serves the OpenAPI document: module `function` as a whole."
  type        = object({ name = string })
  nullable    = false
}

variable "function_names" {
  description = <<-EOT
    Names of these functions once more, for the integrations. Their expressions must not refer to
    the functions: Terraform would make a function's successor before it deletes the function.
  EOT
  type = object({
    status  = string
    cancel  = string
    openapi = string
    outcome = optional(string)
  })
  nullable = false
}

variable "cors_allow_origins" {
  description = "Origins that may call the API from a browser (CORS); an empty list allows none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for origin in var.cors_allow_origins :
      can(regex("^([*]|https?://[a-z0-9.-]+(:[0-9]{1,5})?)$", origin))
    ])
    error_message = "An origin is scheme and host, no slash, like \"https://app.example.com\"."
  }

  validation {
    condition     = !contains(var.cors_allow_origins, "*") || length(var.cors_allow_origins) == 1
    error_message = "\"*\" stands alone; or name origins, like \"https://app.example.com\"."
  }

  validation {
    condition     = length(distinct(var.cors_allow_origins)) == length(var.cors_allow_origins)
    error_message = "Name each origin once, for example [\"https://app.example.com\"]."
  }
}

variable "throttling" {
  description = "Throttling of the API: steady rate and burst; beyond it, the API answers 429."
  type = object({
    requests_per_second = optional(number, 100)
    burst               = optional(number, 200)
  })
  default  = {}
  nullable = false

  # The account's own quota is 10,000 a second unless AWS has raised it.
  validation {
    condition     = var.throttling.requests_per_second > 0
    error_message = "The rate must be above 0, for example { requests_per_second = 100 }."
  }

  validation {
    condition     = var.throttling.burst >= 1 && floor(var.throttling.burst) == var.throttling.burst
    error_message = "burst must be a whole number from 1, for example { burst = 200 }."
  }
}

variable "runtime" {
  description = "Part of `runtime` that the API needs; module `function` has the rules."
  type = object({
    tracing              = optional(bool, false)
    log_retention_days   = optional(number, 14)
    permissions_boundary = optional(string)
    kms_key              = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}

variable "disable_execute_api_endpoint" {
  description = "Disables the host that AWS generates, so that clients need your domain."
  type        = bool
  default     = false
  nullable    = false
}
