variable "names" {
  description = "Names of the table, the counter and its queue: module `naming` as a whole."
  type = object({
    batches        = string
    batch_counter  = string
    batch_failures = string
    production     = optional(bool, false)

    batch_files        = optional(string, "")
    batch_transfer     = optional(string, "")
    batch_transfer_dlq = optional(string, "")
  })
  nullable = false
}

variable "runtime" {
  description = "Settings that all functions of an environment share, all of module `function`."
  type        = any
  nullable    = false
}

variable "data" {
  description = "Table of commands: output `store` of module `data`, which needs its stream."
  type = object({
    retention_days = number
    stream_arn     = optional(string)
  })
  nullable = false
}

variable "environment" {
  description = "Environment variables for storing and sending commands, as the submit function's."
  type        = map(string)
  nullable    = false
}

variable "policies" {
  description = "Grants (JSON) of the counter: to read the stream, and to store and send commands."
  type        = map(string)
  nullable    = false
}

variable "uploads" {
  description = <<-EOT
    Batches that are uploaded, and results as an object; off by default. `environment` and
    `policies`: what the function that reads the lines has beside the counter's environment.
    `cors_allow_origins`: web pages that may upload and read.
  EOT
  type = object({
    enabled            = optional(bool, false)
    environment        = optional(map(string), {})
    policies           = optional(map(string), {})
    cors_allow_origins = optional(list(string), [])
  })
  default  = {}
  nullable = false
}
