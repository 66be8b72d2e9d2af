variable "project" {
  description = "Short name of the product, which every name of its resources begins with."
  type        = string
  nullable    = false

  # 32 leaves room for the rest of a role's name, which may have 64 characters.
  validation {
    condition = (
      can(regex("^[a-z][a-z0-9-]{1,31}$", var.project)) &&
      !strcontains(var.project, "--") && !endswith(var.project, "-")
    )
    error_message = "2-32 lowercase letters, digits or single inner hyphens, like \"acme-jobs\"."
  }
}

variable "repository" {
  description = <<-EOT
    GitHub repository as its tokens' subject names it: `owner@id/name@id`, or `owner/name` where
    subjects are not immutable, as in repositories made and last renamed before July 2026. Printed
    by: gh api repos/OWNER/NAME --jq '"\(.owner.login)@\(.owner.id)/\(.name)@\(.id)"'
  EOT
  type        = string
  nullable    = false

  validation {
    condition = can(regex(
      "^([A-Za-z0-9-]+/[A-Za-z0-9._-]+|[A-Za-z0-9-]+@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$",
      var.repository,
    ))
    error_message = "Must be exact, like \"acme@123456/jobs@456789\" or, if old, \"acme/jobs\"."
  }
}

variable "branch" {
  description = "The branch that is deployed, and whose drift is planned."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.branch)) && !startswith(var.branch, "refs/")
    error_message = "branch is an exact name without refs/heads/, for example \"main\"."
  }
}

variable "environments" {
  description = <<-EOT
    GitHub environments whose jobs may deploy, from that branch only, what is called
    `<project>-<environment>-…`.
  EOT
  type        = set(string)
  nullable    = false

  # Resources are called so. A colon would begin another claim in the subject.
  validation {
    condition = alltrue([
      for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))
    ])
    error_message = "Name them as Terraform names its own, for example [\"staging\", \"prod\"]."
  }
}

variable "preview_environments" {
  description = <<-EOT
    GitHub environments whose jobs may deploy previews (`pr-<number>`), from any branch. Their role
    reaches no other environment by name; not in an account with production in it all the same.
  EOT
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for name in var.preview_environments : can(regex("^[A-Za-z0-9._-]{1,255}$", name))
    ])
    error_message = "Names are letters, digits or ._- , for example [\"preview\"]."
  }

  validation {
    condition     = length(var.environments) + length(var.preview_environments) > 0
    error_message = "Somebody must be able to deploy; name one, for example [\"dev\"]."
  }

  validation {
    condition     = length(setintersection(var.environments, var.preview_environments)) == 0
    error_message = "An environment deploys from one branch or from any, for example [\"preview\"]."
  }
}

variable "check_claims" {
  description = <<-EOT
    Whether trusts check the claims `ref` and `repository_id` beside the subject. AWS knows them in
    commercial regions; null checks them there. Without them, only GitHub's protection rules keep
    an environment to the branch.
  EOT
  type        = bool
  default     = null
}

variable "create_provider" {
  description = "Whether to make GitHub's OIDC provider; an account can have only one."
  type        = bool
  default     = true
  nullable    = false
}

variable "state" {
  description = "Where the states are: module `state_backend` as a whole."
  type = object({
    arn      = string
    policies = object({ read = string, write = string, write_previews = string })
  })
  nullable = false
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

  validation {
    condition = alltrue([
      for action in flatten([
        for grant in concat(var.additional_grants.deploy, var.additional_grants.run) : grant.actions
      ]) :
      can(regex("^[a-z0-9-]+:[A-Za-z*]+$", action)) && !startswith(action, "iam:")
    ])
    error_message = "Actions name a service, and never IAM, like [\"sns:CreateTopic\"]."
  }
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
