variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name must be 3-255 letters, digits or _.- , like \"acme-dev-orders\"."
  }
}

variable "point_in_time_recovery" {
  description = "Enables point-in-time recovery, to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Deletion protection of the table."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key" {
  description = "Customer-managed KMS key for the table; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}
