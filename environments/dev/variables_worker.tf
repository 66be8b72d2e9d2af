# How much the worker takes at once, and with what.

variable "worker_memory_size" {
  description = "Memory of the worker in MB; CPU comes in proportion, one whole core at 1769."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition = (
      var.worker_memory_size >= 128 && var.worker_memory_size <= 10240 &&
      floor(var.worker_memory_size) == var.worker_memory_size
    )
    error_message = "Must be a whole number from 128 to 10240, for example 256."
  }
}

variable "worker_timeout" {
  description = "How many seconds one batch may take; the visibility timeout is six times that."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.worker_timeout >= 3 && var.worker_timeout <= 900 &&
      floor(var.worker_timeout) == var.worker_timeout
    )
    error_message = "Must be a whole number from 3 to 900, for example 30."
  }
}

variable "worker_batch_size" {
  description = "How many commands the worker takes at once, at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition = (
      var.worker_batch_size >= 1 && var.worker_batch_size <= 10000 &&
      floor(var.worker_batch_size) == var.worker_batch_size
    )
    error_message = "Must be a whole number from 1 to 10000, for example 10."
  }

  # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  validation {
    condition     = var.worker_batch_size <= 10 || var.worker_batching_window_seconds >= 1
    error_message = "Above 10, worker_batching_window_seconds must be 1 or more, for example 10."
  }
}

variable "worker_batching_window_seconds" {
  description = "How many seconds Lambda waits for a batch to fill."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition = (
      var.worker_batching_window_seconds >= 0 && var.worker_batching_window_seconds <= 300 &&
      floor(var.worker_batching_window_seconds) == var.worker_batching_window_seconds
    )
    error_message = "Must be a whole number from 0 to 300, for example 5."
  }
}

variable "worker_max_concurrency" {
  description = "How many workers run at the same time, at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition = (
      var.worker_max_concurrency >= 2 && var.worker_max_concurrency <= 1000 &&
      floor(var.worker_max_concurrency) == var.worker_max_concurrency
    )
    error_message = "Must be a whole number from 2 to 1000, for example 10."
  }
}

variable "worker_version" {
  description = <<-EOT
    Published version of the worker that takes messages, to roll back to it or to hold a release
    back; null is always the newest. See: python -m scripts.worker versions.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.worker_version == null || can(regex("^[1-9][0-9]*$", var.worker_version))
    error_message = "Must be the number of a published version, for example \"7\"."
  }
}

variable "worker_batch_concurrency" {
  description = <<-EOT
    How many commands of a batch run side by side in one worker; 1 runs them one after the
    other.
  EOT
  type        = number
  default     = 10
  nullable    = false

  # Each is a thread, and a Lambda environment has 1,024 of them for everything.
  validation {
    condition = (
      var.worker_batch_concurrency >= 1 && var.worker_batch_concurrency <= 100 &&
      floor(var.worker_batch_concurrency) == var.worker_batch_concurrency
    )
    error_message = "worker_batch_concurrency must be a whole number from 1 to 100, for example 10."
  }
}

variable "fifo_queue" {
  description = <<-EOT
    Whether commands of a group run in order; clients then name the group in the header
    x-message-group-id.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "package_sha256" {
  description = <<-EOT
    SHA-256 that the Lambda zip must have, so that the one that was tested is the one that is
    deployed; null takes any.
  EOT
  type        = string
  default     = null

  validation {
    condition = (
      var.package_sha256 == null || can(regex("^[0-9a-f]{64}$", var.package_sha256))
    )
    error_message = "Must be 64 hexadecimal digits, like the output package_sha256 of dev."
  }
}

variable "worker_enabled" {
  description = "Whether the worker takes messages; false keeps it paused, apply after apply."
  type        = bool
  default     = true
  nullable    = false
}

variable "paused_types" {
  description = <<-EOT
    Types of command that the worker holds back, like ["send_email"]: their commands are accepted,
    wait without using up attempts, and run within minutes after the type is taken out again.
  EOT
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for type in var.paused_types : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", type))
    ])
    error_message = "1-64 letters, digits or _.- , beginning with a letter, like [\"send_email\"]."
  }
}
