# Schedules that clients make.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secret_values = {}
  api           = { submission = "validated", schedules = true }
}

run "schedules_of_clients_are_made_by_a_function_that_may_do_nothing_else" {
  command = plan

  assert {
    condition = (
      module.api.functions.schedules.grants == toset(["schedules"]) &&
      module.queue.recurring.unsent_queue_name == "acme-jobs-dev-work-queue-recurring" &&
      output.alarm_names["unsent-runs"] == "acme-jobs-dev-unsent-runs"
    )
    error_message = "unexpected: ${jsonencode(module.queue.recurring)}"
  }
}
