variable "name" {
  description = "Name of the secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.name))
    error_message = "1-512 letters, digits or /_+=.@- , like \"/dev/acme-jobs/session-key\"."
  }
}

variable "description" {
  description = "Description of the secret in Secrets Manager."
  type        = string
  nullable    = false

  validation {
    condition     = length(trimspace(var.description)) >= 1 && length(var.description) <= 2048
    error_message = "description has 1-2048 characters, for example \"Signs session cookies\"."
  }
}

variable "value_version" {
  description = "Version of the value; a change generates and stores a new value."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.value_version >= 1 && floor(var.value_version) == var.value_version
    error_message = "value_version must be a whole number from 1, for example 2."
  }
}

variable "length" {
  description = "Length of the value, in characters."
  type        = number
  default     = 32
  nullable    = false

  # AWS takes 1-4096; below 16 is no secret.
  validation {
    condition     = var.length >= 16 && var.length <= 4096 && floor(var.length) == var.length
    error_message = "length must be a whole number from 16 to 4096, for example 32."
  }
}

variable "punctuation" {
  description = "Allows punctuation in the value."
  type        = bool
  default     = true
  nullable    = false
}

variable "recovery_window_days" {
  description = "Recovery window of a deleted secret, in days; 0 deletes it immediately."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition = (
      var.recovery_window_days == 0 ||
      (var.recovery_window_days >= 7 && var.recovery_window_days <= 30) &&
      floor(var.recovery_window_days) == var.recovery_window_days
    )
    error_message = "recovery_window_days must be 0 or a whole number from 7 to 30, for example 7."
  }
}
