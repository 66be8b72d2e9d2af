mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    orders      = "acme-dev-orders", reports = "acme-dev-reports", task = "acme-dev-task"
    development = true, production = false
  }
  anonymous = true
  data      = { index_name = "by-status", retention_days = 30, policies = { list = "{}" } }
  secrets   = { names = { "webhook-signing-key" = "/dev/acme/webhook-signing-key" } }
  settings = {
    enabled = true
    demo    = true
    email   = { sender = "jobs@example.com", identity = "example.com" }
    webhooks = {
      allowed_hosts = ["hooks.example.com", ".example.org", "*"]
      allowed_ports = [443, 8443]
      secret        = "webhook-signing-key"
    }
  }
}

run "the_examples_get_their_settings" {
  command = plan

  assert {
    condition = output.environment == {
      DEMO_HANDLERS          = "true"
      ORDERS_TABLE           = "acme-dev-orders"
      REPORTS_BUCKET         = "acme-dev-reports-123456789012"
      INDEX_NAME             = "by-status"
      EMAIL_SENDER           = "jobs@example.com"
      WEBHOOK_ALLOWED_HOSTS  = "hooks.example.com,.example.org,*"
      WEBHOOK_ALLOWED_PORTS  = "443,8443"
      WEBHOOK_ALLOW_HTTP     = "false"
      WEBHOOK_ALLOW_LOOPBACK = "false"
      WEBHOOK_SECRET         = "webhook-signing-key"
    }
    error_message = "unexpected: ${jsonencode(output.environment)}"
  }

  assert {
    condition     = toset(keys(output.policies)) == toset(["email", "list", "orders", "reports"])
    error_message = "each example needs its grant"
  }
}

run "without_a_sender_there_is_nothing_to_verify" {
  command = plan

  variables { settings = { enabled = true } }

  assert {
    condition = (
      !contains(keys(output.policies), "email") && output.environment.EMAIL_SENDER == ""
    )
    error_message = "SES must not be asked to verify nobody"
  }
}

run "costs_nothing_while_it_is_off" {
  command = plan

  variables { settings = {} }

  assert {
    condition = (
      length(module.orders) + length(module.reports) + length(module.email_sender) == 0 &&
      length(module.container_task) == 0 &&
      length(output.policies) == 0 && output.environment == { DEMO_HANDLERS = "false" }
    )
    error_message = "what is off makes nothing and grants nothing"
  }
}

run "a_task_is_an_image_in_a_network" {
  command = plan

  variables {
    outcomes = "https://api.example.com/v1/commands"
    settings = {
      enabled = true
      task = {
        image = "public.ecr.aws/acme/task:1.4.0"
        vpc   = { subnet_ids = ["subnet-1a"], security_group_ids = ["sg-3c"] }
      }
    }
  }

  assert {
    condition = (
      output.policies.run_task == module.container_task[0].policies.run &&
      output.environment.TASK_ENDPOINT == "https://api.example.com/v1/commands" &&
      output.environment.TASK_SUBNETS == "subnet-1a" &&
      !contains(keys(output.environment), "TASK_SOURCE")
    )
    error_message = "unexpected: ${jsonencode(output.environment)}"
  }
}

run "on_the_local_stack_a_task_is_a_process" {
  command = plan

  variables {
    outcomes = "http://127.0.0.1:4566/commands"
    settings = { enabled = true, task = { process = true } }
  }

  assert {
    condition = (
      length(module.container_task) == 0 && !contains(keys(output.policies), "run_task") &&
      output.environment.TASK_ENDPOINT == "http://127.0.0.1:4566/commands" &&
      endswith(output.environment.TASK_SOURCE, "/src") &&
      !contains(keys(output.environment), "TASK_DEFINITION")
    )
    error_message = "unexpected: ${jsonencode(output.environment)}"
  }
}
