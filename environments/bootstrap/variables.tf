# The modules check what is said here; their messages show valid examples.

variable "project" {
  description = "Short name of the product, as in `terraform.tfvars` of its environments."
  type        = string
  nullable    = false
}

variable "github_repository" {
  description = <<-EOT
    GitHub repository as its tokens' subject names it: `owner@id/name@id`, or `owner/name` where
    subjects are not immutable, as in repositories made and last renamed before July 2026. Printed
    by: gh api repos/OWNER/NAME --jq '"\(.owner.login)@\(.owner.id)/\(.name)@\(.id)"'
  EOT
  type        = string
  nullable    = false
}

variable "github_branch" {
  description = "The branch that is deployed, and whose drift is planned."
  type        = string
  default     = "main"
  nullable    = false
}

variable "github_environments" {
  description = "GitHub environments whose jobs may deploy into this account, from that branch."
  type        = set(string)
  nullable    = false
}

variable "github_preview_environments" {
  description = <<-EOT
    GitHub environments whose jobs may deploy from any branch, for previews of pull requests; not in
    an account with production in it.
  EOT
  type        = set(string)
  default     = []
  nullable    = false
}

variable "check_github_claims" {
  description = "Check `ref` and `repository_id` of tokens; null checks in commercial regions only."
  type        = bool
  default     = null
}

variable "create_github_provider" {
  description = "Whether to make GitHub's OIDC provider; an account can have only one."
  type        = bool
  default     = true
  nullable    = false
}

variable "plan_reads_secrets" {
  description = <<-EOT
    Whether plans may read the values of secrets and of API keys, which they do for every secret
    with a `value_version` and every key of a REST API; a plan runs the code of any pull request.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "additional_grants" {
  description = <<-EOT
    What your own modules need beyond the blueprint's: actions on resources for the role that
    deploys (`deploy`), and for the roles of functions (`run`).
  EOT
  type = object({
    deploy = optional(list(object({ actions = list(string), resources = list(string) })), [])
    run    = optional(list(object({ actions = list(string), resources = list(string) })), [])
  })
  default  = {}
  nullable = false
}

variable "options" {
  description = <<-EOT
    What environments (not previews) use of docs/aws-options.md: ARNs of `kms_keys`, whether
    functions are in a `vpc`, ids of the hosted zones of `domain_zones`, and whether handlers start
    container `tasks`.
  EOT
  type = object({
    kms_keys     = optional(list(string), [])
    vpc          = optional(bool, false)
    domain_zones = optional(list(string), [])
    tasks        = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "old_state_versions_days" {
  description = "Retention of overwritten states, in days; the last ten are kept for good."
  type        = number
  default     = 90
  nullable    = false
}

variable "enable_lock_table" {
  description = "Enables a DynamoDB lock table, for Terraform before 1.10."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_destroy_state" {
  description = "Allows destroying the bucket with states in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "aws_region" {
  description = "AWS region of the state bucket; the roles work in all regions."
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
