# When to call somebody. What follows from other settings is derived in alarms.tf.

locals {
  # A command that needs all of three attempts waits for 90 s between them: no alarm yet.
  default_thresholds = merge(local.notification_thresholds, {
    oldest_message_seconds = 300
    command_age_seconds    = 300
    min_commands           = 10
    duration_percent       = 80
    concurrency_percent    = 90
    in_flight_percent      = 80
    client_error_percent   = 50
    server_error_percent   = 1
    api_latency_ms         = 2000
    min_requests           = 20
  })
  thresholds = merge(local.default_thresholds, var.thresholds)
}

variable "thresholds" {
  description = <<-EOT
    Limits at which alarms ring. Seconds: `oldest_message_seconds` (waiting in the queue),
    `command_age_seconds` (p95 from submission to the end), `api_latency_ms` (p95, on top of what
    clients ask to wait). Percent: `duration_percent` of the worker's timeout, `concurrency_percent`
    of its cap, `in_flight_percent` of SQS's quota, `client_error_percent` and
    `server_error_percent` of all requests. `min_requests` and `min_commands` a minute make a rate
    or a percentile worth a look.
    Of notifications: `untold_seconds` (from the end until it is told), and `waiting_deliveries`,
    webhooks that are due.
  EOT
  type        = map(number)
  default     = {}
  nullable    = false

  # An object would drop a name that is misspelt.
  validation {
    condition     = length(setsubtract(keys(var.thresholds), keys(local.default_thresholds))) == 0
    error_message = "Unknown threshold; see modules/monitoring, for example { min_requests = 20 }."
  }

  validation {
    condition = alltrue([
      for name, value in var.thresholds : value > 0 if can(regex("_(seconds|ms)$", name))
    ])
    error_message = "A time must be above 0, for example { command_age_seconds = 300 }."
  }

  validation {
    condition = alltrue([
      for name, value in var.thresholds : value > 0 && value <= 100
      if contains(["duration_percent", "concurrency_percent", "in_flight_percent"], name)
    ])
    error_message = "A share of a limit is above 0 and at most 100, like { duration_percent = 80 }."
  }

  # At 100 no rate could ever be above it: an alarm that cannot ring.
  validation {
    condition = alltrue([
      for name, value in var.thresholds : value >= 0 && value < 100
      if contains(["client_error_percent", "server_error_percent"], name)
    ])
    error_message = "A rate is from 0 to below 100, for example { server_error_percent = 1 }."
  }

  validation {
    condition = alltrue([
      for name, value in var.thresholds : value >= 1 && floor(value) == value
      if can(regex("^(min|waiting)_", name))
    ])
    error_message = "A minimum is a whole number from 1, for example { min_requests = 20 }."
  }
}
