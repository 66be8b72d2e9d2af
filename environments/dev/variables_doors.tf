# Which doors there are for commands, and who may pass.

variable "api_type" {
  description = "Kind of API Gateway: http (cheaper, faster) or rest (API keys, models, WAF)."
  type        = string
  default     = "http"
  nullable    = false

  validation {
    condition     = contains(["http", "rest"], var.api_type)
    error_message = "api_type must be http or rest, for example \"http\"."
  }
}

variable "submission" {
  description = <<-EOT
    What is behind POST /commands: `direct` puts a body into the queue unseen, `validated` asks a
    function first, which answers what is wrong with it and knows Idempotency-Key.
  EOT
  type        = string
  default     = "direct"
  nullable    = false

  validation {
    condition     = contains(["direct", "validated"], var.submission)
    error_message = "submission must be direct or validated, for example \"direct\"."
  }

  validation {
    condition     = var.submission == "direct" || var.api_type == "http"
    error_message = "A REST API checks by models alone; set, say, submission = \"direct\"."
  }
}

variable "routes" {
  description = <<-EOT
    Paths of their own for a type of command, always validated, like
    { "POST /orders" = { type = "process_order" } }; the body is the command's input. `scopes`, if
    any, replace those of `authentication` for submitting.
  EOT
  type = map(object({
    type   = string
    scopes = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for route_key in keys(var.routes) :
      can(regex("^POST /[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$", route_key)) &&
      !can(regex("^POST /(commands|openapi)(/|$)", route_key))
    ])
    error_message = "Routes are POST and not below /commands, like { \"POST /orders\" = { ... } }."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", route.type))
    ])
    error_message = "A type is 1-64 letters, digits or _.- , like { type = \"process_order\" }."
  }

  validation {
    condition     = length(var.routes) == 0 || var.api_type == "http"
    error_message = "Routes need an HTTP API; set, say, api_type = \"http\", or routes = {}."
  }

  validation {
    condition = var.authentication.mode == "jwt" || alltrue([
      for route in values(var.routes) : length(route.scopes) == 0
    ])
    error_message = "Only tokens have scopes; set, say, authentication = { mode = \"jwt\", ... }."
  }
}

variable "authentication" {
  description = <<-EOT
    Who may call: anybody (`none`), whoever IAM lets invoke the API (`iam`), or bearers of a token
    (`jwt`) of this issuer for one of these audiences; with tokens, commands belong to the token's
    subject. Where a verb has scopes, the token needs one of them, or the admin scope.
  EOT
  type = object({
    mode     = optional(string, "none")
    issuer   = optional(string)
    audience = optional(list(string), [])
    scopes = optional(object({
      submit = optional(list(string), [])
      read   = optional(list(string), [])
      cancel = optional(list(string), [])
      admin  = optional(string)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["none", "iam", "jwt"], var.authentication.mode)
    error_message = "mode must be none, iam or jwt, for example { mode = \"iam\" }."
  }

  validation {
    condition     = var.authentication.mode != "jwt" || var.api_type == "http"
    error_message = "A REST API takes no tokens; set, say, authentication = { mode = \"iam\" }."
  }

  # Clients name the group of a FIFO queue: an owner could hold up another one's.
  validation {
    condition     = var.authentication.mode != "jwt" || !var.fifo_queue
    error_message = "Owners must not share FIFO groups; set, say, fifo_queue = false."
  }

  # API Gateway itself takes https only; a local stack may ask a local issuer.
  validation {
    condition = var.authentication.mode != "jwt" || (
      can(regex("^(https://|http://127[.]0[.]0[.]1[:/])[^\\s]+$", var.authentication.issuer)) &&
      length(var.authentication.audience) > 0
    )
    error_message = "Tokens: say, { issuer = \"https://id.example.com\", audience = [\"jobs\"] }."
  }

  validation {
    condition = var.authentication.mode == "jwt" || (
      var.authentication.issuer == null && length(var.authentication.audience) == 0 &&
      length(flatten([
        var.authentication.scopes.submit, var.authentication.scopes.read,
        var.authentication.scopes.cancel, compact([var.authentication.scopes.admin]),
      ])) == 0
    )
    error_message = "Only tokens have issuer, audience and scopes; set, say, { mode = \"jwt\" }."
  }
}

variable "fair_queue" {
  description = "Whether SQS shares the worker fairly between owners; needs tokens."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.fair_queue || (var.authentication.mode == "jwt" && !var.fifo_queue)
    error_message = "It needs tokens and a standard queue; set, say, fifo_queue = false."
  }
}

variable "cors_allow_origins" {
  description = "Web pages that may call the API from a browser; an empty list allows none."
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
    condition = (
      length(distinct(var.cors_allow_origins)) == length(var.cors_allow_origins) &&
      (!contains(var.cors_allow_origins, "*") || length(var.cors_allow_origins) == 1)
    )
    error_message = "Name each origin once, or \"*\" alone, like [\"https://app.example.com\"]."
  }
}
