variable "path" {
  description = "Path of the Lambda package, with handlers.json beside it."
  type        = string
  nullable    = false
}

variable "expected_sha256" {
  description = "Expected SHA-256 of the Lambda package; null skips the check."
  type        = string
  default     = null

  validation {
    condition = (
      var.expected_sha256 == null || can(regex("^[0-9a-f]{64}$", var.expected_sha256))
    )
    error_message = "Must be 64 hexadecimal digits, like the output package_sha256 of dev."
  }
}

variable "worker_timeout" {
  description = "Lambda timeout of the worker, in seconds; every handler must fit into it."
  type        = number
  default     = 900
  nullable    = false
}

variable "queues" {
  description = "Queues beside the default one, by name; null where handlers may name any."
  type        = map(object({ timeout = optional(number), draining = optional(bool, false) }))
  default     = null
}

variable "types" {
  description = "Command types that the environment names; each needs a handler in the package."
  type        = list(string)
  default     = []
  nullable    = false
}
