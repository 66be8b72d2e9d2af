variable "names" {
  description = "Prefix of the names of queues and workers: module `naming` as a whole."
  type        = object({ prefix = string })
  nullable    = false
}

variable "queues" {
  description = <<-EOT
    Queues beside the default one, by name, each with a worker of its own. What a queue does not
    say is as for the default queue: `timeout` of its worker in seconds, `memory_size` in MB,
    `batch_size`, `batching_window_seconds` and `max_concurrency`. Clients may ask for a queue with
    `priority`. A type asks for its queue by `Registered(queue=...)`. A `draining` queue takes
    nothing more, which is the step before it is taken out; `enabled = false` pauses its worker.
  EOT
  type = map(object({
    timeout                 = optional(number)
    memory_size             = optional(number)
    batch_size              = optional(number)
    batching_window_seconds = optional(number)
    max_concurrency         = optional(number)
    priority                = optional(bool, false)
    draining                = optional(bool, false)
    enabled                 = optional(bool, true)
  }))
  default  = {}
  nullable = false

  # 12 fill the 64 characters of the longest worker's name.
  validation {
    condition = alltrue([
      for name in keys(var.queues) :
      can(regex("^[a-z][a-z0-9]{0,11}$", name)) && name != "default"
    ])
    error_message = <<-EOT
      A name is 1-12 lowercase letters or digits, like { slow = { timeout = 900 } }; the default
      queue is there already, and its values are worker_timeout, worker_memory_size and so on.
    EOT
  }

  # Each has its alarms, and the policy that lets a function send to all of them has its limit.
  validation {
    condition     = length(var.queues) <= 10
    error_message = "At most 10 queues beside the default one, like { high = { priority = true } }."
  }

  # A group whose commands are in two queues has no order.
  validation {
    condition     = length(var.queues) == 0 || !var.queue.fifo
    error_message = "FIFO keeps the order of groups, which two queues cannot: set queues = {}."
  }

  # What waits for these retries longer than SQS keeps it, 14 days, would be lost.
  validation {
    condition = alltrue([
      for name, own in var.queues : 80 * (
        6 * coalesce(own.timeout, 3) + coalesce(own.batching_window_seconds, 0)
      ) <= 1209600
    ])
    error_message = "Timeout and window are too long together; use, say, { timeout = 900 }."
  }
}

variable "queue" {
  description = "Default queue, with values for the others: output `address` of module `queue`."
  type = object({
    url                   = string
    arn                   = string
    fifo                  = bool
    max_message_size      = optional(number)
    retention_seconds     = number
    dlq_retention_seconds = number
    consumer = object({
      timeout_seconds         = number
      batch_size              = number
      batching_window_seconds = number
      max_concurrency         = number
    })
  })
  nullable = false
}

variable "kms_key" {
  description = "Customer-managed KMS key for the queues; null uses AWS's."
  type        = object({ arn = string })
  default     = null
}

variable "worker" {
  description = "What the workers have in common: output `template` of module `worker`."
  type = object({
    # As module `worker` types it.
    runtime = any
    data = object({
      name           = string
      ttl_attribute  = string
      retention_days = number
      results_bucket = optional(string)
    })
    secrets              = object({ prefix = string })
    memory_mb            = number
    default_command_type = string
    max_attempts         = number
    log_exception_text   = bool
    environment          = map(string)
    layers               = list(string)
    policies             = map(string)
    settings = object({
      enabled           = bool
      batch_concurrency = number
      paused_types      = set(string)
    })
  })
  nullable = false
}
