# Recurring schedules that clients make.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    api          = "acme-dev-api", rest_api = "acme-dev-rest-api", status = "acme-dev-status"
    cancel       = "acme-dev-cancel", submit = "acme-dev-submit", outcome = "acme-dev-outcome"
    outbox_relay = "acme-dev-outbox-relay"
    openapi      = "acme-dev-openapi", schedules = "acme-dev-schedules"
  }
  runtime = {
    package_path = "versions.tf", log_level = "DEBUG", metrics_namespace = "acme"
  }
  queue = {
    arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    retention_seconds = 86400
    policies          = { send = "{}" }
    recurring         = { RECURRING_GROUP = "acme-dev-work-queue-api" }
    reserves          = { RECURRING_NAMES = "nightly" }
  }
  data = {
    name           = "acme-dev-commands"
    ttl_attribute  = "gone_at"
    retention_days = 90
  }
  policies = {
    submit    = { send = "{}" }
    cancel    = { commands = "{}" }
    schedules = { schedules = "{}" }
  }
}

run "answers_for_schedules_where_clients_make_them" {
  command = plan

  variables {
    settings = {
      submission           = "validated", schedules = true, schedules_per_owner = 7
      reserved_concurrency = { schedules = 3 }
    }
  }

  assert {
    condition = (
      output.functions.schedules.name == "acme-dev-schedules" &&
      local.function.schedules.grants == toset(["schedules"])
    )
    error_message = "a function that may change schedules, and neither the table nor the queue"
  }

  assert {
    condition = (
      local.function.schedules.environment.RECURRING_GROUP == "acme-dev-work-queue-api" &&
      local.function.schedules.environment.SCHEDULES_PER_OWNER == "7" &&
      local.function.schedules.environment.AUTHENTICATED == "false" &&
      !contains(keys(local.function.schedules.environment), "TABLE_NAME")
    )
    error_message = "it knows the group, the limit, and who may call"
  }

  assert {
    condition     = local.function.submit.environment.RECURRING_NAMES == "nightly"
    error_message = "it must know whose runs have ids that no client can take"
  }
}

run "schedules_cost_nothing_where_nobody_wants_them" {
  command = plan

  variables {
    settings = { submission = "validated" }
  }

  assert {
    condition     = output.functions.schedules == null
    error_message = "no function"
  }
}

run "rejects_schedules_with_direct_submission" {
  command = plan
  variables {
    settings = { schedules = true }
  }
  expect_failures = [var.settings]
}

run "rejects_a_limit_that_no_call_could_count" {
  command = plan
  variables {
    settings = { submission = "validated", schedules = true, schedules_per_owner = 1001 }
  }
  expect_failures = [var.settings]
}
