# Choices of an environment: how commands come in, and who may call.

variable "settings" {
  description = <<-EOT
    `type`: `http` (cheaper, faster) or `rest` (API keys, models, WAF). `submission`: with `direct`
    API Gateway writes to SQS without validation; with `validated` a function validates requests and
    supports Idempotency-Key. `authentication`: `none`, `iam`, or `jwt` with issuer, audience and,
    by verb, scopes; commands then belong to the token's subject. `throttling` answers 429 above a
    steady rate and a burst; `routes` have limits of their own, like { "GET /commands/{id}" =
    { requests_per_second = 200, burst = 400 } } of an HTTP API. An API key gets half of the rate
    and of the burst. `fair_queue` shares the worker
    between subjects. `max_wait_seconds` caps GET /commands/{id}?wait=N. `result_url_seconds` is the
    validity of a large result's URL. `reserved_concurrency` keeps, by function, that much of the
    account's concurrency for it alone, like { status = 20 }.
    `batches`: count validated commands that belong together; `uploads`: up to a million as a file.
    `schedules`: let clients make recurring schedules, as many as `schedules_per_owner`, or so many
    in all without owners.
    `domain`: a name of your own, see module `api_domain`. `rest`: what only a REST API has.
    `outcomes`: take reports on commands that handlers have handed over, from whoever has the token.
  EOT
  type = object({
    type       = optional(string, "http")
    submission = optional(string, "direct")
    authentication = optional(object({
      mode     = optional(string, "none")
      issuer   = optional(string)
      audience = optional(list(string), [])
      scopes = optional(object({
        submit = optional(list(string), [])
        read   = optional(list(string), [])
        cancel = optional(list(string), [])
        admin  = optional(string)
      }), {})
    }), {})
    throttling = optional(object({
      requests_per_second = optional(number, 100)
      burst               = optional(number, 200)
      routes = optional(map(object({
        requests_per_second = number
        burst               = number
      })), {})
    }), {})
    batches            = optional(bool, false)
    uploads            = optional(bool, false)
    fair_queue         = optional(bool, false)
    outcomes           = optional(bool, false)
    schedules          = optional(bool, false)
    max_wait_seconds   = optional(number, 0)
    result_url_seconds = optional(number, 300)

    schedules_per_owner  = optional(number, 100)
    reserved_concurrency = optional(map(number), {})

    domain = optional(object({
      name        = string
      certificate = optional(object({ arn = string }))
      zone        = optional(object({ id = string }))

      disable_execute_api_endpoint = optional(bool, false)
    }))

    rest = optional(object({
      api_keys    = optional(list(string), [])
      quota       = optional(object({ requests = number, period = optional(string, "DAY") }))
      access_logs = optional(bool, true)
      waf         = optional(object({ acl_arn = string }))
    }), {})
  })
  default  = {}
  nullable = false

  # A REST API is a choice.
  validation {
    condition     = contains(["http", "rest"], var.settings.type)
    error_message = "The type of an API is http or rest, for example { type = \"http\" }."
  }

  validation {
    condition     = contains(["direct", "validated"], var.settings.submission)
    error_message = "submission is direct or validated, like { submission = \"direct\" }."
  }

  # A REST API has no submit function.
  validation {
    condition     = var.settings.submission == "direct" || var.settings.type != "rest"
    error_message = "REST APIs lack validated submission; set { submission = \"direct\" }."
  }

  # Batches are stored before they are queued.
  validation {
    condition     = !var.settings.batches || var.settings.submission == "validated"
    error_message = <<-EOT
      Batches need validated submission; set, for example,
      api = { batches = true, submission = "validated" }.
    EOT
  }

  # Batches alone are uploaded.
  validation {
    condition     = !var.settings.uploads || var.settings.batches
    error_message = <<-EOT
      Uploads need batches; set, for example,
      api = { uploads = true, batches = true, submission = "validated" }.
    EOT
  }

  # Schedules are checked as commands are.
  validation {
    condition     = !var.settings.schedules || var.settings.submission == "validated"
    error_message = <<-EOT
      Schedules by API need validated submission; set, for example,
      api = { schedules = true, submission = "validated" }.
    EOT
  }

  # Schedules are counted before each new one, a hundred with a call.
  validation {
    condition = (
      var.settings.schedules_per_owner >= 1 && var.settings.schedules_per_owner <= 1000 &&
      floor(var.settings.schedules_per_owner) == var.settings.schedules_per_owner
    )
    error_message = "schedules_per_owner must be a whole number from 1 to 1000, for example 100."
  }

  # A REST API takes no tokens; modules http_api and rest_api have the other rules.
  validation {
    condition = var.settings.type != "rest" || (
      contains(["none", "iam"], var.settings.authentication.mode) &&
      var.settings.authentication.issuer == null &&
      length(var.settings.authentication.audience) == 0 &&
      length(compact(flatten(values(var.settings.authentication.scopes)))) == 0
    )
    error_message = "REST APIs do not support JWTs; set authentication = { mode = \"iam\" }."
  }

  validation {
    condition     = !var.settings.fair_queue || var.settings.authentication.mode == "jwt"
    error_message = "Fair queues need owners, from JWTs: set fair_queue = false, or mode = \"jwt\"."
  }

  # A REST API throttles all paths together.
  validation {
    condition     = length(var.settings.throttling.routes) == 0 || var.settings.type != "rest"
    error_message = "Limits of routes need an HTTP API; set throttling = { routes = {} }."
  }

  # A REST API alone has keys.
  validation {
    condition     = length(var.settings.rest.api_keys) == 0 || var.settings.type == "rest"
    error_message = "API keys require a REST API; set { type = \"rest\" }."
  }

  # A REST API alone has a firewall.
  validation {
    condition     = var.settings.rest.waf == null || var.settings.type == "rest"
    error_message = "AWS WAF requires a REST API; set { type = \"rest\" }."
  }

  validation {
    condition = length(setsubtract(
      keys(var.settings.reserved_concurrency),
      [
        "status", "cancel", "outcome", "openapi", "submit", "outbox_relay",
        "batches",
        "schedules",
      ],
    )) == 0
    error_message = "Unknown function; reserve for one of the API's, like { status = 20 }."
  }

  # API Gateway gives up after 30 seconds.
  validation {
    condition = (
      var.settings.max_wait_seconds >= 0 && var.settings.max_wait_seconds <= 25 &&
      floor(var.settings.max_wait_seconds) == var.settings.max_wait_seconds
    )
    error_message = "max_wait_seconds must be a whole number from 0 to 25, for example 10."
  }

  # It is signed with a function's temporary credentials, and ends with them at the latest.
  validation {
    condition = (
      var.settings.result_url_seconds >= 30 && var.settings.result_url_seconds <= 3600 &&
      floor(var.settings.result_url_seconds) == var.settings.result_url_seconds
    )
    error_message = "result_url_seconds must be a whole number from 30 to 3600, for example 300."
  }
}

variable "routes" {
  description = <<-EOT
    Paths of their own for a type of command, always validated, like
    { "POST /orders" = { type = "process_order" } }; the body is the command's input. `scopes`, if
    any, replace those of `authentication` for submitting.
  EOT
  type = map(object({
    type   = string
    scopes = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for route in values(var.routes) : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$", route.type))
    ])
    error_message = "A type is 1-64 letters, digits or _.- , like { type = \"process_order\" }."
  }

  # A REST API has no routes of one type.
  validation {
    condition     = length(var.routes) == 0 || var.settings.type != "rest"
    error_message = "Routes need an HTTP API; set, say, api = { type = \"http\" } or routes = {}."
  }

  validation {
    condition = var.settings.authentication.mode == "jwt" || alltrue([
      for route in values(var.routes) : length(route.scopes) == 0
    ])
    error_message = "Scopes require JWTs; set authentication = { mode = \"jwt\", ... }."
  }
  # Nothing else has these two functions.
  validation {
    condition = (
      length(var.routes) > 0 || var.settings.submission == "validated" || length(setintersection(
        keys(var.settings.reserved_concurrency), ["submit", "outbox_relay"],
      )) == 0
    )
    error_message = "Without validated commands, reserve only for others, like { status = 20 }."
  }
}
