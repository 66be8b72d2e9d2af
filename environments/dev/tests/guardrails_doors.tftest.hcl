# What cannot be: refused while planning, with a message that shows what can.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secrets       = {}
  secret_values = {}
  routes        = {}
}

run "rejects_an_unknown_kind_of_api" {
  command = plan
  variables { api_type = "websocket" }
  expect_failures = [var.api_type]
}

run "rejects_an_unknown_way_in" {
  command = plan
  variables { submission = "checked" }
  expect_failures = [var.submission]
}

run "rejects_a_function_before_a_rest_api" {
  command = plan
  variables {
    api_type   = "rest"
    submission = "validated"
  }
  expect_failures = [var.submission]
}

run "rejects_routes_of_a_rest_api" {
  command = plan
  variables {
    api_type = "rest"
    routes   = { "POST /orders" = { type = "process_order" } }
  }
  expect_failures = [var.routes]
}

run "rejects_a_route_that_is_ours" {
  command = plan
  variables {
    routes = { "POST /commands/special" = { type = "echo" } }
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

run "rejects_an_unknown_authentication" {
  command = plan
  variables {
    authentication = { mode = "basic" }
  }
  expect_failures = [var.authentication]
}

run "rejects_tokens_at_a_rest_api" {
  command = plan
  variables {
    api_type       = "rest"
    authentication = { mode = "jwt", issuer = "https://id.example.com", audience = ["jobs"] }
  }
  expect_failures = [var.authentication]
}

run "rejects_tokens_without_an_issuer" {
  command = plan
  variables {
    authentication = { mode = "jwt", audience = ["jobs"] }
  }
  expect_failures = [var.authentication]
}

run "rejects_scopes_without_tokens" {
  command = plan
  variables {
    authentication = { mode = "none", scopes = { admin = "commands:admin" } }
  }
  expect_failures = [var.authentication]
}

run "rejects_a_fair_queue_without_owners" {
  command = plan
  variables { fair_queue = true }
  expect_failures = [var.fair_queue]
}

run "rejects_a_fair_queue_that_keeps_an_order" {
  command = plan
  variables {
    fair_queue = true
    fifo_queue = true
  }
  expect_failures = [var.fair_queue]
}

run "rejects_owners_that_share_groups" {
  command = plan
  variables {
    fifo_queue     = true
    authentication = { mode = "jwt", issuer = "https://id.example.com", audience = ["jobs"] }
  }
  expect_failures = [var.authentication]
}

run "rejects_api_keys_of_an_http_api" {
  command = plan
  variables {
    rest_api = { api_keys = ["shop"] }
  }
  expect_failures = [var.rest_api]
}

run "rejects_a_firewall_before_an_http_api" {
  command = plan
  variables {
    rest_api = { waf_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/api/1a2b" }
  }
  expect_failures = [var.rest_api]
}

run "rejects_a_key_with_a_space" {
  command = plan
  variables {
    api_type = "rest"
    rest_api = { api_keys = ["the shop"] }
  }
  expect_failures = [var.rest_api]
}

run "rejects_a_quota_per_hour" {
  command = plan
  variables {
    api_type = "rest"
    rest_api = { quota = { requests = 1, period = "HOUR" } }
  }
  expect_failures = [var.rest_api]
}

run "rejects_an_identity_of_somebody_else" {
  command = plan
  variables {
    email = { sender = "jobs@example.com", identity = "example.org" }
  }
  expect_failures = [var.email]
}

run "rejects_a_host_that_is_a_url" {
  command = plan
  variables {
    webhooks = { allowed_hosts = ["https://hooks.example.com"] }
  }
  expect_failures = [var.webhooks]
}

run "accepts_the_hosts_that_the_handler_knows" {
  command = plan
  variables {
    webhooks = { allowed_hosts = ["*", ".example.com", "hooks.example.com", "127.0.0.1"] }
  }
}

run "rejects_a_host_that_stands_for_more_than_it_says" {
  command = plan
  variables {
    webhooks = { allowed_hosts = ["*.example.com"] }
  }
  expect_failures = [var.webhooks]
}

run "rejects_demonstration_handlers_in_prod" {
  command = plan
  variables {
    environment   = "prod"
    demo_handlers = true
  }
  expect_failures = [var.demo_handlers]
}

run "rejects_a_port_that_cannot_be" {
  command = plan
  variables {
    webhooks = { allowed_ports = [70000] }
  }
  expect_failures = [var.webhooks]
}

run "rejects_webhooks_to_itself_outside_dev" {
  command = plan
  variables {
    environment   = "prod"
    demo_handlers = false
    webhooks      = { allow_loopback = true }
  }
  expect_failures = [var.webhooks]
}

run "rejects_a_signing_key_that_is_not_declared" {
  command = plan
  variables {
    webhooks = { secret = "webhook-signing-key" }
  }
  expect_failures = [var.webhooks]
}
