variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name must be 3-255 letters, digits or _.- , like \"acme-dev-commands\"."
  }
}

variable "ttl_attribute" {
  description = "Time-to-live attribute of the table, in epoch seconds."
  type        = string
  default     = "expiresAt"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,254}$", var.ttl_attribute))
    error_message = "1-255 letters, digits or _ , beginning with a letter, like \"expiresAt\"."
  }

  # The other attributes of a command: the worker would overwrite one with the other.
  validation {
    condition = !contains([
      "id", "type", "status", "input", "result", "resultKey", "error", "attempts", "maxAttempts",
      "messageId", "leaseToken", "leaseExpiresAt", "steps", "createdAt", "updatedAt", "completedAt",
      "correlationId", "past", "startedAt", "group", "owner", "outboxLeaseUntil", "traceHeader",
      "outbox", "outboxSince", "waitsUntil", "work", "callback", "progress", "queue", "slices",
      "state", "stateKey", "cancelRequestedAt", "notBefore", "deadline", "handOver", "outboxNow",
      "batch",
    ], var.ttl_attribute)
    error_message = "Commands use that attribute already; choose, for example, \"expiresAt\"."
  }
}

variable "stream" {
  description = "Whether the table has a stream of its changes, which costs nothing by itself."
  type        = bool
  default     = false
  nullable    = false
}

variable "retention_days" {
  description = "Retention of a command after its last write, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.retention_days >= 1 && var.retention_days <= 3650 &&
      floor(var.retention_days) == var.retention_days
    )
    error_message = "retention_days must be a whole number from 1 to 3650, for example 30."
  }

  # A command that has expired runs again when a late duplicate or a redriven message of it arrives.
  validation {
    condition     = var.retention_days * 86400 >= var.dlq_retention_seconds
    error_message = <<-EOT
      A command must outlive its messages, which last for dlq_retention_seconds: take
      ${ceil(var.dlq_retention_seconds / 86400)} or more, for example 30.
    EOT
  }
}

variable "dlq_retention_seconds" {
  description = "Retention of the queue's dead-letter messages, in seconds; commands outlive them."
  type        = number
  default     = 0
  nullable    = false
}

variable "results" {
  description = <<-EOT
    Bucket for results that are too large for the table: whether there is one, its name up to the
    account's id, web pages that may read it, and whether it may be destroyed with results in it.
    `bucket` is one of yours, to be used as it is: expire its objects, which nobody else deletes.
  EOT
  type = object({
    enabled            = optional(bool, false)
    name               = optional(string, "")
    cors_allow_origins = optional(list(string), [])
    force_destroy      = optional(bool, false)
    bucket             = optional(object({ name = string }))
  })
  default  = {}
  nullable = false
}

variable "point_in_time_recovery" {
  description = "Enables point-in-time recovery of the table, for 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "index_by_status" {
  description = "Enables the index by status and time, which makes every write cost more."
  type        = bool
  default     = false
  nullable    = false
}

variable "index_outbox" {
  description = "Enables the index of the outbox: stored commands that are not queued yet."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Deletion protection of the table."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key" {
  description = "Customer-managed KMS key for table and bucket; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}
