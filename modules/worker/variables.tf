variable "name" {
  description = "Name of the function, of its role and, after `/aws/lambda/`, of its log group."
  type        = string
  nullable    = false
}

variable "description" {
  description = "Description of the function in the AWS console."
  type        = string
  default     = "Worker: runs the handlers of queued commands"
  nullable    = false
}

variable "handler" {
  description = "Python function to call, if commands are others than those of `src/handlers`."
  type        = string
  default     = "command_api.entrypoints.worker.handler"
  nullable    = false
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
  description = "Queue to consume: module `queue` as a whole. Its `consumer` holds the sizes."
  type = object({
    arn               = string
    url               = string
    dlq_url           = string
    retention_seconds = number
    consumer = object({
      timeout_seconds         = optional(number, 30)
      batch_size              = optional(number, 10)
      batching_window_seconds = optional(number, 0)
      max_concurrency         = optional(number, 10)
    })
  })
  nullable = false

  # With fewer, Lambda throttles what the mapping hands over, and SQS counts a receive each time.
  validation {
    condition = try(
      var.settings.reserved_concurrency >= var.queue.consumer.max_concurrency,
      var.settings.reserved_concurrency == null,
    )
    error_message = <<-EOT
      The mapping starts up to ${var.queue.consumer.max_concurrency} workers: reserve as many, like
      { reserved_concurrency = ${var.queue.consumer.max_concurrency} }.
    EOT
  }
}

variable "queue_name" {
  description = "Name of the queue among `queues`."
  type        = string
  default     = "default"
  nullable    = false
}

variable "queues" {
  description = <<-EOT
    Where commands go that belong elsewhere, by the queue's name; empty with one queue.
  EOT
  type = map(object({
    url               = string
    retention_seconds = number
    priority          = bool
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
  })
  nullable = false
}

variable "secrets" {
  description = "Secrets that handlers read: module `secrets` as a whole."
  type        = object({ prefix = string })
  nullable    = false
}

variable "memory_mb" {
  description = "Memory, in MB; CPU is proportional, with one core at 1769 MB."
  type        = number
  default     = 256
  nullable    = false
}

variable "default_command_type" {
  description = "Command type of requests that name none."
  type        = string
  default     = "echo"
  nullable    = false
}

variable "max_attempts" {
  description = "Attempts of a command before it is dead-lettered; a handler may set its own."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition = (
      var.max_attempts >= 1 && var.max_attempts <= 100 &&
      floor(var.max_attempts) == var.max_attempts
    )
    error_message = "Attempts must be a whole number from 1 to 100, for example 3."
  }
}

variable "settings" {
  description = <<-EOT
    Settings for operations. `enabled = false` pauses the worker. `batch_concurrency` is the
    number of commands of a batch that run side by side. Commands of `paused_types` are accepted and
    wait, without using up attempts; they run within minutes after the type is taken out again.
    `reserved_concurrency` keeps that much of the account's concurrency for the worker alone.
  EOT
  type = object({
    enabled           = optional(bool, true)
    batch_concurrency = optional(number, 10)
    paused_types      = optional(set(string), [])

    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  # Each is a thread, and a Lambda environment has 1,024 of them for everything.
  validation {
    condition = (
      var.settings.batch_concurrency >= 1 && var.settings.batch_concurrency <= 100 &&
      floor(var.settings.batch_concurrency) == var.settings.batch_concurrency
    )
    error_message = "batch_concurrency must be a whole number from 1 to 100, for example 10."
  }

  validation {
    condition = alltrue([
      for type in var.settings.paused_types : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", type))
    ])
    error_message = "A type is 1-64 letters, digits or _.- , like paused_types = [\"send_email\"]."
  }
}

variable "layers" {
  description = "ARNs of the Lambda layers with packages that only handlers import."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "log_exception_text" {
  description = <<-EOT
    Log the text of a handler's unexpected exception. The text may quote inputs and secrets; clients
    never see it.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "live_version" {
  description = <<-EOT
    Number of the published version that takes messages, to roll back to it or to hold a release
    back; null is always the newest.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.live_version == null || can(regex("^[1-9][0-9]*$", var.live_version))
    error_message = "Must be the number of a published version, for example \"7\"."
  }
}

variable "policies" {
  description = "Grants of the function: IAM policies (JSON) by a name of your choice."
  type        = map(string)
  nullable    = false

  # The mapping could not be created without it.
  validation {
    condition     = contains(keys(var.policies), "consume")
    error_message = "It must hold a grant like { consume = module.queue.policies.consume }."
  }
}

variable "environment" {
  description = "Environment variables for handlers, beside the worker's own; never secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.environment), keys(local.environment))) == 0
    error_message = "The worker reserves that variable; use a name like { ORDERS_TABLE = \"x\" }."
  }
}
