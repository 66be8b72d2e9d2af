# The environment as a whole: names, derived numbers, grants that options add or take.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secrets       = { "payment-api-key" = { description = "Key of the payment API" } }
  secret_values = {}
  api           = {}
  commands      = {}
}

run "by_default_names_follow_project_and_environment_and_nothing_optional_is_there" {
  command = plan

  assert {
    condition = [
      output.dynamodb_table_name, output.worker_function_name,
      output.functions.status.name, output.functions.cancel.name, module.queue.name,
      module.queue.dlq_name,
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
    condition     = output.package_sha256 == filesha256(module.package.path)
    error_message = "the next environment asks for this hash: ${output.package_sha256}"
  }

  assert {
    condition     = output.command_index_name == null
    error_message = "an index costs with every write: nobody has one without asking"
  }

  assert {
    condition     = module.queue.recurring.group == null && !can(output.alarm_names["unsent-runs"])
    error_message = "unexpected: ${jsonencode(module.queue.recurring)}"
  }
}

# The retention leaves 40 receives of 5,420 s, twice over.
run "takes_a_restored_table_derives_what_hangs_on_a_timeout_and_traces_from_end_to_end" {
  command = plan
  variables {
    monitoring = { tracing = true }
    api        = { submission = "validated", outcomes = true }
    commands = {
      table_name     = "acme-jobs-dev-commands-restored"
      retention_days = 7
    }
    worker_timeout                 = 900
    worker_batch_size              = 100
    worker_batching_window_seconds = 20
    sqs_retention_seconds          = 433600
    dlq_retention_seconds          = 520000
  }

  assert {
    condition     = output.dynamodb_table_name == "acme-jobs-dev-commands-restored"
    error_message = "a table that was restored takes the place of the environment's own"
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 5420
    error_message = "6 * 900 + 20, not ${module.queue.visibility_timeout_seconds}"
  }

  assert {
    condition = (
      module.api.functions.cancel.environment.RETENTION_DAYS == "7" &&
      module.worker.environment.RETENTION_DAYS == "7"
    )
    error_message = "what ended and what was cancelled is remembered alike"
  }

  assert {
    condition = alltrue([
      for function in merge(module.api.functions, { worker = module.worker }) :
      contains(function.grants, "tracing") if function != null
    ])
    error_message = "a function that is left out is a hole in every trace"
  }
}

run "a_fifo_worker_sends_no_copies" {
  command = plan
  variables { commands = { fifo = true } }

  assert {
    condition = (
      contains(module.worker.grants, "dead_letter") &&
      !contains(module.worker.grants, "delayed_copies")
    )
    error_message = "a copy would lose its place in its group"
  }
}
