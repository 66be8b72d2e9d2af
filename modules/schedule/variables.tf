variable "name" {
  description = "Name of the rule."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,64}$", var.name))
    error_message = "name must be 1-64 letters, digits or _.- , for example \"acme-dev-nightly\"."
  }
}

variable "function" {
  description = "Function to invoke: the outputs of module `function`."
  type = object({
    name = string
    arn  = string
  })
  nullable = false
}

variable "every_minutes" {
  description = "Interval between two invocations, in minutes."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition = (
      var.every_minutes >= 1 && var.every_minutes <= 1440 &&
      floor(var.every_minutes) == var.every_minutes
    )
    error_message = "every_minutes must be a whole number from 1 to 1440, for example 5."
  }
}
