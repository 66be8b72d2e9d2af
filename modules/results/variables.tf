variable "name" {
  description = "Name prefix of the bucket; the AWS account ID is appended."
  type        = string
  nullable    = false

  # 63 characters in all; the account's id and a hyphen take 13.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "3-50 lowercase letters, digits or inner hyphens, like \"acme-dev-results\"."
  }
}

variable "retention_days" {
  description = "Retention of commands, in days; results expire one day later."
  type        = number
  default     = 30
  nullable    = false
}

variable "force_destroy" {
  description = "Allows Terraform to destroy a bucket that still contains results."
  type        = bool
  default     = false
  nullable    = false
}

variable "cors_allow_origins" {
  description = "Origins that may read results from a browser (CORS); an empty list allows none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "cors_allow_uploads" {
  description = "Allows those origins to upload as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key" {
  description = "Customer-managed KMS key for the bucket; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}
