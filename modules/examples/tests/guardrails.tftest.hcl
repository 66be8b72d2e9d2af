# Each run is one refusal at plan time that would otherwise do harm later.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  names = {
    orders      = "acme-dev-orders", reports = "acme-dev-reports", task = "acme-dev-task"
    development = true, production = false
  }
  anonymous = true
  data      = { index_name = null, retention_days = 30, policies = { list = "{}" } }
  secrets   = { names = {} }
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
      orders      = "acme-prod-orders", reports = "acme-prod-reports", task = "acme-prod-task"
      development = false, production = true
    }
    settings = { webhooks = { allow_loopback = true } }
  }
  expect_failures = [var.settings]
}

run "rejects_plain_http_outside_dev" {
  command = plan
  variables {
    names = {
      orders      = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      development = false, production = false
    }
    settings = { webhooks = { allow_http = true } }
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
      orders      = "acme-prod-orders", reports = "acme-prod-reports", task = "acme-prod-task"
      development = false, production = true
    }
    settings = { demo = true }
  }
  expect_failures = [var.settings]
}

run "rejects_a_mail_relay_for_anybody" {
  command = plan
  variables {
    names = {
      orders      = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      development = false, production = false
    }
    settings = {
      enabled = true, email = { sender = "jobs@example.com", identity = "example.com" }
    }
  }
  expect_failures = [var.settings]
}

run "rejects_webhooks_of_anybody_to_any_host" {
  command = plan
  variables {
    names = {
      orders      = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      development = false, production = false
    }
    settings = { enabled = true, webhooks = { allowed_hosts = ["hooks.example.com", "*"] } }
  }
  expect_failures = [var.settings]
}

run "rejects_crashes_by_anybody" {
  command = plan
  variables {
    names = {
      orders      = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      development = false, production = false
    }
    settings = { demo = true }
  }
  expect_failures = [var.settings]
}

run "allows_callers_that_are_known_all_of_it" {
  command = plan
  variables {
    names = {
      orders      = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      development = false, production = false
    }
    anonymous = false
    settings = {
      enabled  = true, demo = true
      email    = { sender = "jobs@example.com", identity = "example.com" }
      webhooks = { allowed_hosts = ["*"] }
    }
  }
}

run "rejects_a_task_that_cannot_report" {
  command = plan
  variables {
    settings = { enabled = true, task = { process = true } }
  }
  expect_failures = [var.outcomes]
}

run "rejects_a_task_of_examples_that_are_off" {
  command = plan
  variables {
    outcomes = "https://api.example.com/v1/commands"
    settings = { task = { process = true } }
  }
  expect_failures = [var.settings]
}

run "rejects_an_image_without_a_network" {
  command = plan
  variables {
    outcomes = "https://api.example.com/v1/commands"
    settings = { enabled = true, task = { image = "public.ecr.aws/acme/task:1.4.0" } }
  }
  expect_failures = [var.settings]
}

run "rejects_a_process_outside_of_dev" {
  command = plan
  variables {
    names = {
      orders     = "acme-qa-orders", reports = "acme-qa-reports", task = "acme-qa-task"
      production = false, development = false
    }
    outcomes = "https://api.example.com/v1/commands"
    settings = { enabled = true, task = { process = true } }
  }
  expect_failures = [var.settings]
}
