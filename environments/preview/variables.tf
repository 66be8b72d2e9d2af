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
variable "ttl_hours" {
  description = "Lifetime of the preview after its pull request was opened, in hours."
  type        = number
  default     = 72
}
variable "secrets" {
  description = "Secrets that the worker may read, by purpose; empty until somebody seeds them."
  type        = map(object({ description = string }))
  default     = {}
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
variable "aws_profile" {
  description = "Profile of your AWS configuration; null takes the environment's credentials."
  type        = string
  default     = null
}
