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
    url      = string
    policies = object({ send = string })
    fifo     = optional(bool, false)
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
  type = object({
    name       = string
    invoke_arn = string
  })
  nullable = false
}

variable "cancel_function" {
  description = "Function that cancels commands: module `function` as a whole."
  type = object({
    name       = string
    invoke_arn = string
  })
  nullable = false
}

variable "outcome_function" {
  description = "Function that takes reports on commands: module `function` as a whole, or null."
  type = object({
    name       = string
    invoke_arn = string
  })
  default = null
}

variable "openapi_function" {
  description = "Function that serves the OpenAPI document: module `function` as a whole."
  type = object({
    name       = string
    invoke_arn = string
  })
  nullable = false
}

variable "additional_routes" {
  description = <<-EOT
    Functions of your own behind further paths, like { "GET /hello" = module.hello }: module
    `function` as a whole. Whoever may read commands may call them.
  EOT
  type = map(object({
    name       = string
    invoke_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for route_key in keys(var.additional_routes) :
      can(regex("^(GET|POST) /[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$", route_key)) &&
      !can(regex("^[A-Z]+ /(commands|openapi)(/|$)", route_key))
    ])
    error_message = "Paths are not below /commands, like { \"GET /hello\" = module.hello }."
  }

  validation {
    condition = length(setintersection(
      keys(var.additional_routes),
      concat(keys(var.submission.routes), tolist(var.submission.aliases)),
    )) == 0
    error_message = "A path leads to one place, like { \"GET /hello\" = module.hello }."
  }
}

variable "cors_allow_origins" {
  description = "Origins that may call the API from a browser (CORS); an empty list allows none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for origin in var.cors_allow_origins :
      can(regex("^([*]|https?://([*]|[a-z0-9.-]+(:[0-9]{1,5})?))$", origin))
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
  description = <<-EOT
    Throttling of the API: steady rate and burst; beyond it, the API answers 429. `routes` have
    limits of their own, by route key.
  EOT
  type = object({
    requests_per_second = optional(number, 100)
    burst               = optional(number, 200)
    routes = optional(map(object({
      requests_per_second = number
      burst               = number
    })), {})
  })
  default  = {}
  nullable = false

  # The account's own quota is 10,000 a second unless AWS has raised it.
  validation {
    condition = alltrue([
      for limit in concat([var.throttling], values(var.throttling.routes)) :
      limit.requests_per_second > 0
    ])
    error_message = "The rate must be above 0, for example { requests_per_second = 100 }."
  }

  validation {
    condition = alltrue([
      for limit in concat([var.throttling], values(var.throttling.routes)) :
      limit.burst >= 1 && floor(limit.burst) == limit.burst
    ])
    error_message = "burst must be a whole number from 1, for example { burst = 200 }."
  }
}

variable "runtime" {
  description = "Part of `runtime` that the API needs; module `function` has the rules."
  type = object({
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
