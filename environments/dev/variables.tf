# What this deployment is, where it lives, and its secrets. Sizes are in variables_commands.tf.

variable "project" {
  description = "Short name of the product; every resource's name begins with it."
  type        = string
  nullable    = false

  validation {
    condition = (
      can(regex("^[a-z][a-z0-9-]{1,31}$", var.project)) &&
      !strcontains(var.project, "--") && !endswith(var.project, "-")
    )
    error_message = "2-32 lowercase letters, digits or single inner hyphens, like \"acme-jobs\"."
  }
}

variable "environment" {
  description = "Which deployment of the product this is: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod, for example \"dev\"."
  }
}

variable "aws_region" {
  description = "AWS region to deploy to."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[1-9]$", var.aws_region))
    error_message = "aws_region must be the code of a region, for example \"eu-central-1\"."
  }
}

variable "aws_profile" {
  description = "Profile of your AWS configuration; null takes the environment's credentials."
  type        = string
  default     = null

  validation {
    condition     = var.aws_profile == null || can(regex("^[^\\s]+$", var.aws_profile))
    error_message = "aws_profile must be null or the name of a profile, for example \"acme-dev\"."
  }
}

variable "repository" {
  description = "Where this code lives, as the tag `Repository`; null leaves the tag out."
  type        = string
  default     = null

  validation {
    condition = (
      var.repository == null ||
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,256}$", var.repository))
    )
    error_message = "1-256 letters, digits, spaces or _.:/=+-@ , like \"github.com/acme/jobs\"."
  }
}

variable "additional_tags" {
  description = "Your own tags, beside Project, Environment, ManagedBy and Repository."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.additional_tags :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) &&
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))
    ])
    error_message = "They hold letters, digits, spaces or _.:/=+-@ , like { Team = \"jobs\" }."
  }

  validation {
    condition = alltrue([
      for key, value in var.additional_tags :
      !startswith(lower(key), "aws:") && !startswith(lower(coalesce(value, "none")), "aws:")
    ])
    error_message = "Tags beginning with aws: are reserved for AWS; use, say, { Team = \"jobs\" }."
  }

  validation {
    condition = length(setintersection(
      [for key in keys(var.additional_tags) : lower(key)],
      ["project", "environment", "managedby", "repository"],
    )) == 0
    error_message = "The blueprint sets that key itself; use, say, { Team = \"jobs\" }."
  }

  validation {
    condition = length(var.additional_tags) <= 46 && (
      length(distinct([for key in keys(var.additional_tags) : lower(key)])) ==
      length(var.additional_tags)
    )
    error_message = "At most 46 tags, differing by more than case, like { Team = \"jobs\" }."
  }
}

variable "secrets" {
  description = <<-EOT
    Secrets that the worker may read, by purpose. With `value_version` Terraform writes the value
    from `secret_values`, again whenever the number changes; without it you seed the empty secret.
  EOT
  type = map(object({
    description   = string
    value_version = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for purpose in keys(var.secrets) : can(regex("^[A-Za-z0-9_+=.@/-]{1,400}$", purpose))
    ])
    error_message = "A purpose is 1-400 letters, digits or _+=.@-/ , like \"payment-api-key\"."
  }
}

variable "secret_values" {
  description = <<-EOT
    Values for the secrets with a `value_version`, never in plan or state; wanted in every run, for
    example as TF_VAR_secret_values='{"payment-api-key":"..."}'.
  EOT
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
  ephemeral   = true

  # Terraform remembers no value, and the provider wants it in every plan, changed or not.
  validation {
    condition = alltrue([
      for purpose, secret in var.secrets :
      secret.value_version == null || contains(keys(var.secret_values), purpose)
    ])
    error_message = "A value is missing; set TF_VAR_secret_values='{\"api-key\":\"...\"}'."
  }

  validation {
    condition = alltrue([
      for purpose in keys(var.secret_values) : try(var.secrets[purpose].value_version, null) != null
    ])
    error_message = "No secret takes that value; declare one, like { value_version = 1 }."
  }
}

variable "secrets_recovery_window_days" {
  description = "How many days a deleted secret can be restored; 0 deletes at once."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition = (
      var.secrets_recovery_window_days == 0 ||
      contains(range(7, 31), var.secrets_recovery_window_days)
    )
    error_message = "Must be 0 or a whole number from 7 to 30, for example 7."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role; null bounds them by nothing more."
  type        = string
  default     = null

  validation {
    condition = var.permissions_boundary == null || can(regex(
      "^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary
    ))
    error_message = "Must be a policy's ARN, like \"arn:aws:iam::123456789012:policy/acme\"."
  }
}
