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

run "names_everything_after_project_and_environment" {
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
}

run "takes_a_restored_table_and_derives_the_visibility_timeout" {
  command = plan
  variables {
    commands                       = { table_name = "acme-jobs-dev-commands-restored" }
    worker_timeout                 = 60
    worker_batch_size              = 100
    worker_batching_window_seconds = 20
  }

  assert {
    condition     = output.dynamodb_table_name == "acme-jobs-dev-commands-restored"
    error_message = "a table that was restored takes the place of the environment's own"
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 380
    error_message = "6 * 60 + 20, not ${module.queue.visibility_timeout_seconds}"
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

run "traces_from_end_to_end_where_told_to" {
  command = plan
  variables {
    monitoring = { tracing = true }
    api        = { submission = "validated", outcomes = true }
  }

  assert {
    condition = alltrue([
      for function in merge(module.api.functions, { worker = module.worker }) :
      contains(function.grants, "tracing") if function != null
    ])
    error_message = "a function that is left out is a hole in every trace"
  }
}
