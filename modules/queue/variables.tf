variable "name" {
  description = "Name of the queue."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1-80 letters, digits or _- , like \"acme-dev-work-queue\"."
  }
}

variable "fifo" {
  description = "Enables FIFO: each message group keeps its order, and names end in `.fifo`."
  type        = bool
  default     = false
  nullable    = false

  # AWS counts the ending among the 80 characters.
  validation {
    condition     = !var.fifo || max(length(var.name), length(var.dlq_name)) <= 75
    error_message = "With fifo the names may have 75 characters, like \"acme-dev-work-queue\"."
  }
}

variable "dlq_name" {
  description = "Name of the dead-letter queue."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.dlq_name))
    error_message = "dlq_name must be 1-80 letters, digits or _- , like \"acme-dev-work-dlq\"."
  }

  validation {
    condition     = var.dlq_name != var.name
    error_message = "dlq_name must differ from name, for example \"acme-dev-work-dlq\"."
  }
}

variable "consumer" {
  description = "Sizes of the consumer: what the visibility timeout and module `worker` go by."
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
      var.consumer.batching_window_seconds >= 0 && var.consumer.batching_window_seconds <= 300 &&
      floor(var.consumer.batching_window_seconds) == var.consumer.batching_window_seconds
    )
    error_message = "batching_window_seconds must be a whole number from 0 to 300, for example 5."
  }

  validation {
    condition = (
      var.consumer.batch_size >= 1 && var.consumer.batch_size <= 10000 &&
      floor(var.consumer.batch_size) == var.consumer.batch_size
    )
    error_message = "batch_size must be a whole number from 1 to 10000, for example 10."
  }

  # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  validation {
    condition     = var.consumer.batch_size <= 10 || var.consumer.batching_window_seconds >= 1
    error_message = "Above 10, batch_size needs a window, like { batching_window_seconds = 1 }."
  }

  validation {
    condition = !var.fifo || (
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

variable "retention_seconds" {
  description = "Retention of messages, in seconds, before SQS deletes them."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition = (
      var.retention_seconds >= 60 && var.retention_seconds <= 1209600 &&
      floor(var.retention_seconds) == var.retention_seconds
    )
    error_message = "Must be a whole number from 60 to 1209600 (14 days), for example 86400."
  }

  # 40 receives in half of the retention: a message that kills its workers is dead-lettered in
  # time, and two hours without the table use up fewer.
  validation {
    condition = var.retention_seconds >= 80 * local.visibility_timeout_seconds
    error_message = join(" ", concat(
      [
        "A message must outlive 80 visibility timeouts of",
        "${local.visibility_timeout_seconds} s, like",
        "retention_seconds = ${80 * local.visibility_timeout_seconds}",
      ],
      [
        for seconds in [
          floor((var.retention_seconds / 80 - var.consumer.batching_window_seconds) / 6)
        ] : "or timeout_seconds = ${seconds}" if seconds >= 3
      ],
    ))
  }
}

variable "dlq_retention_seconds" {
  description = <<-EOT
    Retention of dead-letter messages, in seconds since the worker moved them; for messages that
    SQS itself moves, since they were first sent.
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
    condition     = var.dlq_retention_seconds >= var.retention_seconds
    error_message = "dlq_retention_seconds must be at least retention_seconds, for example 1209600."
  }
}

variable "max_message_size" {
  description = "Largest message with its attributes, in bytes; provider 5.x sets up to 262144."
  type        = number
  default     = 262144
  nullable    = false

  validation {
    condition = (
      var.max_message_size >= 1024 && var.max_message_size <= local.largest_message.sqs &&
      floor(var.max_message_size) == var.max_message_size
    )
    error_message = "max_message_size must be 1024-1048576 bytes, for example 262144."
  }

  validation {
    condition = (
      var.max_message_size <= local.largest_message.provider_5 || local.provider_version != "5"
    )
    error_message = join(" ", [
      "AWS provider 5.x sets no max_message_size above ${local.largest_message.provider_5}.",
      "Upgrade it (docs/provider.md), or take for example",
      "max_message_size = ${local.largest_message.provider_5}.",
    ])
  }
}

variable "senders" {
  description = "ARNs of roles, users or account roots of other accounts that may send commands."
  type        = list(string)
  default     = []
  nullable    = false

  # SQS refuses a policy with a principal that does not exist.
  validation {
    condition = alltrue([
      for arn in var.senders :
      can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(root|role/.+|user/.+)$", arn))
    ])
    error_message = "A sender is like \"arn:aws:iam::111122223333:role/shop\", or \"...:root\"."
  }
}

variable "draining" {
  description = "Tags the queue as one that takes nothing more; module `queues` asks for the tag."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key" {
  description = "Customer-managed KMS key for both queues; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}

variable "schedules" {
  description = <<-EOT
    Lets commands start up to a year ahead instead of 15 minutes, by a group of one-time schedules;
    null does not. `permissions_boundary` is that of the schedules' role, by ARN.
  EOT
  type        = object({ permissions_boundary = optional(string) })
  default     = null

  validation {
    condition     = var.schedules == null || !var.fifo
    error_message = "A FIFO queue keeps its order, and takes no schedules; set schedules = null."
  }

  # A group and a role may have no longer name.
  validation {
    condition     = var.schedules == null || length(var.name) <= 64
    error_message = "With schedules, name may have 64 characters, like \"acme-dev-work-queue\"."
  }
}

variable "recurring" {
  description = <<-EOT
    Recurring `schedules` by name, each of which sends a command: `cron` in the six fields of
    EventBridge Scheduler, `timezone`, `type`, and `input` as JSON; `enabled = false` pauses one,
    and with `overlap = "skip"` a run is not started while an earlier one has not ended.
    `permissions_boundary` is that of their role, by ARN.
    `by_api` makes a group for schedules of clients.
  EOT
  type = object({
    permissions_boundary = optional(string)
    by_api               = optional(bool, false)
    schedules = optional(map(object({
      cron     = string
      timezone = optional(string, "UTC")
      type     = string
      input    = optional(string, "{}")
      enabled  = optional(bool, true)
      overlap  = optional(string, "queue")
    })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for name in keys(var.recurring.schedules) : can(regex("^[a-z][a-z0-9-]{0,62}$", name))
    ])
    error_message = "A schedule's name is 1-63 lowercase letters, digits or -, like \"nightly\"."
  }

  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
  validation {
    condition = alltrue([
      for own in values(var.recurring.schedules) : can(regex(join(" ", [
        "^[0-9*,/-]+", "[0-9*,/-]+", "(\\?", "[0-9A-Z*,/-]+", "[0-9A-Z*,/#-]+|[0-9LW*,/-]+",
        "[0-9A-Z*,/-]+", "\\?)", "[0-9*,/-]+$",
      ]), own.cron))
    ])
    error_message = <<-EOT
      cron has six fields: minutes, hours, day of the month, month, day of the week, year; exactly
      one of the days is ?, for example "0 2 * * ? *" for each day at 02:00.
    EOT
  }

  validation {
    condition = alltrue([
      for own in values(var.recurring.schedules) :
      can(regex("^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$", own.timezone))
    ])
    error_message = "timezone is a name of the IANA database, for example \"Europe/Berlin\"."
  }

  validation {
    condition = alltrue([
      for own in values(var.recurring.schedules) : can(keys(jsondecode(own.input)))
    ])
    error_message = "input is a JSON object, for example input = jsonencode({ days = 1 })."
  }

  validation {
    condition = alltrue([
      for own in values(var.recurring.schedules) : contains(["queue", "skip"], own.overlap)
    ])
    error_message = "overlap is \"queue\" (default) or \"skip\", like { overlap = \"skip\" }."
  }

  validation {
    condition = !var.fifo || alltrue([
      for own in values(var.recurring.schedules) : own.overlap == "queue"
    ])
    error_message = <<-EOT
      On a FIFO queue a run waits for the end of the one before it, so none can be skipped. Set
      overlap = "queue", or commands = { fifo = false } for a new environment.
    EOT
  }

  # A group and a role may have no longer name.
  validation {
    condition = (
      length(var.recurring.schedules) == 0 && !var.recurring.by_api || length(var.name) <= 54
    )
    error_message = "With recurring, name may have 54 characters, like \"acme-dev-work-queue\"."
  }
}
