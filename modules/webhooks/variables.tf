variable "names" {
  description = "Names of what is made here: module `naming` as a whole."
  type = object({
    development    = bool
    webhook_queue  = string
    webhook_dlq    = string
    webhook_sender = string
    deliveries     = string
  })
  nullable = false
}

variable "runtime" {
  description = "Settings that all functions of an environment share, all of module `function`."
  type        = any
  nullable    = false
}

variable "ttl_attribute" {
  description = "Time-to-live attribute of the table of commands, and of that of deliveries."
  type        = string
  nullable    = false
}

variable "secrets" {
  description = "Secrets of the environment: module `secrets` as a whole."
  type = object({
    prefix   = string
    names    = map(string)
    policies = object({ read = optional(string) })
  })
  nullable = false
}

variable "anonymous" {
  description = "True if the API identifies no caller."
  type        = bool
  default     = true
  nullable    = false
}

variable "settings" {
  description = <<-EOT
    Who may be called. `secrets` names one or, while they are rotated, two secrets that sign.
    `allowed_hosts` are where clients may send callbacks: a host, `.example.com` for all below, `*`
    for every public one; none closes callbacks. `endpoints` are called by the environment, for
    commands of some `types` and `owners` or of all. `allow_http` and `allow_loopback` are for dev.
  EOT
  type = object({
    secrets         = list(string)
    allowed_hosts   = optional(list(string), [])
    allowed_ports   = optional(list(number), [443])
    allow_http      = optional(bool, false)
    allow_loopback  = optional(bool, false)
    max_concurrency = optional(number, 10)
    endpoints = optional(map(object({
      url            = string
      types          = optional(list(string), [])
      owners         = optional(list(string), [])
      include_result = optional(bool, false)
    })), {})
  })
  nullable = false

  validation {
    condition     = length(var.settings.secrets) >= 1 && length(var.settings.secrets) <= 2
    error_message = "Name one or two secrets that sign, for example [\"webhook-signing-key\"]."
  }

  validation {
    condition = alltrue([
      for purpose in var.settings.secrets : contains(keys(var.secrets.names), purpose)
    ])
    error_message = <<-EOT
      Declare the secrets that sign, for example
      secrets = { "webhook-signing-key" = { description = "Signs webhooks" } }.
    EOT
  }

  validation {
    condition     = length(var.settings.allowed_hosts) + length(var.settings.endpoints) > 0
    error_message = "Nobody could be called: allow a host, like [\"hooks.example.com\"]."
  }

  # What no host is would be refused on every call, and a comma would make two.
  validation {
    condition = alltrue([
      for host in var.settings.allowed_hosts :
      can(regex("^([*]|[.]?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f.]*:[0-9a-f.:]+)$", host))
    ])
    error_message = <<-EOT
      A host is small letters without scheme, port or path; all below it begin with a full stop:
      { allowed_hosts = ["hooks.example.com", ".example.org"] }.
    EOT
  }

  validation {
    condition = alltrue([
      for port in var.settings.allowed_ports :
      port >= 1 && port <= 65535 && floor(port) == port
    ])
    error_message = "A port is from 1 to 65535, like { allowed_ports = [443, 8443] }."
  }

  # Behind an open API this is a source of requests.
  validation {
    condition = (
      !var.anonymous || var.names.development || !contains(var.settings.allowed_hosts, "*")
    )
    error_message = <<-EOT
      Outside dev, callbacks to any host need callers that are known, for example
      api = { authentication = { mode = "iam" } }; or name hosts, like ["hooks.example.com"].
    EOT
  }

  validation {
    condition = var.names.development || !(
      var.settings.allow_http || var.settings.allow_loopback
    )
    error_message = <<-EOT
      Plain HTTP and loopback addresses are allowed in dev only; set
      { allow_http = false, allow_loopback = false }.
    EOT
  }

  # "callback" is what a client names. The sender refuses credentials in a URL on every try.
  validation {
    condition = alltrue([
      for name, endpoint in var.settings.endpoints :
      can(regex("^[a-z][a-z0-9-]{0,31}$", name)) && name != "callback" && can(regex(join("", [
        var.settings.allow_http ? "^(?i)https?://" : "^(?i)https://",
        "([a-z0-9_.-]+|\\[[0-9a-f.:]+\\])(:[0-9]{1,5})?",
        "([/?#][a-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*)?$",
      ]), endpoint.url)) && length(endpoint.url) <= 2048
    ])
    error_message = <<-EOT
      An endpoint has a lowercase name and a URL without credentials, for example
      { billing = { url = "https://billing.example.com/hooks" } }.
    EOT
  }

  validation {
    condition = alltrue([
      for endpoint in var.settings.endpoints : contains(var.settings.allowed_ports, tonumber(try(
        regex("^[^/]+//[^/?#]*:([0-9]+)([/?#]|$)", endpoint.url)[0],
        startswith(lower(endpoint.url), "http:") ? 80 : 443,
      )))
    ])
    error_message = <<-EOT
      Allow the ports that the endpoints' URLs name, for example { allowed_ports = [443, 8443] }.
    EOT
  }

  # Environment variables of the notifier.
  validation {
    condition     = length(jsonencode(var.settings.endpoints)) <= 3000
    error_message = "Endpoints may take 3,000 characters in all; name fewer, for example one."
  }
}
