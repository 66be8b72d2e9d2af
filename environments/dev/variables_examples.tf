# What the example handlers may do.

variable "email" {
  description = "Sender of send_email, and what SES verifies: its address or its domain; or null."
  type = object({
    sender   = string
    identity = string
  })
  default = null

  validation {
    condition = var.email == null || try(
      var.email.identity == var.email.sender ||
      var.email.identity == lower(split("@", var.email.sender)[1]), false
    )
    error_message = "Say, { sender = \"jobs@example.com\", identity = \"example.com\" }."
  }
}

variable "demo_handlers" {
  description = <<-EOT
    Let the handler drill run, which sleeps, fails and crashes on request; without it, its commands
    are rejected. Never in prod.
  EOT
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.demo_handlers && var.environment == "prod")
    error_message = "In prod nobody may crash workers on request; say, demo_handlers = false."
  }
}

variable "webhooks" {
  description = <<-EOT
    Where deliver_webhook may go: these hosts (none named: none; ".example.com": all below; "*": any
    public one), these ports (none named: 443); `secret` is the purpose of the secret that signs.
    Plain HTTP, and this very machine, are for tests.
  EOT
  type = object({
    allowed_hosts  = optional(list(string), [])
    allowed_ports  = optional(list(number), [])
    allow_http     = optional(bool, false)
    allow_loopback = optional(bool, false)
    secret         = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for host in var.webhooks.allowed_hosts :
      can(regex("^([*]|[.]?[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$", host))
    ])
    error_message = "A host is small letters, like { allowed_hosts = [\"hooks.example.com\"] }."
  }

  validation {
    condition = alltrue([
      for port in var.webhooks.allowed_ports :
      port >= 1 && port <= 65535 && floor(port) == port
    ])
    error_message = "A port is from 1 to 65535, like { allowed_ports = [443, 8443] }."
  }

  validation {
    condition     = !var.webhooks.allow_loopback || var.environment == "dev"
    error_message = "Only dev may call itself; elsewhere set, say, { allow_loopback = false }."
  }

  validation {
    condition = (
      var.webhooks.secret == null || contains(keys(var.secrets), coalesce(var.webhooks.secret, "-"))
    )
    error_message = "No such secret; declare it in secrets, for example \"webhook-signing-key\"."
  }
}
