# Recurring schedules.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secret_values = {}
}

run "sends_commands_and_rings_where_it_cannot" {
  command = plan
  variables {
    existing = { permissions_boundary = "arn:aws:iam::123456789012:policy/acme" }
    commands = {
      schedules = { nightly = { cron = "0 2 * * ? *", timezone = "Europe/Berlin", type = "echo" } }
    }
  }

  assert {
    condition = (
      one(module.queue.recurring.names) == "nightly" &&
      module.queue.recurring.group == "acme-jobs-dev-work-queue-recurring" &&
      output.alarm_names["unsent-runs"] == "acme-jobs-dev-unsent-runs"
    )
    error_message = "unexpected: ${jsonencode(module.queue.recurring)}"
  }
}
