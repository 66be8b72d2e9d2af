# The environment as a whole: names, derived numbers, what differs between environments.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secrets       = { "payment-api-key" = { description = "Key of the payment API" } }
  secret_values = {}
}

run "names_everything_after_project_and_environment" {
  command = plan

  assert {
    condition = [
      output.dynamodb_table_name, output.worker_function_name, output.status_function_name,
      output.cancel_function_name, module.queue.name, module.queue.dlq_name,
      ] == [
      "acme-jobs-dev-commands", "acme-jobs-dev-worker", "acme-jobs-dev-status",
      "acme-jobs-dev-cancel", "acme-jobs-dev-work-queue", "acme-jobs-dev-work-dlq",
    ]
    error_message = "names must follow <project>-<environment>-<purpose>"
  }

  assert {
    condition = output.secret_names == tomap({
      "payment-api-key" = "/dev/acme-jobs/payment-api-key"
    })
    error_message = "secrets are called /<environment>/<project>/<purpose>"
  }

  assert {
    condition     = !module.data.deletion_protection && module.data.results_force_destroy
    error_message = "a development table can be destroyed, and so can results"
  }

  assert {
    condition     = output.command_index_name == null
    error_message = "an index costs with every write: nobody has one without asking"
  }
}

run "protects_the_table_in_prod_and_derives_the_visibility_timeout" {
  command = plan
  variables {
    environment                    = "prod"
    examples                       = {}
    commands                       = { table_name = "acme-jobs-prod-commands-restored" }
    worker_timeout                 = 60
    worker_batch_size              = 100
    worker_batching_window_seconds = 20
  }

  assert {
    condition     = module.data.deletion_protection && !module.data.results_force_destroy
    error_message = "production data is not deleted by accident"
  }

  assert {
    condition     = output.dynamodb_table_name == "acme-jobs-prod-commands-restored"
    error_message = "a table that was restored takes the place of the environment's own"
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 380
    error_message = "6 * 60 + 20, not ${module.queue.visibility_timeout_seconds}"
  }
}

run "grants_no_secrets_where_there_are_none" {
  variables { secrets = {} }

  assert {
    condition     = !contains(module.worker.grants, "secrets")
    error_message = "IAM refuses a policy without statements"
  }

  assert {
    condition     = output.commands_endpoint == "${output.api_endpoint}/commands"
    error_message = "unexpected endpoint: ${output.commands_endpoint}"
  }

  assert {
    condition     = output.secret_arns == tomap({})
    error_message = "no secrets, no ARNs"
  }
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

run "without_examples_the_worker_has_nothing_of_theirs" {
  variables {
    examples = {}
    routes   = {}
  }

  assert {
    condition = module.worker.grants == toset([
      "commands", "consume", "dead_letter", "delayed_copies", "results", "secrets",
    ]) && !contains(keys(module.worker.environment), "ORDERS_TABLE")
    error_message = "unexpected: ${join(", ", module.worker.grants)}"
  }

  assert {
    condition = (
      output.submit_function_name == null && output.sweep_function_name == null &&
      output.commands_endpoint == "${module.api.endpoint}/commands"
    )
    error_message = "without routes the direct way needs no function"
  }
}

run "says_which_zip_it_deploys" {
  command = plan

  assert {
    condition     = output.package_sha256 == filesha256(module.package.path)
    error_message = "the next environment asks for this hash: ${output.package_sha256}"
  }
}

# Commands of a type that the zip has no longer, or not yet, may be held back.
run "takes_a_paused_type_without_a_handler" {
  command = plan
  variables { worker = { paused_types = ["process_ordre"] } }

  assert {
    condition     = module.worker.environment.PAUSED_TYPES == "process_ordre"
    error_message = "that is how an older worker is kept from failing them"
  }
}

# Five days are 80 visibility timeouts of 5,400 s.
run "takes_what_leaves_40_receives_and_remembers_what_ended_and_was_cancelled_alike" {
  command = plan
  variables {
    worker_timeout        = 900
    sqs_retention_seconds = 432000
    dlq_retention_seconds = 518400
    commands              = { retention_days = 6 }
  }

  assert {
    condition = module.queue.visibility_timeout_seconds == 5400 && (
      module.api.functions.cancel.environment.RETENTION_DAYS == "6" &&
      module.worker.environment.RETENTION_DAYS == "6"
    )
    error_message = "unexpected: ${module.queue.visibility_timeout_seconds}"
  }
}

run "a_rest_api_replaces_the_http_api" {
  command = plan
  variables {
    api    = { type = "rest" }
    routes = {}
  }

  assert {
    condition     = module.api.type == "rest" && module.api.name == "acme-jobs-dev-rest-api"
    error_message = "unexpected: ${module.api.name}"
  }
}
