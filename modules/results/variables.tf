variable "name" {
  description = "Name of the bucket, up to the account's id that is put at its end."
  type        = string
  nullable    = false

  # 63 characters in all; the account's id and a hyphen take 13.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "3-50 lowercase letters, digits or inner hyphens, like \"acme-dev-results\"."
  }
}

variable "retention_days" {
  description = "How many days commands are kept; their results stay a day longer."
  type        = number
  default     = 30
  nullable    = false
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed with results in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "cors_allow_origins" {
  description = "Web pages that may read results from a browser; an empty list allows none."
  type        = list(string)
  default     = []
  nullable    = false
}
