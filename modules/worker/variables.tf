variable "name" {
  description = "Name of the function, of its role and, after `/aws/lambda/`, of its log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1-64 letters, digits or _- , for example \"acme-dev-worker\"."
  }
}

variable "queue" {
  description = "The queue to consume: module `queue` as a whole."
  type = object({
    arn                        = string
    visibility_timeout_seconds = number
    fifo                       = optional(bool, false)
  })
  nullable = false
}

variable "consumer" {
  description = "How the queue is consumed, shared with module `queue`."
  type = object({
    timeout_seconds         = optional(number, 30)
    batch_size              = optional(number, 10)
    batching_window_seconds = optional(number, 0)
    max_concurrency         = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition = (
      var.consumer.timeout_seconds >= 3 && var.consumer.timeout_seconds <= 900 &&
      floor(var.consumer.timeout_seconds) == var.consumer.timeout_seconds
    )
    error_message = "timeout_seconds must be a whole number from 3 to 900, for example 30."
  }

  validation {
    condition = (
      var.consumer.batch_size >= 1 && var.consumer.batch_size <= 10000 &&
      floor(var.consumer.batch_size) == var.consumer.batch_size
    )
    error_message = "batch_size must be a whole number from 1 to 10000, for example 10."
  }

  validation {
    condition = (
      var.consumer.batching_window_seconds >= 0 && var.consumer.batching_window_seconds <= 300 &&
      floor(var.consumer.batching_window_seconds) == var.consumer.batching_window_seconds
    )
    error_message = "batching_window_seconds must be a whole number from 0 to 300, for example 5."
  }

  # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  validation {
    condition     = var.consumer.batch_size <= 10 || var.consumer.batching_window_seconds >= 1
    error_message = "Above 10, batch_size needs a window, like { batching_window_seconds = 1 }."
  }

  validation {
    condition = !var.queue.fifo || (
      var.consumer.batch_size <= 10 && var.consumer.batching_window_seconds == 0
    )
    error_message = "A FIFO queue has no window and at most 10 a batch, like { batch_size = 10 }."
  }

  validation {
    condition = (
      var.consumer.max_concurrency >= 2 && var.consumer.max_concurrency <= 1000 &&
      floor(var.consumer.max_concurrency) == var.consumer.max_concurrency
    )
    error_message = "max_concurrency must be a whole number from 2 to 1000, for example 10."
  }
}

variable "enabled" {
  description = "Whether the function takes messages; false leaves them waiting in the queue."
  type        = bool
  default     = true
  nullable    = false
}

variable "package_path" {
  description = "Path of the zip with the code."
  type        = string
  nullable    = false
}

variable "handler" {
  description = "Module path and name of the Python function to call."
  type        = string
  default     = "command_api.entrypoints.worker.handler"
  nullable    = false
}

variable "architecture" {
  description = "Processor that Lambda runs the code on: arm64 (cheaper) or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "memory_mb" {
  description = "Memory in MB; CPU comes in proportion, one whole core at 1769."
  type        = number
  default     = 256
  nullable    = false
}

variable "environment" {
  description = "Environment variables of the function; names of things, never secrets."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "policies" {
  description = "What the function may do: IAM policies (JSON) by a name of your choice."
  type        = map(string)
  nullable    = false

  # The mapping could not be created without it.
  validation {
    condition     = contains(keys(var.policies), "consume")
    error_message = "It must hold a grant like { consume = module.queue.policies.consume }."
  }
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

variable "tracing" {
  description = "Whether the function samples its calls and sends traces to X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "How many days logs are kept; one of the values that CloudWatch offers."
  type        = number
  default     = 14
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role; null bounds it by nothing more."
  type        = string
  default     = null

  validation {
    condition = var.permissions_boundary == null || can(regex(
      "^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary
    ))
    error_message = "Must be a policy's ARN, like \"arn:aws:iam::123456789012:policy/acme\"."
  }
}
