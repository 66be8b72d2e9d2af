variable "project" {
  description = "Short name of the product; its states lie below `<project>/` in the bucket."
  type        = string
  nullable    = false

  # 32 leaves room for the rest of the bucket's name, which may have 63 characters.
  validation {
    condition = (
      can(regex("^[a-z][a-z0-9-]{1,31}$", var.project)) &&
      !strcontains(var.project, "--") && !endswith(var.project, "-")
    )
    error_message = "2-32 lowercase letters, digits or single inner hyphens, like \"acme-jobs\"."
  }
}

variable "old_versions_days" {
  description = "Retention of overwritten states, in days; the last ten are kept for good."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition = (
      var.old_versions_days >= 1 && var.old_versions_days <= 3650 &&
      floor(var.old_versions_days) == var.old_versions_days
    )
    error_message = "old_versions_days must be a whole number from 1 to 3650, for example 90."
  }
}

variable "lock_table" {
  description = "Enables a DynamoDB lock table, for Terraform before 1.10."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_destroy" {
  description = "Allows destroying the bucket with states in it."
  type        = bool
  default     = false
  nullable    = false
}
