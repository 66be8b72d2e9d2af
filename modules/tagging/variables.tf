variable "project" {
  description = "Value of the tag `Project`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}][\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,255}$", var.project))
    error_message = "project must be 1-256 letters, digits, spaces or _.:/=+-@ , for example \"acme-jobs\"."
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
  description = "Where the code that made a resource lives, as the tag `Repository`; null leaves the tag out."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,256}$", coalesce(var.repository, "none")))
    error_message = "repository must be 1-256 letters, digits, spaces or _.:/=+-@ , for example \"github.com/acme/jobs\"."
  }
}

variable "additional_tags" {
  description = "Your own tags, for example for cost centres; put on every resource beside Project, Environment, ManagedBy and Repository."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key in keys(var.additional_tags) :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key))
    ])
    error_message = "A tag's key must be 1-128 letters, digits, spaces or _.:/=+-@ , for example { CostCentre = \"4711\" }."
  }

  validation {
    condition = alltrue([
      for value in values(var.additional_tags) :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))
    ])
    error_message = "A tag's value must be at most 256 letters, digits, spaces or _.:/=+-@ , for example { CostCentre = \"4711\" }."
  }

  # IAM refuses the prefix in values, too.
  validation {
    condition = alltrue([
      for text in concat(keys(var.additional_tags), values(var.additional_tags)) :
      !startswith(lower(coalesce(text, "none")), "aws:")
    ])
    error_message = "Tags that begin with aws: are reserved for AWS; pick another one, for example { CostCentre = \"4711\" }."
  }

  # IAM compares keys without case: `project` beside `Project` would be refused there.
  validation {
    condition = alltrue([
      for key in keys(var.additional_tags) :
      !contains(["project", "environment", "managedby", "repository"], lower(key))
    ])
    error_message = "Project, Environment, ManagedBy and Repository are set by the blueprint; use another key, for example { CostCentre = \"4711\" }."
  }

  validation {
    condition     = length(distinct([for key in keys(var.additional_tags) : lower(key)])) == length(var.additional_tags)
    error_message = "Tag keys must differ by more than case, for example { CostCentre = \"4711\", Team = \"jobs\" }."
  }

  # AWS allows 50 on a resource; four are ours.
  validation {
    condition     = length(var.additional_tags) <= 46
    error_message = "At most 46 additional tags fit beside the blueprint's four, for example { CostCentre = \"4711\" }."
  }
}
