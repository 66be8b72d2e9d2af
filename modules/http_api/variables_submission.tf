# Who may submit what, and which way it goes.

variable "submission" {
  description = <<-EOT
    How commands come in. `mode` is for the paths below /commands: `direct` puts them into the queue
    unseen, `validated` asks `submit_function`. `routes` are further paths, like "POST /orders",
    that always ask the function; their `scopes` replace the general ones.
    `aliases` are further paths that mean `POST /commands`, like "POST /jobs", on direct submission.
    `batches` adds `POST /batches` to validated submission.
  EOT
  type = object({
    mode    = optional(string, "direct")
    batches = optional(bool, false)
    aliases = optional(set(string), [])
    routes  = optional(map(object({ scopes = optional(list(string), []) })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for route_key in keys(var.submission.routes) :
      can(regex("^POST /[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$", route_key)) &&
      !can(regex("^POST /(commands|openapi)(/|$)", route_key))
    ])
    error_message = "Routes are POST and not below /commands, like { \"POST /orders\" = {} }."
  }

  validation {
    condition = alltrue([
      for route_key in var.submission.aliases :
      can(regex("^POST /[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$", route_key)) &&
      !can(regex("^POST /(commands|openapi)(/|$)", route_key))
    ])
    error_message = "Aliases are POST and not below /commands, like { aliases = [\"POST /jobs\"] }."
  }

  validation {
    condition     = length(var.submission.aliases) == 0 || var.submission.mode == "direct"
    error_message = "Aliases require direct submission; set { mode = \"direct\" }."
  }

  validation {
    condition = length(setintersection(
      keys(var.submission.routes), var.submission.aliases
    )) == 0
    error_message = "A path is a route or an alias, like { aliases = [\"POST /jobs\"] }."
  }
}

# Apart from `submission`, which the integration that sends to the queue refers to: see submit.tf.
variable "batches_function" {
  description = "Function that shows batches: module `function` as a whole; null without batches."
  type = object({
    name       = string
    invoke_arn = string
  })
  default = null
}

variable "schedules_function" {
  description = "Function that makes schedules: module `function` as a whole; null without it."
  type = object({
    name       = string
    invoke_arn = string
  })
  default = null
}

variable "submit_function" {
  description = "Function that validates commands: module `function` as a whole; null without one."
  type        = object({ name = string })
  default     = null

  validation {
    condition = var.submit_function != null || (
      var.submission.mode == "direct" && length(var.submission.routes) == 0
    )
    error_message = "Validation needs a function; give it, say, submit_function = module.submit."
  }

  validation {
    condition     = var.submit_function == null || var.submit_function_name != null
    error_message = "Name the function, like submit_function_name = \"acme-dev-submit\"."
  }
}

variable "submit_function_name" {
  description = <<-EOT
    Name of that function once more, for its integration. The expression must not refer to the
    function: Terraform would make a function's successor before it deletes the function.
  EOT
  type        = string
  default     = null
}

variable "authentication" {
  description = <<-EOT
    Who may call: anybody (`none`), whoever IAM lets invoke the API (`iam`), or bearers of a token
    (`jwt`) of this issuer for one of these audiences. Where a verb has scopes, the token needs one
    of them, or the admin scope.
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

  # Clients name the group of a FIFO queue: an owner could hold up another one's.
  validation {
    condition     = var.authentication.mode != "jwt" || !var.queue.fifo
    error_message = "FIFO queues and JWT owners exclude each other; set { mode = \"iam\" }."
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
    error_message = "Issuer, audience and scopes require JWTs; set { mode = \"jwt\" }."
  }
}
