# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix = "/dev/acme-jobs/"
}

run "rejects_a_prefix_without_its_last_slash" {
  command = plan
  variables { prefix = "/dev/acme-jobs" }
  expect_failures = [var.prefix]
}

run "rejects_a_purpose_with_a_space" {
  command = plan
  variables { secrets = { "api key" = { description = "Key" } } }
  expect_failures = [var.secrets]
}

run "rejects_a_purpose_that_begins_with_a_slash" {
  command = plan
  variables { secrets = { "/api-key" = { description = "Key" } } }
  expect_failures = [var.secrets]
}

run "rejects_a_name_above_512_characters" {
  command = plan
  variables { secrets = { (format("%0500d", 0)) = { description = "Key" } } }
  expect_failures = [var.secrets]
}

run "rejects_an_empty_description" {
  command = plan
  variables { secrets = { api-key = { description = " " } } }
  expect_failures = [var.secrets]
}

run "rejects_a_version_of_nothing" {
  command = plan
  variables {
    secrets = { api-key = { description = "Key", value_version = 0 } }
    values  = { api-key = "v" }
  }
  expect_failures = [var.secrets]
}

run "rejects_more_secrets_than_a_role_can_name" {
  command = plan
  variables { secrets = { for i in range(100) : "key-${i}" => { description = "Key" } } }
  expect_failures = [var.secrets]
}

run "rejects_a_version_without_a_value" {
  command = plan
  variables { secrets = { api-key = { description = "Key", value_version = 1 } } }
  expect_failures = [var.values]
}

run "rejects_an_empty_value" {
  command = plan
  variables {
    secrets = { api-key = { description = "Key", value_version = 1 } }
    values  = { api-key = "" }
  }
  expect_failures = [var.values]
}

run "rejects_a_value_that_no_secret_takes" {
  command = plan
  variables {
    secrets = { api-key = { description = "Key" } }
    values  = { api-key = "v" }
  }
  expect_failures = [var.values]
}

run "rejects_a_recovery_window_of_six_days" {
  command = plan
  variables { recovery_window_days = 6 }
  expect_failures = [var.recovery_window_days]
}

run "rejects_a_recovery_window_of_31_days" {
  command = plan
  variables { recovery_window_days = 31 }
  expect_failures = [var.recovery_window_days]
}
