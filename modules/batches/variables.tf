variable "names" {
  description = "Names of the table, the counter and its queue: module `naming` as a whole."
  type = object({
    batches        = string
    batch_counter  = string
    batch_failures = string
    production     = optional(bool, false)
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
