variable "prefix" {
  description = "Prefix of every secret's name: `/<environment>/<project>/`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9_+=.@-]+/)+$", var.prefix))
    error_message = "prefix must begin and end with a slash, for example \"/dev/acme-jobs/\"."
  }
}

variable "secrets" {
  description = <<-EOT
    Secrets by purpose. With `value_version` the value comes from `values` and is written again
    whenever the number changes; without it the secret stays empty until somebody seeds it.
  EOT
  type = map(object({
    description   = string
    value_version = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for purpose in keys(var.secrets) :
      can(regex("^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*$", purpose))
    ])
    error_message = "A purpose is letters, digits or _+=.@-/ , for example \"payment-api-key\"."
  }

  validation {
    condition = alltrue([
      for purpose in keys(var.secrets) : length("${var.prefix}${purpose}") <= 512
    ])
    error_message = "Prefix and purpose may have 512 characters, for example \"payment-api-key\"."
  }

  validation {
    condition = alltrue([
      for secret in values(var.secrets) :
      length(trimspace(coalesce(secret.description, " "))) >= 1 &&
      length(coalesce(secret.description, " ")) <= 2048
    ])
    error_message = "A description has 1-2048 characters, for example \"Key of the payment API\"."
  }

  validation {
    condition = alltrue([
      for secret in values(var.secrets) :
      try(secret.value_version >= 1 && floor(secret.value_version) == secret.value_version, true)
      if secret.value_version != null
    ])
    error_message = "A version must be a whole number from 1, like { value_version = 1 }."
  }

  # All inline policies of a role share 10,240 characters. An ARN is up to 75 longer than
  # its name.
  validation {
    condition = (
      sum(concat([0], [for purpose in keys(var.secrets) : length("${var.prefix}${purpose}") + 75]))
      <= 9000
    )
    error_message = "Too many secrets for the policies of one role; use fewer, for example 60."
  }
}

variable "values" {
  description = "Values by purpose, for the secrets with a `value_version`; never in plan or state."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
  ephemeral   = true

  # Terraform remembers no value, and the provider wants it in every plan, changed or not.
  validation {
    condition = alltrue([
      for purpose, secret in var.secrets :
      secret.value_version == null || contains(keys(var.values), purpose)
    ])
    error_message = "Each secret with a value_version needs a value, like { api-key = \"...\" }."
  }

  # AWS takes 65,536 bytes; longer characters count more than once, so this is the looser bound.
  validation {
    condition = alltrue([
      for value in values(var.values) :
      try(length(value) >= 1 && length(value) <= 65536, false)
    ])
    error_message = "A value has 1-65536 characters, for example { api-key = \"...\" }."
  }

  validation {
    condition = alltrue([
      for purpose in keys(var.values) : try(var.secrets[purpose].value_version, null) != null
    ])
    error_message = "No secret has that purpose; declare one, like { value_version = 1 }."
  }
}

variable "recovery_window_days" {
  description = "Recovery window of deleted secrets, in days; 0 deletes at once."
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

variable "kms_key" {
  description = "Customer-managed KMS key for the secrets; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}
