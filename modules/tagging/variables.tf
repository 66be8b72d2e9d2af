variable "project" {
  description = "Value of the tag `Project`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}][\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,255}$", var.project))
    error_message = "1-256 letters, digits, spaces or _.:/=+-@ , for example \"acme-jobs\"."
  }
}

variable "environment" {
  description = "Value of the tag `Environment`: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod, for example \"dev\"."
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
      for key in keys(var.additional_tags) :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key))
    ])
    error_message = "Keys are 1-128 letters, digits, spaces or _.:/=+-@ , like { Team = \"jobs\" }."
  }

  validation {
    condition = alltrue([
      for value in values(var.additional_tags) :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))
    ])
    error_message = "Values: 0-256 letters, digits, spaces or _.:/=+-@ , like { Team = \"jobs\" }."
  }

  # IAM refuses the prefix in values, too.
  validation {
    condition = alltrue([
      for text in concat(keys(var.additional_tags), values(var.additional_tags)) :
      !startswith(lower(coalesce(text, "none")), "aws:")
    ])
    error_message = "Tags beginning with aws: are reserved for AWS; use, say, { Team = \"jobs\" }."
  }

  # IAM compares keys without case: `project` beside `Project` would be refused there.
  validation {
    condition = alltrue([
      for key in keys(var.additional_tags) :
      !contains(["project", "environment", "managedby", "repository"], lower(key))
    ])
    error_message = "The blueprint sets that key itself; use, say, { Team = \"jobs\" }."
  }

  validation {
    condition = (
      length(distinct([for key in keys(var.additional_tags) : lower(key)])) ==
      length(var.additional_tags)
    )
    error_message = "Tag keys must differ by more than case, for example { Team = \"jobs\" }."
  }

  # AWS allows 50 on a resource; four are ours.
  validation {
    condition     = length(var.additional_tags) <= 46
    error_message = "At most 46 tags fit beside the blueprint's four, like { Team = \"jobs\" }."
  }
}
