variable "project" {
  description = "Short name of the product: what the names of all resources begin with."
  type        = string
  nullable    = false
}

variable "pr_number" {
  description = "Number of the pull request; the environment is called `pr-<number>`."
  type        = number
  nullable    = false

  validation {
    condition = (
      var.pr_number >= 1 && var.pr_number <= 999999 && floor(var.pr_number) == var.pr_number
    )
    error_message = "pr_number must be a whole number from 1 to 999999, for example 7."
  }
}

variable "created_at" {
  description = <<-EOT
    When the pull request was opened, in UTC: always the same for one preview, so that plans stay
    empty.
  EOT
  type        = string
  nullable    = false
}

variable "ttl_hours" {
  description = "For how many hours the preview may stay after its pull request was opened."
  type        = number
  default     = 72
  nullable    = false
}

variable "secrets" {
  description = "Secrets that the worker may read, by purpose; empty until somebody seeds them."
  type = map(object({
    description = string
  }))
  default  = {}
  nullable = false
}

variable "repository" {
  description = "Where this code lives, like \"github.com/acme/jobs\": for a tag and for a link."
  type        = string
  default     = null
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role; null bounds them by nothing more."
  type        = string
  default     = null
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
}
