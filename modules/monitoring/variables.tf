variable "name" {
  description = "Prefix of the names of alarms, topic and dashboard."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.name))
    error_message = "name must be 1-100 letters, digits or _- , for example \"acme-dev\"."
  }
}

variable "queue" {
  description = "Queue, dead-letter queue and consumer: module `queue` as a whole."
  type = object({
    name     = string
    dlq_name = string
    consumer = optional(object({
      timeout_seconds = optional(number, 30)
      max_concurrency = optional(number, 10)
    }), {})
    recurring = optional(object({ enabled = bool, unsent_queue_name = string }), {
      enabled = false, unsent_queue_name = null
    })
  })
  nullable = false
}

variable "worker" {
  description = "Function that runs commands: module `worker` as a whole."
  type = object({
    name           = string
    log_group_name = string
  })
  nullable = false
}

variable "queues" {
  description = "Queues beside that one with their workers, by name: output of module `queues`."
  type = map(object({
    queue = object({
      name     = string
      dlq_name = string
      consumer = object({
        timeout_seconds = number
        max_concurrency = number
      })
    })
    worker = object({
      name           = string
      log_group_name = string
    })
  }))
  default  = {}
  nullable = false
}

variable "api" {
  description = <<-EOT
    The API: module `api` as a whole. `max_wait_seconds` is the time for which a client may ask it
    to hold an answer back, which is no latency. Saved queries read the logs that are named.
  EOT
  type = object({
    type                = string
    id                  = string
    name                = string
    stage_name          = optional(string, "$default")
    max_wait_seconds    = optional(number, 0)
    status_function     = string
    log_group_name      = optional(string, "")
    function_log_groups = optional(list(string), [])
    batches = optional(object({
      counter_name        = string
      failures_queue_name = string
      transfer_name       = optional(string)
      transfer            = optional(object({ name = string, dlq_name = string }))
    }))
  })
  nullable = false

  validation {
    condition     = contains(["http", "rest"], var.api.type)
    error_message = "type must be http or rest, for example { type = \"http\" }."
  }

  # AWS/ApiGateway has metrics of a REST API by stage, and no REST API has a stage $default.
  validation {
    condition     = var.api.type != "rest" || var.api.stage_name != "$default"
    error_message = "A REST API's stage has a name, for example { stage_name = \"v1\" }."
  }

  # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
  validation {
    condition     = length(var.api.function_log_groups) <= 48
    error_message = "A query reads 50 logs at most, like [\"/aws/lambda/acme-dev-status\"]."
  }
}

variable "table_name" {
  description = "Name of the table of commands."
  type        = string
  nullable    = false
}

variable "metrics_namespace" {
  description = "Namespace of the metrics that the worker writes."
  type        = string
  nullable    = false

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
  validation {
    condition = (
      can(regex("^[A-Za-z0-9._/#:-]{1,255}$", var.metrics_namespace)) &&
      !startswith(var.metrics_namespace, "AWS/") && !startswith(var.metrics_namespace, ":")
    )
    error_message = "1-255 letters, digits or ._/#:- , not below AWS/, like \"acme-jobs\"."
  }
}

variable "runbook_url" {
  description = "URL of the runbook; every alarm links to its section."
  type        = string
  default     = "docs/runbook.md"
  nullable    = false

  # A description has 1,024 characters in all.
  validation {
    condition     = can(regex("^[^\\s#]{1,400}$", var.runbook_url))
    error_message = "No spaces, no #, like \"https://example.com/acme/blob/main/docs/runbook.md\"."
  }
}

variable "subscriptions" {
  description = <<-EOT
    Who is notified: `emails` (each one has to confirm) and `webhooks`, HTTPS URLs of an on-call
    tool that confirms by itself. A URL with a token in it is in the state and in plans.
  EOT
  type = object({
    emails   = optional(list(string), [])
    webhooks = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for address in var.subscriptions.emails :
      can(regex("^[^\\s@]+@[^\\s@]+[.][^\\s@]+$", address))
    ])
    error_message = "An email is an address, for example { emails = [\"ops@example.com\"] }."
  }

  # Alarms name resources; they do not travel in the clear.
  validation {
    condition = alltrue([
      for url in var.subscriptions.webhooks : can(regex("^https://[^\\s/]+(/\\S*)?$", url))
    ])
    error_message = "A webhook is an HTTPS URL, like { webhooks = [\"https://example.com/hook\"] }."
  }

  # Who owns the topic decides.
  validation {
    condition = (
      var.topic == null || length(concat(var.subscriptions.emails, var.subscriptions.webhooks)) == 0
    )
    error_message = "Subscribe to the given topic where it is made, and set subscriptions = {}."
  }
}

variable "topic" {
  description = <<-EOT
    SNS topic of yours for all alarms; null makes one. Its policy, and that of its key, must let
    cloudwatch.amazonaws.com publish.
  EOT
  type        = object({ arn = string })
  default     = null

  # CloudWatch publishes to standard topics of its own region only.
  validation {
    condition = var.topic == null || can(regex(
      "^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.topic.arn
    ))
    error_message = <<-EOT
      A standard topic, for example { arn = "arn:aws:sns:us-east-1:123456789012:on-call" }.
    EOT
  }
}

variable "kms_key" {
  description = <<-EOT
    Key of your own for the topic; null makes one. Its policy must let cloudwatch.amazonaws.com
    decrypt and generate data keys.
  EOT
  type        = object({ arn = string })
  default     = null

  # CloudWatch may not use alias/aws/sns, and nobody can change the policy of that key.
  validation {
    condition = (
      var.kms_key == null ||
      can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key.arn))
    )
    error_message = "A key, like { arn = \"arn:aws:kms:us-east-1:123456789012:key/1\" }."
  }
}
