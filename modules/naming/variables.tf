variable "project" {
  description = "Short name of the product, the prefix of every resource's name."
  type        = string
  nullable    = false

  # 32 leaves room for the longest suffix in the tightest limit, 63 characters for a bucket:
  # <project>-<environment>-<purpose>-<account id>.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,31}$", var.project))
    error_message = "2-32 lowercase letters, digits or hyphens, first a letter, like \"acme-jobs\"."
  }

  validation {
    condition     = !strcontains(var.project, "--") && !endswith(var.project, "-")
    error_message = "project must not hold -- or end in a hyphen, for example \"acme-jobs\"."
  }
}

variable "environment" {
  description = <<-EOT
    Which deployment this is: dev, staging, prod, test, pr-<number> or one of other_environments.
  EOT
  type        = string
  nullable    = false

  validation {
    condition = (
      can(regex("^(dev|staging|prod|test|pr-[1-9][0-9]{0,5})$", var.environment)) ||
      contains(var.other_environments, var.environment)
    )
    error_message = <<-EOT
      environment must be dev, staging, prod, test, pr-<n> or declared, for example with
      other_environments = ["qa"].
    EOT
  }

  # As for project: 32 and pr-999999 fill a bucket's name.
  validation {
    condition     = length(var.project) + length(var.environment) <= 41
    error_message = "project and environment have at most 41 characters together, like acme and qa."
  }
}

variable "table_name" {
  description = "Name of a restored table that replaces the table of commands; null keeps that."
  type        = string
  default     = null

  # Roles and their boundary know no other names.
  validation {
    condition = (
      var.table_name == null ||
      startswith(coalesce(var.table_name, "-"), "${var.project}-${var.environment}-")
    )
    error_message = <<-EOT
      The table's name must begin with project and environment, for example
      "${var.project}-${var.environment}-commands-restored".
    EOT
  }
}

variable "other_environments" {
  description = "Names of your own, beside those; declared, so that a misspelt name is refused."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for name in var.other_environments :
      can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name)) && length(name) <= 16
    ])
    error_message = "Names are 1-16 lowercase letters, digits or hyphens, for example [\"qa\"]."
  }

  # These names mark temporary environments, which may be deleted at any time.
  validation {
    condition = alltrue([
      for name in var.other_environments : name != "test" && !startswith(name, "pr-")
    ])
    error_message = "test and pr-<n> are names of temporary environments; use, say, [\"qa\"]."
  }
}
