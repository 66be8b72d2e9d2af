# What would be refused when it is applied, or do harm, is refused in the plan.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project     = "acme-jobs"
  environment = "dev"
  secrets     = {}
}

run "rejects_a_tag_with_a_forbidden_character" {
  command = plan
  variables { additional_tags = { "cost#centre" = "4711" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_tag_with_the_prefix_of_aws" {
  command = plan
  variables { additional_tags = { "aws:team" = "jobs" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_tag_that_overrides_ours" {
  command = plan
  variables { additional_tags = { project = "other" } }
  expect_failures = [var.additional_tags]
}

run "rejects_more_tags_than_aws_takes" {
  command = plan
  variables { additional_tags = { for i in range(47) : "tag${i}" => "x" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_secret_with_a_space" {
  command = plan
  variables { secrets = { "api key" = { description = "Key" } } }
  expect_failures = [var.secrets]
}

run "rejects_a_secret_without_its_value" {
  command = plan
  variables { secrets = { api-key = { description = "Key", value_version = 1 } } }
  expect_failures = [var.secret_values]
}

run "rejects_a_value_that_no_secret_takes" {
  command = plan
  variables { secret_values = { api-key = "v" } }
  expect_failures = [var.secret_values]
}
