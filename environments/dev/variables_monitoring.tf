variable "alarm_subscriptions" {
  description = "Who is notified of alarms: `emails`, and `webhooks` (HTTPS) of an on-call tool."
  type = object({
    emails   = optional(list(string), [])
    webhooks = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

variable "alarm_thresholds" {
  description = "When alarms ring; see modules/monitoring for each number's meaning."
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
}

variable "alarm_kms_key_arn" {
  description = "ARN of a key of your own for notifications; null makes one, for a dollar a month."
  type        = string
  default     = null
}

variable "runbook_url" {
  description = "Where docs/runbook.md can be read; alarms link to it."
  type        = string
  default     = "docs/runbook.md"
  nullable    = false
}
