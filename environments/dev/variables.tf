variable "project" {
  description = "Short name of the product, the prefix of every resource's name."
  type        = string
}
variable "environment" {
  description = "Deployment of the product: dev, staging, prod or one of `other_environments`."
  type        = string
}
variable "other_environments" {
  description = "Names that `environment` may have beside dev, staging and prod, like [\"qa\"]."
  type        = set(string)
  default     = []
}
variable "aws_region" {
  description = "AWS region to deploy to."
  type        = string
  default     = "us-east-1"
}
variable "aws_profile" {
  description = "Profile of your AWS configuration; null takes the environment's credentials."
  type        = string
  default     = null
}
variable "tags" {
  description = "Location of this code, and your own tags; see module `tagging`."
  type        = object({ repository = optional(string), additional = optional(map(string), {}) })
  default     = {}
  nullable    = false
}
variable "log_exception_text" {
  description = "Log the text of unexpected exceptions, which may quote inputs and secrets."
  type        = bool
  default     = false
}
variable "package_sha256" {
  description = "Expected SHA-256 of the Lambda package; null skips the check."
  type        = string
  default     = null
}
variable "lambda_architecture" {
  description = "Processor that Lambda runs the code on: arm64 (cheaper) or x86_64."
  type        = string
  default     = "arm64"
}
variable "log_retention_days" {
  description = "Retention of logs, in days; one of the values that CloudWatch offers."
  type        = number
  default     = 14
}
variable "secrets" {
  description = "Secrets of handlers by purpose; secret_values holds versioned values."
  type        = map(object({ description = string, value_version = optional(number) }))
  default     = {}
}
variable "secret_values" {
  description = "Values of secrets with a `value_version`, by purpose; never stored in the state."
  type        = map(string)
  default     = {}
  sensitive   = true
  ephemeral   = true
}
variable "secrets_recovery_window_days" {
  description = "Recovery window of deleted secrets, in days; null is 30 in prod and 0 elsewhere."
  type        = number
  default     = null
}
variable "sqs_retention_seconds" {
  description = "Retention of messages in the queue, in seconds; SQS deletes older ones."
  type        = number
  default     = 86400
}
variable "dlq_retention_seconds" {
  description = "Retention of dead-letter messages, in seconds from a command's last attempt."
  type        = number
  default     = 1209600
}
variable "sqs_max_receive_count" {
  description = "Attempts of a command before it is dead-lettered; a handler may set its own."
  type        = number
  default     = 3
}
variable "worker_memory_size" {
  description = "Memory of the worker, in MB; CPU is proportional, with one core at 1769 MB."
  type        = number
  default     = 256
}
variable "worker_timeout" {
  description = "Lambda timeout, in seconds. The queue's visibility timeout is six times this."
  type        = number
  default     = 30
}
variable "worker_batch_size" {
  description = "Maximum number of commands in one invocation."
  type        = number
  default     = 10
}
variable "worker_batching_window_seconds" {
  description = "Batching window of the event source mapping, in seconds."
  type        = number
  default     = 0
}
variable "worker_max_concurrency" {
  description = "Maximum number of concurrent workers."
  type        = number
  default     = 10
}
variable "worker" {
  description = "Pause, parallelism and paused types; see module `worker`."
  type = object({
    enabled           = optional(bool), reserved_concurrency = optional(number)
    batch_concurrency = optional(number), paused_types = optional(set(string))
  })
  default = {}
}
variable "worker_version" {
  description = "Published version to run, for rollbacks; null runs the newest."
  type        = string
  default     = null
}
variable "dynamodb_ttl_attribute" {
  description = "Time-to-live attribute of the table, in epoch seconds; set before the first apply."
  type        = string
  default     = "expiresAt"
}
variable "commands" {
  description = "Queues, schedules, retention of commands; see modules `data`, `queue`, `queues`."
  type = object({
    queues = optional(map(object({
      timeout         = optional(number), memory_size = optional(number), priority = optional(bool)
      batch_size      = optional(number), draining = optional(bool), enabled = optional(bool)
      max_concurrency = optional(number), batching_window_seconds = optional(number)
    })), {})
    default_type = optional(string, "echo"), retention_days = optional(number, 30)
    fifo         = optional(bool, false), index = optional(bool), table_name = optional(string)
    senders      = optional(list(string)), point_in_time_recovery = optional(bool, true)
    scheduling   = optional(bool, false), max_message_size = optional(number)
    schedules = optional(map(object({
      cron    = string, timezone = optional(string), type = string, input = optional(string)
      enabled = optional(bool), overlap = optional(string)
    })), {})
  })
  default  = {}
  nullable = false
}
variable "api" {
  description = "Type, submission mode, authentication and limits of the API; see module `api`."
  type = object({
    type = optional(string), reserved_concurrency = optional(map(number))
    authentication = optional(object({
      mode = optional(string), issuer = optional(string), audience = optional(list(string))
      scopes = optional(object({
        submit = optional(list(string)), read = optional(list(string))
        cancel = optional(list(string)), admin = optional(string)
      }))
    }))
    batches             = optional(bool), uploads = optional(bool)
    schedules_per_owner = optional(number), schedules = optional(bool)
    max_wait_seconds    = optional(number), submission = optional(string), outcomes = optional(bool)
    result_url_seconds = optional(number), fair_queue = optional(bool), domain = optional(object({
      name = string, certificate = optional(object({ arn = string }))
      zone = optional(object({ id = string })), disable_execute_api_endpoint = optional(bool)
    }))
    throttling = optional(object({
      requests_per_second = optional(number), burst = optional(number)
      routes              = optional(map(object({ requests_per_second = number, burst = number })))
    }))
    rest = optional(object({
      api_keys    = optional(list(string)), waf = optional(object({ acl_arn = string }))
      quota       = optional(object({ requests = number, period = optional(string) }))
      access_logs = optional(bool)
    }))
  })
  default = {}
}
variable "routes" {
  description = "Paths of a command type, like { \"POST /orders\" = { type = \"process_order\" } }."
  type        = map(object({ type = string, scopes = optional(list(string)) }))
  default     = {}
  nullable    = false
}
variable "cors_allow_origins" {
  description = "Origins that may call the API from a browser (CORS); an empty list allows none."
  type        = list(string)
  default     = []
}
variable "monitoring" {
  description = "X-Ray tracing, minimum log level, and alarms; see module `monitoring`."
  type = object({
    tracing       = optional(bool), log_level = optional(string), runbook_url = optional(string)
    subscriptions = optional(map(list(string))), thresholds = optional(map(number))
  })
  default  = {}
  nullable = false
}
variable "notifications" {
  description = "What is told of commands, and how; see module `notifications`."
  type = object({
    events       = optional(string)
    event_target = optional(object({ arn = string, kms_key_arn = optional(string) }))
    push = optional(object({
      watches_per_connection = optional(number), requests_per_second = optional(number)
    }))
    webhooks = optional(object({
      secrets        = list(string), allowed_hosts = optional(list(string))
      allowed_ports  = optional(list(number)), allow_http = optional(bool)
      allow_loopback = optional(bool), max_concurrency = optional(number)
      endpoints = optional(map(object({
        url    = string, types = optional(list(string)), include_result = optional(bool)
        owners = optional(list(string))
      })))
    }))
  })
  default = {}
}
variable "existing" {
  description = "What your account has already, to be used instead; see docs/aws-options.md."
  type = object({
    alarm_topic = optional(object({ arn = string })), kms_key = optional(object({ arn = string }))
    vpc         = optional(object({ subnet_ids = list(string), security_group_ids = list(string) }))

    results_bucket = optional(object({ name = string })), permissions_boundary = optional(string)
  })
  default  = {}
  nullable = false
}
