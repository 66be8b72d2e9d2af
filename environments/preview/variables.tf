variable "project" {
  description = "Short name of the product, the prefix of every resource's name."
  type        = string
}
variable "pr_number" {
  description = "Number of the pull request; the environment is called `pr-<number>`."
  type        = number
}
variable "created_at" {
  description = "Time at which the pull request was opened, in UTC; the same in every plan."
  type        = string
}
variable "secrets" {
  description = "Secrets that the worker may read, by purpose; empty until somebody seeds them."
  type        = map(object({ description = string }))
  default     = {}
}
variable "push" {
  description = "True pushes each change of a job to the page; otherwise the page polls."
  type        = bool
  default     = false
}
variable "repository" {
  description = "Location of this code, like \"github.com/acme/jobs\": for a tag and for a link."
  type        = string
  default     = null
}
variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role; null sets no boundary."
  type        = string
  default     = null
}
variable "headers_policy" {
  description = "Policy that all previews share, from bootstrap; null makes one for this preview."
  type        = object({ id = string })
  default     = null
}
variable "aws_region" {
  description = "AWS region to deploy to."
  type        = string
  default     = "us-east-1"
}
