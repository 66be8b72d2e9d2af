# When to call somebody. What follows from other settings is derived in alarms.tf.

variable "thresholds" {
  description = <<-EOT
    When alarms ring. Seconds: `oldest_message_seconds` (waiting in the queue),
    `command_age_seconds` (p95 from submission to the end), `api_latency_ms` (p95, on top of what
    clients ask to wait). Percent: `duration_percent` of the worker's timeout, `concurrency_percent`
    of its cap, `in_flight_percent` of SQS's quota, `client_error_percent` and
    `server_error_percent` of all requests. `min_requests` and `min_commands` a minute make a rate
    or a percentile worth a look.
  EOT
  # A command that needs all of three attempts waits for 90 s between them: no alarm yet.
  type = object({
    oldest_message_seconds = optional(number, 300)
    command_age_seconds    = optional(number, 300)
    min_commands           = optional(number, 10)
    duration_percent       = optional(number, 80)
    concurrency_percent    = optional(number, 90)
    in_flight_percent      = optional(number, 80)
    client_error_percent   = optional(number, 50)
    server_error_percent   = optional(number, 1)
    api_latency_ms         = optional(number, 2000)
    min_requests           = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for name in ["oldest_message_seconds", "command_age_seconds", "api_latency_ms"] :
      var.thresholds[name] > 0
    ])
    error_message = "A time must be above 0, for example { command_age_seconds = 300 }."
  }

  validation {
    condition = alltrue([
      for name in ["duration_percent", "concurrency_percent", "in_flight_percent"] :
      var.thresholds[name] > 0 && var.thresholds[name] <= 100
    ])
    error_message = "A share of a limit is above 0 and at most 100, like { duration_percent = 80 }."
  }

  # At 100 no rate could ever be above it: an alarm that cannot ring.
  validation {
    condition = alltrue([
      for name in ["client_error_percent", "server_error_percent"] :
      var.thresholds[name] >= 0 && var.thresholds[name] < 100
    ])
    error_message = "A rate is from 0 to below 100, for example { server_error_percent = 1 }."
  }

  validation {
    condition = alltrue([
      for name in ["min_requests", "min_commands"] :
      var.thresholds[name] >= 1 && floor(var.thresholds[name]) == var.thresholds[name]
    ])
    error_message = "A minimum is a whole number from 1, for example { min_requests = 20 }."
  }
}
