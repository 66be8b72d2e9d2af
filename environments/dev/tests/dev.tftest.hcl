# The environment as a whole: names, derived numbers, and who may do what.
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
      module.queue.name, module.queue.dlq_name,
      ] == [
      "acme-jobs-dev-commands", "acme-jobs-dev-worker", "acme-jobs-dev-status",
      "acme-jobs-dev-work-queue", "acme-jobs-dev-work-dlq",
    ]
    error_message = "names must follow <project>-<environment>-<purpose>"
  }

  assert {
    condition = output.secret_names == tomap({
      "payment-api-key" = "/dev/acme-jobs/payment-api-key"
    })
    error_message = "secrets are called /<environment>/<project>/<purpose>"
  }
}

run "derives_the_visibility_timeout" {
  command = plan
  variables {
    worker_timeout                 = 60
    worker_batch_size              = 100
    worker_batching_window_seconds = 20
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 380
    error_message = "6 * 60 + 20, not ${module.queue.visibility_timeout_seconds}"
  }
}

run "answers_where_commands_are_posted" {
  assert {
    condition     = output.commands_endpoint == "${output.api_endpoint}/commands"
    error_message = "unexpected endpoint: ${output.commands_endpoint}"
  }

  assert {
    condition     = toset(keys(output.secret_arns)) == toset(["payment-api-key"])
    error_message = "one ARN per secret"
  }
}

run "protects_the_table_in_prod_only" {
  command = plan
  variables { environment = "prod" }

  assert {
    condition     = module.data.deletion_protection && output.dynamodb_table_name == "acme-jobs-prod-commands"
    error_message = "a production table is not deleted by accident"
  }
}

run "leaves_the_table_unprotected_in_dev" {
  command = plan

  assert {
    condition     = !module.data.deletion_protection
    error_message = "a development table can be destroyed"
  }
}
