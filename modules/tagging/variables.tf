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
  description = "Value of the tag `Environment`, like dev or pr-7."
  type        = string
  nullable    = false
}

variable "temporary" {
  description = <<-EOT
    Since when (UTC) a temporary environment exists, for how many hours it may at least, and for
    which pull request. `test` and `pr-<n>` must say so; the others must not, as they stay.
  EOT
  type = object({
    created_at   = string
    ttl_hours    = optional(number, 72)
    pull_request = optional(number)
  })
  default = null

  # What is tagged like this is deleted by a machine.
  validation {
    condition     = (var.temporary != null) == can(regex("^(test|pr-.*)$", var.environment))
    error_message = <<-EOT
      test and pr-<n> are temporary, like { created_at = "2026-11-21T10:00:00Z" }; all others stay,
      for example "dev", with null.
    EOT
  }

  validation {
    condition = var.temporary == null || try(
      length(regex("^[0-9-]{10}T[0-9:]{8}Z$", var.temporary.created_at)) > 0 &&
      timeadd(var.temporary.created_at, "0s") == var.temporary.created_at, false
    )
    error_message = "created_at is a time in UTC to the second, like \"2026-11-21T10:00:00Z\"."
  }

  validation {
    condition = var.temporary == null || try(
      var.temporary.ttl_hours >= 1 && var.temporary.ttl_hours <= 720 &&
      floor(var.temporary.ttl_hours) == var.temporary.ttl_hours, false
    )
    error_message = "ttl_hours must be a whole number from 1 to 720 (30 days), for example 72."
  }

  validation {
    condition = (
      try("pr-${var.temporary.pull_request}", null) ==
      (startswith(var.environment, "pr-") ? var.environment : null)
    )
    error_message = "pr-7 belongs to its pull request, like { pull_request = 7 }, and test to none."
  }
}

variable "repository" {
  description = "Location of this code, as the tag `Repository`; null omits the tag."
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
  description = "Your own tags, beside the blueprint's (Project, Environment, …)."
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
    error_message = "AWS reserves keys that begin with aws:; use a key like { Team = \"jobs\" }."
  }

  # IAM compares keys without case: `project` beside `Project` would be refused there.
  validation {
    condition = alltrue([
      for key in keys(var.additional_tags) :
      !contains([
        "project", "environment", "managedby", "repository", "createdat", "ttlhours", "pullrequest",
      ], lower(key))
    ])
    error_message = "The blueprint reserves that key; use a key like { Team = \"jobs\" }."
  }

  validation {
    condition = (
      length(distinct([for key in keys(var.additional_tags) : lower(key)])) ==
      length(var.additional_tags)
    )
    error_message = "Tag keys must differ by more than case, for example { Team = \"jobs\" }."
  }

  # AWS allows 50 on a resource; up to seven are ours.
  validation {
    condition     = length(var.additional_tags) <= 43
    error_message = "At most 43 tags fit beside the blueprint's seven, like { Team = \"jobs\" }."
  }
}
