variable "names" {
  description = "Names of what is made here: module `naming` as a whole."
  type = object({
    prefix            = string
    events            = string
    notifier          = string
    notifier_failures = string
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
    ttl_attribute = string
    stream_arn    = optional(string)
  })
  nullable = false
}

variable "settings" {
  description = "What is told of commands that end; null turns it off. `events` is a kind of bus."
  type = object({
    events = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["eventbridge", "sns"], coalesce(var.settings.events, "sns"))
    error_message = "events must be eventbridge, sns or null, for example \"eventbridge\"."
  }
}

variable "policies" {
  description = "Grants (JSON) of the functions by name: `notifier` reads the table's stream."
  type        = object({ notifier = map(string) })
  nullable    = false
}
