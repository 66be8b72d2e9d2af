# Each run is one refusal at plan time that would otherwise do harm later.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  names = {
    orders = "acme-dev-orders", reports = "acme-dev-reports", environment = "dev"
  }
  data    = { index_name = null, retention_days = 30, policies = { list = "{}" } }
  secrets = { names = {} }
}

run "rejects_a_host_that_is_a_url" {
  command = plan
  variables {
    settings = { webhooks = { allowed_hosts = ["https://hooks.example.com"] } }
  }
  expect_failures = [var.settings]
}

run "rejects_a_host_that_stands_for_more_than_it_says" {
  command = plan
  variables {
    settings = { webhooks = { allowed_hosts = ["*.example.com"] } }
  }
  expect_failures = [var.settings]
}

run "rejects_a_port_that_cannot_be" {
  command = plan
  variables {
    settings = { webhooks = { allowed_ports = [70000] } }
  }
  expect_failures = [var.settings]
}

run "rejects_webhooks_to_itself_outside_dev" {
  command = plan
  variables {
    names = {
      orders = "acme-prod-orders", reports = "acme-prod-reports", environment = "prod"
    }
    settings = { webhooks = { allow_loopback = true } }
  }
  expect_failures = [var.settings]
}

run "rejects_a_signing_key_that_is_not_declared" {
  command = plan
  variables {
    settings = { webhooks = { secret = "webhook-signing-key" } }
  }
  expect_failures = [var.settings]
}

run "rejects_demonstration_handlers_in_prod" {
  command = plan
  variables {
    names = {
      orders = "acme-prod-orders", reports = "acme-prod-reports", environment = "prod"
    }
    settings = { demo = true }
  }
  expect_failures = [var.settings]
}
