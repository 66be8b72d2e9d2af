# What clients and operators get when they ask for commands.

variable "status_max_wait_seconds" {
  description = "How many seconds GET /commands/{id}?wait=N may be held back; 0 never waits."
  type        = number
  default     = 0
  nullable    = false

  # API Gateway gives up after 30 seconds.
  validation {
    condition = (
      var.status_max_wait_seconds >= 0 && var.status_max_wait_seconds <= 25 &&
      floor(var.status_max_wait_seconds) == var.status_max_wait_seconds
    )
    error_message = "Must be a whole number from 0 to 25, for example 10."
  }
}

variable "result_url_seconds" {
  description = "How many seconds the URL of a result works that is too large for an answer."
  type        = number
  default     = 300
  nullable    = false

  # It is signed with a function's temporary credentials, and ends with them at the latest.
  validation {
    condition = (
      var.result_url_seconds >= 30 && var.result_url_seconds <= 3600 &&
      floor(var.result_url_seconds) == var.result_url_seconds
    )
    error_message = "Must be a whole number from 30 to 3600, for example 300."
  }
}

variable "enable_command_index" {
  description = "Whether `scripts.commands list` works; costs 3 more write units a command."
  type        = bool
  default     = false
  nullable    = false
}
