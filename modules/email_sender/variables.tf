variable "sender" {
  description = "Address that mail is sent from."
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
  description = "What SES shall verify: the sender's domain, or the sender's address."
  type        = string
  nullable    = false

  # SES would also take a domain above the sender's, but then DKIM does not align with it.
  validation {
    condition = (
      var.identity == var.sender || var.identity == lower(split("@", var.sender)[1])
    )
    error_message = "Must be the sender or its domain in small letters, like \"example.com\"."
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
