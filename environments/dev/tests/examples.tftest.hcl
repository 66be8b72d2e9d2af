# The worked examples, on and off.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secret_values = {} # ephemeral: what is unset in a plan must be unset in its apply
}

run "the_examples_get_their_settings" {
  command = plan
  variables {
    commands = { index = true }
    secrets  = { "webhook-signing-key" = { description = "Signs webhooks" } }
    examples = {
      enabled = true
      email   = { sender = "jobs@example.com", identity = "example.com" }
      webhooks = {
        allowed_hosts = ["hooks.example.com", ".example.org", "*"]
        allowed_ports = [443, 8443]
        secret        = "webhook-signing-key"
      }
    }
  }

  assert {
    condition = length(setsubtract(
      ["email", "list", "orders", "reports"], module.worker.grants
    )) == 0
    error_message = "each example needs its grant"
  }

  assert {
    condition = {
      for name in [
        "DEMO_HANDLERS", "EMAIL_SENDER", "INDEX_NAME", "WEBHOOK_ALLOWED_HOSTS",
        "WEBHOOK_ALLOWED_PORTS", "WEBHOOK_ALLOW_LOOPBACK", "WEBHOOK_SECRET",
      ] : name => module.worker.environment[name]
      } == {
      DEMO_HANDLERS          = "false"
      EMAIL_SENDER           = "jobs@example.com"
      INDEX_NAME             = "by-status"
      WEBHOOK_ALLOWED_HOSTS  = "hooks.example.com,.example.org,*"
      WEBHOOK_ALLOWED_PORTS  = "443,8443"
      WEBHOOK_ALLOW_LOOPBACK = "false"
      WEBHOOK_SECRET         = "webhook-signing-key"
    }
    error_message = "the variables must reach the worker"
  }
}

run "without_examples_and_secrets_the_worker_has_nothing_of_theirs" {
  command = plan
  variables {
    secrets  = {}
    examples = {}
    routes   = {}
  }

  assert {
    condition = module.worker.grants == toset([
      "commands", "consume", "dead_letter", "delayed_copies", "look", "results", "states",
    ]) && !contains(keys(module.worker.environment), "ORDERS_TABLE")
    error_message = "unexpected: ${join(", ", module.worker.grants)}"
  }

  # IAM refuses a policy without statements.
  assert {
    condition     = output.secret_names == tomap({})
    error_message = "no secrets, no names"
  }

  assert {
    condition     = keys(output.functions) == ["cancel", "openapi", "status", "worker"]
    error_message = "without routes the direct way needs no function"
  }
}
