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
    condition     = !module.data.deletion_protection && module.results.force_destroy
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
    demo_handlers                  = false
    dynamodb_table_name            = "acme-jobs-prod-commands-restored"
    worker_timeout                 = 60
    worker_batch_size              = 100
    worker_batching_window_seconds = 20
  }

  assert {
    condition     = module.data.deletion_protection && !module.results.force_destroy
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
