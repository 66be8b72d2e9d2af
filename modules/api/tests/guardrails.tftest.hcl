# What cannot be: refused by the variables, with a message that shows what can.
mock_provider "aws" {
  source = "../../tests/mocks"
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

run "rejects_an_unknown_kind_of_api" {
  command = plan
  variables {
    settings = { type = "websocket" }
  }
  expect_failures = [var.settings]
}

run "rejects_an_unknown_way_in" {
  command = plan
  variables {
    settings = { submission = "checked" }
  }
  expect_failures = [var.settings]
}

run "rejects_a_function_before_a_rest_api" {
  command = plan
  variables {
    settings = { type = "rest", submission = "validated" }
  }
  expect_failures = [var.settings]
}

run "rejects_tokens_at_a_rest_api" {
  command = plan
  variables {
    settings = {
      type = "rest"
      authentication = {
        mode = "jwt", issuer = "https://id.example.com", audience = ["jobs"]
      }
    }
  }
  expect_failures = [var.settings]
}

run "rejects_an_unknown_authentication_of_a_rest_api" {
  command = plan
  variables {
    settings = { type = "rest", authentication = { mode = "basic" } }
  }
  expect_failures = [var.settings]
}

run "rejects_tokens_over_plain_http_outside_dev" {
  command = plan
  variables {
    settings = {
      authentication = { mode = "jwt", issuer = "http://127.0.0.1:4566", audience = ["jobs"] }
    }
  }
  expect_failures = [var.names]
}

run "takes_tokens_of_a_local_issuer_in_dev" {
  command = plan
  variables {
    names = merge(var.names, { development = true })
    settings = {
      authentication = { mode = "jwt", issuer = "http://127.0.0.1:4566", audience = ["jobs"] }
    }
  }
}

run "rejects_a_fair_queue_without_owners" {
  command = plan
  variables {
    settings = { fair_queue = true }
  }
  expect_failures = [var.settings]
}

run "rejects_api_keys_of_an_http_api" {
  command = plan
  variables {
    settings = { rest = { api_keys = ["shop"] } }
  }
  expect_failures = [var.settings]
}

run "rejects_a_firewall_before_an_http_api" {
  command = plan
  variables {
    settings = {
      rest = {
        waf = { acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/api/1a2b" }
      }
    }
  }
  expect_failures = [var.settings]
}

run "rejects_waiting_less_than_no_time" {
  command = plan
  variables {
    settings = { max_wait_seconds = -1 }
  }
  expect_failures = [var.settings]
}

run "rejects_waiting_for_longer_than_api_gateway" {
  command = plan
  variables {
    settings = { max_wait_seconds = 26 }
  }
  expect_failures = [var.settings]
}

run "rejects_a_url_that_ends_at_once" {
  command = plan
  variables {
    settings = { result_url_seconds = 29 }
  }
  expect_failures = [var.settings]
}

run "rejects_a_url_that_outlives_its_credentials" {
  command = plan
  variables {
    settings = { result_url_seconds = 3601 }
  }
  expect_failures = [var.settings]
}

run "rejects_routes_of_a_rest_api" {
  command = plan
  variables {
    settings = { type = "rest" }
    routes   = { "POST /orders" = { type = "process_order" } }
  }
  expect_failures = [var.routes]
}

run "rejects_a_route_to_no_type" {
  command = plan
  variables {
    routes = { "POST /orders" = { type = "process order" } }
  }
  expect_failures = [var.routes]
}

run "rejects_scopes_of_a_route_without_tokens" {
  command = plan
  variables {
    routes = { "POST /orders" = { type = "process_order", scopes = ["orders:write"] } }
  }
  expect_failures = [var.routes]
}

run "rejects_a_default_type_with_a_space" {
  command = plan
  variables {
    default_command_type = "send email"
  }
  expect_failures = [var.default_command_type]
}

run "rejects_grants_for_nobody" {
  command = plan
  variables {
    policies = { hello = { commands = "{}" } }
  }
  expect_failures = [var.policies]
}

run "rejects_a_reservation_for_no_function" {
  command = plan
  variables { settings = { reserved_concurrency = { worker = 20 } } }
  expect_failures = [var.settings]
}

run "rejects_a_reservation_for_a_function_that_is_not_there" {
  command = plan
  variables { settings = { reserved_concurrency = { submit = 20 } } }
  expect_failures = [var.routes]
}

run "rejects_limits_of_routes_behind_a_rest_api" {
  command = plan
  variables {
    settings = {
      type       = "rest"
      throttling = { routes = { "POST /commands" = { requests_per_second = 1, burst = 1 } } }
    }
  }
  expect_failures = [var.settings]
}

run "a_fifo_queue_takes_no_reports" {
  command = plan

  variables {
    queue = {
      arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-queue.fifo"
      url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-queue.fifo"
      retention_seconds = 86400
      fifo              = true
      policies          = { send = "{}" }
    }
    settings = { outcomes = true }
  }

  expect_failures = [var.queue]
}
