variable "names" {
  description = "Names of the table, the bucket and the task: module `naming` as a whole."
  type = object({
    orders      = string
    reports     = string
    task        = string
    development = bool
    production  = bool
  })
  nullable = false
}

variable "data" {
  description = "Table of commands: output `store` of module `data`."
  type = object({
    index_name     = optional(string)
    retention_days = number
    policies       = object({ list = string })
  })
  nullable = false
}

variable "secrets" {
  description = "Secrets that handlers read: module `secrets` as a whole."
  type        = object({ names = map(string) })
  nullable    = false
}

variable "anonymous" {
  description = "True if the API identifies no caller: output `anonymous` of module `api`."
  type        = bool
  nullable    = false
}

variable "outcomes" {
  description = "URL of the commands that tasks report to; null unless the API takes reports."
  type        = string
  default     = null

  # Here rather than in `settings`: buckets and tables would wait for the API that is named here.
  validation {
    condition = (
      !var.settings.task.process && var.settings.task.image == "" || var.outcomes != null
    )
    error_message = <<-EOT
      A task reports to the API; set api = { outcomes = true }, for example with
      examples = { enabled = true, task = { process = true } }.
    EOT
  }
}

variable "point_in_time_recovery" {
  description = "Enables point-in-time recovery of the orders, for 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "keep_data" {
  description = "Deletion protection of orders and reports."
  type        = bool
  default     = false
  nullable    = false
}

variable "settings" {
  description = <<-EOT
    `enabled` creates the resources of the examples. `demo` enables the handler demo, which sleeps,
    fails and crashes on request; refused in prod. `email`: sender of send_email, and the identity
    that SES verifies, an address or a domain; with `create = false` an identity that is verified
    already, as in all but one environment of an account. `webhooks`: hosts that deliver_webhook
    may call (".example.com": all its subdomains; "*": any public host), ports (default 443), and
    purpose of the signing secret. Plain HTTP and loopback addresses are for dev. `task`: what
    forecast_demand starts, an `image` on Fargate as of module `container_task`, or with `process` a
    process of the local stack.
  EOT
  type = object({
    enabled = optional(bool, false)
    demo    = optional(bool, false)
    email = optional(object({
      sender   = optional(string, "")
      identity = optional(string, "")
      create   = optional(bool, true)
    }), {})
    webhooks = optional(object({
      allowed_hosts  = optional(list(string), [])
      allowed_ports  = optional(list(number), [])
      allow_http     = optional(bool, false)
      allow_loopback = optional(bool, false)
      secret         = optional(string, "")
    }), {})
    task = optional(object({
      process   = optional(bool, false)
      image     = optional(string, "")
      vpc       = optional(object({ subnet_ids = list(string), security_group_ids = list(string) }))
      public_ip = optional(bool)
      cluster   = optional(object({ arn = string }))
      cpu       = optional(number)
      memory_mb = optional(number)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for host in var.settings.webhooks.allowed_hosts :
      can(regex("^([*]|[.]?[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$", host))
    ])
    error_message = "A host is small letters, like { allowed_hosts = [\"hooks.example.com\"] }."
  }

  validation {
    condition = alltrue([
      for port in var.settings.webhooks.allowed_ports :
      port >= 1 && port <= 65535 && floor(port) == port
    ])
    error_message = <<-EOT
      A port is from 1 to 65535, for example { webhooks = { allowed_ports = [443, 8443] } }.
    EOT
  }

  validation {
    condition     = !(var.settings.demo && var.names.production)
    error_message = "The demo handler can crash workers; in prod, set { demo = false }."
  }

  # Behind an open API these are a mail relay, a source of requests and a way to crash workers.
  validation {
    condition = (
      !var.anonymous || var.names.development || !(
        var.settings.demo || var.settings.email.sender != "" ||
        contains(var.settings.webhooks.allowed_hosts, "*")
      )
    )
    error_message = <<-EOT
      Outside dev, a sender, webhooks to any host and the demo handler need callers that are known,
      for example api = { authentication = { mode = "iam" } }.
    EOT
  }

  validation {
    condition = var.names.development || !(
      var.settings.webhooks.allow_http || var.settings.webhooks.allow_loopback
    )
    error_message = <<-EOT
      Plain HTTP and loopback addresses are allowed in dev only; set
      { webhooks = { allow_http = false, allow_loopback = false } }.
    EOT
  }

  validation {
    condition = (
      (var.settings.task.image == "") == (var.settings.task.vpc == null) &&
      !(var.settings.task.process && var.settings.task.image != "")
    )
    error_message = <<-EOT
      A task is a process of the local stack, { task = { process = true } }, or an image in a
      network, { task = { image = "public.ecr.aws/acme/task:1.4.0", vpc = { subnet_ids =
      ["subnet-1a2b"], security_group_ids = ["sg-3c4d"] } } }.
    EOT
  }

  validation {
    condition     = !var.settings.task.process || var.names.development
    error_message = "A process is for dev; elsewhere set { task = { image = \"acme/task:1\" } }."
  }

  validation {
    condition = (
      var.settings.enabled || !var.settings.task.process && var.settings.task.image == ""
    )
    error_message = "A task is an example; set { enabled = true, task = { process = true } }."
  }

  validation {
    condition = contains(
      concat([""], keys(var.secrets.names)), var.settings.webhooks.secret
    )
    error_message = "Unknown secret; declare it in secrets, for example \"webhook-signing-key\"."
  }
}

variable "runtime" {
  description = "What all functions have: the boundary, the key, and the task's like these."
  type = object({
    architecture         = optional(string, "arm64")
    log_retention_days   = optional(number, 14)
    permissions_boundary = optional(string)
    kms_key              = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}
