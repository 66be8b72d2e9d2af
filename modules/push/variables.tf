variable "name" {
  description = "Name of the WebSocket API, and of its function."
  type        = string
  nullable    = false
}

variable "table_name" {
  description = "Name of the table of who watches which command."
  type        = string
  nullable    = false
}

variable "runtime" {
  description = "Settings that all functions of an environment share, all of module `function`."
  type        = any
  nullable    = false
}

variable "data" {
  description = "Table of commands: output `store` of module `data`."
  type = object({
    name          = string
    ttl_attribute = string
  })
  nullable = false
}

variable "authentication" {
  description = <<-EOT
    How whoever connects is identified, as by the HTTP API: `none`, `iam`, or `jwt` with issuer,
    audience and the scopes `read` and `admin`. Viewers see the commands of their token's subject.
  EOT
  type = object({
    mode     = string
    issuer   = optional(string)
    audience = optional(list(string), [])
    scopes = optional(object({
      read  = optional(list(string), [])
      admin = optional(string)
    }), {})
  })
  nullable = false

  validation {
    condition     = contains(["none", "iam", "jwt"], var.authentication.mode)
    error_message = "authentication.mode: none, iam or jwt, like { mode = \"iam\" }."
  }

  validation {
    condition = var.authentication.mode != "jwt" || (
      try(length(var.authentication.issuer) > 0, false) && length(var.authentication.audience) > 0
    )
    error_message = <<-EOT
      JWTs need both, like { mode = "jwt", issuer = "https://id.example.com", audience = ["x"] }.
    EOT
  }
}

variable "settings" {
  description = <<-EOT
    `watches_per_connection`: commands that a connection may watch from its beginning to its end.
    `requests_per_second`: messages and connections that the API takes; bursts have twice as many.
  EOT
  type = object({
    watches_per_connection = optional(number, 1000)
    requests_per_second    = optional(number, 100)
  })
  default  = {}
  nullable = false

  # A message names 25.
  validation {
    condition = (
      var.settings.watches_per_connection >= 25 && var.settings.watches_per_connection <= 10000 &&
      floor(var.settings.watches_per_connection) == var.settings.watches_per_connection
    )
    error_message = "watches_per_connection: a whole number from 25 to 10000, for example 1000."
  }

  # The account's own quota is 10,000 a second unless AWS has raised it, and 500 connections.
  validation {
    condition = (
      var.settings.requests_per_second >= 1 && var.settings.requests_per_second <= 10000 &&
      floor(var.settings.requests_per_second) == var.settings.requests_per_second
    )
    error_message = "requests_per_second: a whole number from 1 to 10000, for example 100."
  }
}

variable "deliveries" {
  description = "Table of deliveries, which says how a callback went; null without webhooks."
  type        = string
  default     = null
}

variable "policies" {
  description = "Grants (JSON) of the function: it reads commands, and deliveries if there are any."
  type        = map(string)
  default     = {}
  nullable    = false
}
