variable "sender" {
  description = "Sender's email address."
  type        = string
  nullable    = false

  validation {
    condition = can(regex(
      "^[A-Za-z0-9._+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z0-9-]{2,63}$",
      var.sender,
    ))
    error_message = "sender must be a plain address, for example \"orders@example.com\"."
  }
}

variable "identity" {
  description = "SES identity to verify: the sender's domain or its email address."
  type        = string
  nullable    = false

  # SES would also take a domain above the sender's, but then DKIM does not align with it.
  validation {
    condition = (
      var.identity == var.sender || var.identity == lower(split("@", var.sender)[1])
    )
    error_message = "identity must be the sender or its domain in lowercase, like \"example.com\"."
  }
}

variable "create" {
  description = <<-EOT
    Whether the identity is made, and destroyed, here. An account has one of a name in each region;
    false uses what another environment or team has verified.
  EOT
  type        = bool
  default     = true
  nullable    = false
}
