variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name must be 3-255 letters, digits or _.- , like \"acme-dev-commands\"."
  }
}

variable "ttl_attribute" {
  description = "Attribute that holds when an item may be deleted, in epoch seconds."
  type        = string
  default     = "expiresAt"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,254}$", var.ttl_attribute))
    error_message = "1-255 letters, digits or _.- , beginning with a letter, like \"expiresAt\"."
  }

  validation {
    condition     = var.ttl_attribute != "id"
    error_message = "ttl_attribute must not be the table's key id; take, say, \"expiresAt\"."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "index_by_status" {
  description = "Whether an index finds commands by status and time; every write then costs more."
  type        = bool
  default     = false
  nullable    = false
}

variable "index_unsent" {
  description = "Whether an index finds commands that were stored by a door and never queued."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the table until this is turned off."
  type        = bool
  default     = false
  nullable    = false
}
