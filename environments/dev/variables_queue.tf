# How long messages wait, and how often a command is tried.

variable "sqs_retention_seconds" {
  description = "How long a command waits in the queue before SQS drops it."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition = (
      var.sqs_retention_seconds >= 60 && var.sqs_retention_seconds <= 1209600 &&
      floor(var.sqs_retention_seconds) == var.sqs_retention_seconds
    )
    error_message = "Must be a whole number from 60 to 1209600 (14 days), for example 86400."
  }

  # Module `queue` says why.
  validation {
    condition = var.sqs_retention_seconds >= 80 * module.queue.visibility_timeout_seconds
    error_message = join(" ", concat(
      [
        "A command must outlive 80 visibility timeouts of",
        "${module.queue.visibility_timeout_seconds} s, like",
        "sqs_retention_seconds = ${80 * module.queue.visibility_timeout_seconds}",
      ],
      [
        for seconds in [
          floor((var.sqs_retention_seconds / 80 - var.worker_batching_window_seconds) / 6)
        ] : "or worker_timeout = ${seconds}" if seconds >= 3
      ],
    ))
  }
}

variable "dlq_retention_seconds" {
  description = <<-EOT
    Retention of dead letters, in seconds from their last attempt; what SQS itself moves counts
    from when it was submitted.
  EOT
  type        = number
  default     = 1209600
  nullable    = false

  validation {
    condition = (
      var.dlq_retention_seconds >= 60 && var.dlq_retention_seconds <= 1209600 &&
      floor(var.dlq_retention_seconds) == var.dlq_retention_seconds
    )
    error_message = "Must be a whole number from 60 to 1209600 (14 days), for example 1209600."
  }

  # What SQS moves keeps its first time stamp: a shorter retention drops it on arrival.
  validation {
    condition     = var.dlq_retention_seconds >= var.sqs_retention_seconds
    error_message = "Must be at least sqs_retention_seconds, for example 1209600."
  }
}

variable "sqs_max_receive_count" {
  description = <<-EOT
    How many attempts a command gets before it is dead-lettered; a handler may have its own number.
  EOT
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition = (
      var.sqs_max_receive_count >= 1 && var.sqs_max_receive_count <= 100 &&
      floor(var.sqs_max_receive_count) == var.sqs_max_receive_count
    )
    error_message = "Must be a whole number from 1 to 100, for example 3."
  }
}
