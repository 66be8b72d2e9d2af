variable "names" {
  description = "Names of what is made here: module `naming` as a whole."
  type = object({
    prefix            = string
    development       = bool
    events            = string
    notifier          = string
    webhook_queue     = string
    webhook_dlq       = string
    webhook_sender    = string
    deliveries        = string
    notifier_failures = string
    push              = string
    watches           = string
  })
  nullable = false
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
    stream_arn    = optional(string)
  })
  nullable = false
}

variable "secrets" {
  description = "Secrets of the environment, for signatures: module `secrets` as a whole."
  type = object({
    prefix   = string
    names    = map(string)
    policies = object({ read = optional(string) })
  })
  nullable = false
}

variable "settings" {
  description = <<-EOT
    What is told of commands; null turns it off. `events` is the kind of bus for endings,
    eventbridge or sns; `event_target` is one that is there already, with the key of an encrypted
    topic; `webhooks` says who may be called, see module `webhooks`. `push` tells every
    change to those who watch a command, see module `push`.
  EOT
  type = object({
    events       = optional(string)
    event_target = optional(object({ arn = string, kms_key_arn = optional(string) }))
    push = optional(object({
      watches_per_connection = optional(number)
      requests_per_second    = optional(number)
    }))
    webhooks = optional(object({
      secrets         = list(string)
      allowed_hosts   = optional(list(string))
      allowed_ports   = optional(list(number))
      allow_http      = optional(bool)
      allow_loopback  = optional(bool)
      max_concurrency = optional(number)
      endpoints = optional(map(object({
        url            = string
        types          = optional(list(string))
        owners         = optional(list(string))
        include_result = optional(bool)
      })))
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["eventbridge", "sns"], coalesce(var.settings.events, "sns"))
    error_message = "events must be eventbridge, sns or null, for example \"eventbridge\"."
  }

  # A FIFO topic wants a group with each message.
  validation {
    condition = alltrue([
      for target in var.settings.event_target[*] : can(regex(join("", [
        "^arn:[a-z-]+:",
        { eventbridge = "events", sns = "sns" }[coalesce(var.settings.events, "none")],
        ":${data.aws_region.current.id}:[0-9]{12}:",
        var.settings.events == "sns" ? "[A-Za-z0-9_-]+$" : "event-bus/[A-Za-z0-9._/-]+$",
      ]), target.arn))
    ])
    error_message = <<-EOT
      event_target is a bus or a standard topic of this region, of the kind that events names, for
      example { events = "eventbridge", event_target = {
      arn = "arn:aws:events:us-east-1:123456789012:event-bus/acme" } }.
    EOT
  }

  validation {
    condition = (
      var.settings.event_target == null || var.settings.events == "sns" ||
      try(var.settings.event_target.kms_key_arn, null) == null
    )
    error_message = <<-EOT
      Only a topic needs its key named: { events = "sns", event_target = { arn = "arn:aws:sns:...",
      kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-..." } }.
    EOT
  }
}

variable "authentication" {
  description = "How the API and `push` identify callers: output `authentication` of module `api`."
  type = object({
    mode     = string
    issuer   = optional(string)
    audience = optional(list(string), [])
    scopes = optional(object({
      read  = optional(list(string), [])
      admin = optional(string)
    }), {})
  })
  default  = { mode = "none" }
  nullable = false
}

variable "policies" {
  description = <<-EOT
    Grants (JSON) of the functions by name: `notifier` reads the table's stream, `push` the table.
  EOT
  type        = object({ notifier = map(string), push = optional(map(string), {}) })
  nullable    = false
}
