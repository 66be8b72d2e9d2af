variable "names" {
  description = "Names of the APIs, of their functions and of the rule: module `naming` as a whole."
  type = object({
    api          = string
    rest_api     = string
    status       = string
    cancel       = string
    submit       = string
    outbox_relay = string
    openapi      = string
    development  = optional(bool, false)
    outcome      = string
    production   = optional(bool, false)

    batches        = optional(string)
    batch_counter  = optional(string)
    batch_failures = optional(string)
    schedules      = optional(string)

    batch_files        = optional(string)
    batch_transfer     = optional(string)
    batch_transfer_dlq = optional(string)
  })
  nullable = false

  # Rules of settings that name other variables are with those: a variable whose rules name another
  # one waits for it, with all its other rules.
  # Plain HTTP is for a local stack; API Gateway itself would refuse it after a part of the apply.
  validation {
    condition = var.names.development || !startswith(
      coalesce(var.settings.authentication.issuer, "none"), "http://"
    )
    error_message = "Outside dev, use HTTPS, like { issuer = \"https://id.example.com\" }."
  }
}

variable "runtime" {
  description = "Settings that all functions of an environment share; see module `function`."
  type = object({
    package_path         = string
    python               = optional(string, "python3.13")
    architecture         = optional(string, "arm64")
    tracing              = optional(bool, false)
    log_level            = optional(string, "INFO")
    log_retention_days   = optional(number, 14)
    permissions_boundary = optional(string)
    kms_key              = optional(object({ arn = string }))
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
    metrics_namespace = optional(string, "")
  })
  nullable = false
}

variable "queue" {
  description = "Queue that takes the commands: module `queue` as a whole."
  type = object({
    arn               = string
    url               = string
    retention_seconds = number
    fifo              = optional(bool, false)
    max_message_size  = optional(number)
    policies          = object({ send = string })
    schedules         = optional(map(string), {})
    recurring         = optional(map(string), {})
    reserves          = optional(map(string), {})
  })
  nullable = false

  # A copy of a message watches over the deadline, and would lose its place in a group.
  validation {
    condition     = !var.queue.fifo || !var.settings.outcomes
    error_message = "FIFO queues do not support hand-overs; set api = { outcomes = false }."
  }

  # Members are stored before they are queued, and a FIFO queue would ask each for its group.
  validation {
    condition     = !var.queue.fifo || !var.settings.batches
    error_message = "FIFO queues do not support batches; set api = { batches = false }."
  }
}

variable "queues" {
  description = "Where commands go by their queue's name: output `directory` of module `queues`."
  type = map(object({
    url               = string
    retention_seconds = number
    priority          = bool
  }))
  default  = {}
  nullable = false
}

# Apart, because the integrations refer to it: see output `address` of module `queue`.
variable "priorities" {
  description = "Queues that clients may choose, by name: output `addresses` of module `queues`."
  type = map(object({
    url      = string
    policies = object({ send = string })
  }))
  default  = {}
  nullable = false
}

variable "data" {
  description = "Table of commands and bucket of large results: output `store` of module `data`."
  type = object({
    name           = string
    ttl_attribute  = string
    retention_days = number
    results_bucket = optional(string)
    stream         = optional(bool, false)
    stream_arn     = optional(string)
  })
  nullable = false
}

variable "policies" {
  description = <<-EOT
    Grants of the functions `status`, `cancel`, `outcome`, `submit`, `outbox_relay`, `openapi` and
    others that the API has: IAM policies (JSON) by function, then by a name of your choice.
    The function that shows batches has those of `cancel`, `batch_counter` those of `submit` as
    well, and `batch_transfer` both.
  EOT
  type        = map(map(string))
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.policies), [
      "status", "cancel", "outcome", "submit", "outbox_relay", "openapi",
      "batch_counter", "batch_transfer",
      "schedules",
    ])) == 0
    error_message = "Unknown function; use for example { cancel = { commands = module.data... } }."
  }
}

variable "default_command_type" {
  description = "Command type of requests that name none."
  type        = string
  default     = "echo"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", var.default_command_type))
    error_message = "1-64 letters, digits or _.- , beginning with a letter, like \"echo\"."
  }
}

variable "cors_allow_origins" {
  description = "Origins that may call the API from a browser (CORS); an empty list allows none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "aliases" {
  description = "Paths of an HTTP API that mean `POST /commands`, like \"POST /jobs\"."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "additional_routes" {
  description = <<-EOT
    Functions of your own behind further paths of an HTTP API, like { "GET /hello" = module.hello }:
    module `function` as a whole.
  EOT
  type = map(object({
    name       = string
    invoke_arn = string
  }))
  default  = {}
  nullable = false
}
