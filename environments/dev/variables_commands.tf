# How commands are taken, kept and run.

variable "default_command_type" {
  description = "Type of a command that names none."
  type        = string
  default     = "echo"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", var.default_command_type))
    error_message = "1-64 letters, digits or _.- , beginning with a letter, like \"echo\"."
  }
}

variable "command_retention_days" {
  description = "How many days a command can be asked for after it was last written."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.command_retention_days >= 1 && var.command_retention_days <= 3650 &&
      floor(var.command_retention_days) == var.command_retention_days
    )
    error_message = "Must be a whole number from 1 to 3650, for example 30."
  }

  # A command that has expired runs again when a late duplicate or a redriven message of it arrives.
  validation {
    condition     = var.command_retention_days * 86400 >= var.dlq_retention_seconds
    error_message = <<-EOT
      A command must outlive its messages, which last for dlq_retention_seconds: take
      ${ceil(var.dlq_retention_seconds / 86400)} or more, for example 30.
    EOT
  }
}

variable "enable_dynamodb_pitr" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "dynamodb_table_name" {
  description = <<-EOT
    Name of the table where it is not the environment's own: one that was restored from a point in
    time; docs/runbook.md says how.
  EOT
  type        = string
  default     = null

  validation {
    condition = var.dynamodb_table_name == null || can(regex(
      "^[A-Za-z0-9_.-]{3,255}$", var.dynamodb_table_name
    ))
    error_message = "3-255 letters, digits or _.- , like \"acme-prod-commands-restored\"."
  }
}

variable "dynamodb_ttl_attribute" {
  description = "Attribute that holds when an item may be deleted, in epoch seconds."
  type        = string
  default     = "expiresAt"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,254}$", var.dynamodb_ttl_attribute))
    error_message = "1-255 letters, digits or _ , beginning with a letter, like \"expiresAt\"."
  }

  # The other attributes of a command: the worker would overwrite one with the other.
  validation {
    condition = !contains([
      "id", "type", "status", "input", "result", "resultKey", "error", "attempts", "maxAttempts",
      "messageId", "leaseToken", "leaseExpiresAt", "steps", "createdAt", "updatedAt", "completedAt",
      "correlationId", "failures", "group", "owner", "submitUntil", "traceHeader", "unsent",
      "unsentSince", "waitsUntil", "work",
    ], var.dynamodb_ttl_attribute)
    error_message = "Commands use that attribute for something else; take, say, \"expiresAt\"."
  }
}

variable "lambda_architecture" {
  description = "Processor that Lambda runs the code on: arm64 (cheaper) or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be arm64 or x86_64, for example \"arm64\"."
  }
}

variable "log_level" {
  description = "From which level on the functions log."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "Must be DEBUG, INFO, WARNING, ERROR or CRITICAL, for example \"INFO\"."
  }
}

variable "log_exception_text" {
  description = <<-EOT
    Whether the worker logs the text of a handler's unexpected exception. The text may quote inputs
    and secrets; clients never see it.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_tracing" {
  description = "Whether the functions, and a REST API, sample requests and send traces to X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "How many days logs are kept; one of the values that CloudWatch offers."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
      1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "Must be one of CloudWatch's values, for example 7, 14, 30 or 90."
  }
}
