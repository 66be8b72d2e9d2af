variable "project" {
  description = "Short name of the product; every resource's name begins with it."
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
  description = "Which deployment this is: dev, staging, prod, test or pr-<number>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(dev|staging|prod|test|pr-[1-9][0-9]{0,5})$", var.environment))
    error_message = "environment must be dev, staging, prod, test or pr-<n>, for example \"pr-7\"."
  }
}
