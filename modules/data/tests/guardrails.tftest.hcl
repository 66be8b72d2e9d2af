# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-commands"
}

run "rejects_a_name_of_two_characters" {
  command = plan
  variables { name = "ab" }
  expect_failures = [var.name]
}

run "rejects_a_name_of_256_characters" {
  command = plan
  variables { name = format("%0256d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_name_with_a_slash" {
  command = plan
  variables { name = "acme/commands" }
  expect_failures = [var.name]
}

run "rejects_an_empty_ttl_attribute" {
  command = plan
  variables { ttl_attribute = "" }
  expect_failures = [var.ttl_attribute]
}

run "rejects_a_ttl_attribute_of_256_characters" {
  command = plan
  variables { ttl_attribute = format("%0256d", 0) }
  expect_failures = [var.ttl_attribute]
}

run "rejects_the_key_as_ttl_attribute" {
  command = plan
  variables { ttl_attribute = "id" }
  expect_failures = [var.ttl_attribute]
}

run "rejects_an_attribute_of_commands_as_ttl_attribute" {
  command = plan
  variables { ttl_attribute = "status" }
  expect_failures = [var.ttl_attribute]
}

run "rejects_a_ttl_attribute_with_a_space" {
  command = plan
  variables { ttl_attribute = "expires at" }
  expect_failures = [var.ttl_attribute]
}

run "rejects_keeping_a_command_for_no_day" {
  command = plan
  variables { retention_days = 0 }
  expect_failures = [var.retention_days]
}

run "rejects_keeping_a_command_for_more_than_ten_years" {
  command = plan
  variables { retention_days = 3651 }
  expect_failures = [var.retention_days]
}

run "rejects_a_command_that_its_dead_letter_outlives" {
  command = plan
  variables {
    retention_days        = 13
    dlq_retention_seconds = 1209600 # 14 days
  }
  expect_failures = [var.retention_days]
}

run "takes_a_command_that_outlives_its_dead_letter" {
  command = plan
  variables {
    retention_days        = 2
    dlq_retention_seconds = 172800
  }

  assert {
    condition     = output.retention_days == 2
    error_message = "two days are two days"
  }
}
