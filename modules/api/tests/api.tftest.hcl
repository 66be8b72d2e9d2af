# The functions behind the API, by how commands come in.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    api          = "acme-dev-api", rest_api = "acme-dev-rest-api", status = "acme-dev-status"
    cancel       = "acme-dev-cancel", submit = "acme-dev-submit", outcome = "acme-dev-outcome"
    outbox_relay = "acme-dev-outbox-relay"
    openapi      = "acme-dev-openapi"
  }
  runtime = {
    package_path = "versions.tf", log_level = "DEBUG", metrics_namespace = "acme"
  }
  queue = {
    arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    retention_seconds = 86400
    policies          = { send = "{}" }
  }
  data = {
    name           = "acme-dev-commands"
    ttl_attribute  = "gone_at"
    retention_days = 90
    results_bucket = "acme-dev-results"
  }
  policies = {
    status       = { commands = "{}", results = "{}" }
    cancel       = { commands = "{}" }
    submit       = { commands = "{}", store_inputs = "{}", read_inputs = "{}", send = "{}" }
    outbox_relay = { find = "{}", commands = "{}", read_inputs = "{}", send = "{}" }
  }
}

run "the_direct_way_needs_no_function" {
  command = plan

  assert {
    condition = (
      length(module.outbox_relay_schedule) == 0 && output.functions.submit == null &&
      output.functions.outbox_relay == null && !output.stores_submissions
    )
    error_message = "API Gateway itself fills the queue"
  }

  assert {
    condition = (
      output.commands_endpoint == "${output.endpoint}/commands" && output.name == "acme-dev-api" &&
      output.type == "http" && output.stage_name == "$default"
    )
    error_message = "commands are posted to the HTTP API"
  }

  assert {
    condition = [
      local.function.status.grants, local.function.cancel.grants, local.function.openapi.grants,
    ] == [toset(["commands", "results"]), toset(["commands"]), toset([])]
    error_message = "each function has the grants that it was given, and no others"
  }

  assert {
    condition = output.function_log_groups == [
      for function in ["cancel", "openapi", "status"] : "/aws/lambda/acme-dev-${function}"
    ]
    error_message = "unexpected logs: ${join(", ", output.function_log_groups)}"
  }
}

run "tells_the_functions_where_everything_is" {
  command = plan
  variables { settings = { max_wait_seconds = 25 } }

  assert {
    condition = local.function.status.environment == tomap({
      TABLE_NAME              = "acme-dev-commands"
      AUTHENTICATED           = "false"
      CORS_ALLOW_ORIGINS      = ""
      ADMIN_SCOPE             = ""
      TTL_ATTRIBUTE           = "gone_at"
      MAX_WAIT_SECONDS        = "25"
      RESULTS_BUCKET          = "acme-dev-results"
      RESULT_URL_SECONDS      = "300"
      METRICS_NAMESPACE       = "acme"
      POWERTOOLS_SERVICE_NAME = "acme-dev-status"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(local.function.status.environment)}"
  }

  assert {
    condition = local.function.cancel.environment == tomap({
      TABLE_NAME              = "acme-dev-commands"
      AUTHENTICATED           = "false"
      CORS_ALLOW_ORIGINS      = ""
      ADMIN_SCOPE             = ""
      TTL_ATTRIBUTE           = "gone_at"
      RETENTION_DAYS          = "90"
      POWERTOOLS_SERVICE_NAME = "acme-dev-cancel"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(local.function.cancel.environment)}"
  }

  assert {
    condition     = local.function.status.timeout_seconds == 29
    error_message = "the function must outlive its clients' patience, and API Gateway it"
  }
}

run "one_choice_puts_a_function_before_the_queue" {
  command = plan
  variables { settings = { submission = "validated" } }

  assert {
    condition = (
      local.function.submit.grants == toset(["commands", "read_inputs", "send", "store_inputs"]) &&
      local.function.outbox_relay.grants == toset(["commands", "find", "read_inputs", "send"]) &&
      output.stores_submissions
    )
    error_message = "they store commands and queue them, and the relay finds them"
  }

  assert {
    condition     = output.commands_endpoint == "${output.endpoint}/commands"
    error_message = "the client sees the same address"
  }

  assert {
    condition = alltrue([
      for name in ["TABLE_NAME", "QUEUE_URL", "QUEUE_RETENTION_SECONDS", "FAIR_QUEUE"] :
      local.function.submit.environment[name] == local.function.outbox_relay.environment[name]
    ]) && local.function.submit.environment.QUEUE_RETENTION_SECONDS == "86400"
    error_message = "the relay goes on where the submission stopped"
  }
}

run "a_route_brings_the_function_for_itself" {
  command = plan
  variables {
    routes = { "POST /orders" = { type = "process_order" } }
  }

  assert {
    condition = (
      local.function.submit.environment.ROUTES ==
      jsonencode({ "POST /orders" = "process_order" }) &&
      local.function.openapi.environment.ROUTES == local.function.submit.environment.ROUTES &&
      local.function.openapi.environment.API_MODE == "direct"
    )
    error_message = "the function and the description must know the route"
  }
}

run "a_rest_api_replaces_the_http_api" {
  command = plan
  variables {
    settings           = { type = "rest" }
    cors_allow_origins = ["https://app.example.com", "https://www.example.com"]
  }

  assert {
    condition = alltrue([
      for function in [local.function.status, local.function.cancel, local.function.openapi] :
      function.environment.CORS_ALLOW_ORIGINS == "https://app.example.com https://www.example.com"
    ])
    error_message = "behind a REST API the functions say themselves which pages may read them"
  }

  assert {
    condition = (
      length(module.http) == 0 && output.type == "rest" && output.stage_name == "v1" &&
      output.name == "acme-dev-rest-api" &&
      output.commands_endpoint == module.rest[0].commands_endpoint &&
      local.function.openapi.environment.API_MODE == "rest"
    )
    error_message = "there is one API, and everything behind it is the same"
  }
}

run "with_tokens_the_functions_ask_whose_a_command_is" {
  command = plan
  variables {
    settings = {
      authentication = {
        mode     = "jwt"
        issuer   = "https://id.example.com"
        audience = ["jobs"]
        scopes   = { admin = "commands:admin" }
      }
    }
  }

  assert {
    condition = alltrue([
      for function in [local.function.status, local.function.cancel] :
      function.environment.AUTHENTICATED == "true" &&
      function.environment.ADMIN_SCOPE == "commands:admin"
    ])
    error_message = "a function that does not ask shows anybody everything"
  }
}

run "without_tokens_nobody_owns_a_command" {
  command = plan
  variables { settings = { authentication = { mode = "iam" } } }

  assert {
    condition = (
      local.function.status.environment.AUTHENTICATED == "false" &&
      local.function.cancel.environment.ADMIN_SCOPE == ""
    )
    error_message = "a function that asks for an owner would refuse everybody"
  }
}

run "traces_from_end_to_end_where_told_to" {
  command = plan
  variables {
    runtime  = { package_path = "versions.tf", tracing = true }
    settings = { submission = "validated", outcomes = true }
  }

  assert {
    condition = alltrue([
      for function in output.functions : contains(function.grants, "tracing") if function != null
    ])
    error_message = "a function that is left out is a hole in every trace"
  }
}

run "reserves_concurrency_by_function" {
  command = plan
  variables {
    settings = { submission = "validated", reserved_concurrency = { status = 20, submit = 30 } }
  }

  assert {
    condition = {
      for name, function in output.functions : name => function.reserved_concurrency
      if try(function.reserved_concurrency, null) != null
    } == { status = 20, submit = 30 }
    error_message = "only what is named has executions of its own"
  }
}

run "answers_at_a_domain_of_ones_own" {
  command = plan
  variables {
    settings = {
      domain = {
        name = "api.example.com", zone = { id = "Z012345" }, disable_execute_api_endpoint = true
      }
    }
  }

  assert {
    condition = (
      output.endpoint == "https://api.example.com" &&
      output.commands_endpoint == "https://api.example.com/commands" && output.domain_target != null
    )
    error_message = "clients are told the domain: ${output.commands_endpoint}"
  }
}

run "a_rest_api_answers_there_without_its_stage" {
  command = plan
  variables {
    settings = {
      type = "rest", domain = { name = "api.example.com", zone = { id = "Z012345" } }
    }
  }

  assert {
    condition     = output.commands_endpoint == "https://api.example.com/commands"
    error_message = "clients are told the domain: ${output.commands_endpoint}"
  }
}

run "nothing_is_reported_by_default" {
  command = plan

  assert {
    condition = (
      output.functions.outcome == null &&
      length(output.handing_over) == 0
    )
    error_message = "no function, and no handler may hand over"
  }
}

run "one_choice_takes_reports" {
  command = plan
  variables {
    settings = { outcomes = true, reserved_concurrency = { outcome = 5 } }
    policies = { outcome = { commands = "{}", read = "{}", results = "{}" } }
  }

  assert {
    condition     = local.function.outcome.grants == toset(["commands", "read", "results"])
    error_message = "it has the grants that it was given, and no others"
  }

  assert {
    condition = local.function.outcome.environment == tomap({
      TABLE_NAME              = "acme-dev-commands"
      TTL_ATTRIBUTE           = "gone_at"
      CORS_ALLOW_ORIGINS      = ""
      RETENTION_DAYS          = "90"
      RESULTS_BUCKET          = "acme-dev-results"
      METRICS_NAMESPACE       = "acme"
      POWERTOOLS_SERVICE_NAME = "acme-dev-outcome"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(local.function.outcome.environment)}"
  }

  assert {
    condition = (
      output.handing_over == tomap({ OUTCOMES = "true" }) &&
      contains(output.function_log_groups, "/aws/lambda/acme-dev-outcome") &&
      local.function.openapi.environment.OUTCOMES == "true"
    )
    error_message = "the worker, the monitoring and the document know of it"
  }
}

run "a_rest_api_takes_reports_too" {
  command = plan
  variables { settings = { type = "rest", outcomes = true } }

  assert {
    condition     = output.functions.outcome != null
    error_message = "the same function answers"
  }
}

run "what_a_producer_has_stored_is_sent_at_once_where_there_is_a_stream" {
  command = plan
  variables {
    settings = { submission = "validated" }
    data = {
      name           = "acme-dev-commands"
      ttl_attribute  = "gone_at"
      retention_days = 90
      stream         = true
      stream_arn     = "arn:aws:dynamodb:us-east-1:123456789012:table/acme-dev-commands/stream/1"
    }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stored[0].event_source_arn == var.data.stream_arn &&
      jsondecode(one(one(
        aws_lambda_event_source_mapping.stored[0].filter_criteria
      ).filter).pattern).dynamodb.NewImage == { outboxNow = { S = ["true"] } }
    )
    error_message = "the relay hears of what it alone sends, and of nothing else"
  }
}

run "without_a_stream_or_a_relay_there_is_no_mapping" {
  command = plan
  variables { settings = { submission = "validated" } }

  assert {
    condition     = length(aws_lambda_event_source_mapping.stored) == 0
    error_message = "the schedule alone finds it"
  }
}

run "warns_of_a_production_that_knows_no_caller" {
  command = plan
  variables {
    names = merge(var.names, { production = true })
  }
  expect_failures = [check.authentication]
}

run "does_not_warn_of_one_that_does" {
  command = plan
  variables {
    names    = merge(var.names, { production = true })
    settings = { authentication = { mode = "iam" } }
  }
}
