variable "name" {
  description = "Name of the role, behind `github-<project>-`."
  type        = string
  nullable    = false
}

variable "path" {
  description = "IAM path of the role and its policies; the role may change nothing below it."
  type        = string
  nullable    = false
}

variable "project" {
  description = "Short name of the product."
  type        = string
  nullable    = false
}

variable "environments" {
  description = "Names of the environments to deploy; `*` is a wildcard, as in `pr-*`."
  type        = set(string)
  nullable    = false
}

variable "trust" {
  description = "Policy that says who may take the role, as JSON."
  type        = string
  nullable    = false
}

variable "state" {
  description = "ARN of the bucket with the states, and the policy that grants access, as JSON."
  type        = object({ arn = string, policy = string })
  nullable    = false
}

variable "plan_reads_secrets" {
  description = "Whether the policy for plans includes the values of secrets and API keys."
  type        = bool
  nullable    = false
}

variable "additional_grants" {
  description = "Actions on resources beyond the blueprint's: `deploy` the role, `run` functions."
  type = object({
    deploy = list(object({ actions = list(string), resources = list(string) }))
    run    = list(object({ actions = list(string), resources = list(string) }))
  })
  nullable = false
}

variable "options" {
  description = "What environments use: keys, a VPC, zones of domains, container tasks."
  type = object({
    kms_keys     = optional(list(string), [])
    vpc          = optional(bool, false)
    domain_zones = optional(list(string), [])
    tasks        = optional(bool, false)
  })
  default  = {}
  nullable = false

  # Exact keys: a wildcard would hand out every key of the account.
  validation {
    condition = alltrue([
      for arn in var.options.kms_keys :
      can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))
    ])
    error_message = "Exact keys, like [\"arn:aws:kms:us-east-1:123456789012:key/1234-abcd\"]."
  }

  validation {
    condition     = alltrue([for id in var.options.domain_zones : can(regex("^Z[A-Z0-9]+$", id))])
    error_message = "Exact hosted zones, for example [\"Z0123456789ABCDEFGHIJ\"]."
  }
}
