# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project     = "acme-jobs"
  environment = "dev"
  secrets     = {}
}

run "rejects_a_project_of_33_characters" {
  command = plan
  variables { project = "a12345678901234567890123456789012" }
  expect_failures = [var.project]
}

run "rejects_a_project_that_ends_in_a_hyphen" {
  command = plan
  variables { project = "acme-" }
  expect_failures = [var.project]
}

run "rejects_an_unknown_environment" {
  command = plan
  variables { environment = "production" }
  expect_failures = [var.environment]
}

run "rejects_a_region_that_is_a_zone" {
  command = plan
  variables { aws_region = "us-east-1a" }
  expect_failures = [var.aws_region]
}

run "rejects_an_empty_profile" {
  command = plan
  variables { aws_profile = "" }
  expect_failures = [var.aws_profile]
}

run "rejects_a_repository_that_is_no_tag_value" {
  command = plan
  variables { repository = "git@github.com:acme/jobs?" }
  expect_failures = [var.repository]
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

run "rejects_a_recovery_window_of_six_days" {
  command = plan
  variables { secrets_recovery_window_days = 6 }
  expect_failures = [var.secrets_recovery_window_days]
}

run "rejects_a_recovery_window_of_31_days" {
  command = plan
  variables { secrets_recovery_window_days = 31 }
  expect_failures = [var.secrets_recovery_window_days]
}

run "rejects_a_default_type_that_is_no_type" {
  command = plan
  variables { default_command_type = "send email" }
  expect_failures = [var.default_command_type]
}

run "rejects_keeping_commands_for_no_time" {
  command = plan
  variables { command_retention_days = 0 }
  expect_failures = [var.command_retention_days]
}

run "rejects_a_ttl_attribute_with_a_space" {
  command = plan
  variables { dynamodb_ttl_attribute = "expires at" }
  expect_failures = [var.dynamodb_ttl_attribute]
}

run "rejects_a_ttl_attribute_that_commands_use" {
  command = plan
  variables { dynamodb_ttl_attribute = "status" }
  expect_failures = [var.dynamodb_ttl_attribute]
}

run "rejects_a_queue_retention_below_a_minute" {
  command = plan
  variables { sqs_retention_seconds = 59 }
  expect_failures = [var.sqs_retention_seconds]
}

run "rejects_a_dead_letter_retention_above_two_weeks" {
  command = plan
  variables { dlq_retention_seconds = 1209601 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_dead_letters_that_expire_before_commands" {
  command = plan
  variables { dlq_retention_seconds = 86399 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_no_attempt_at_all" {
  command = plan
  variables { sqs_max_receive_count = 0 }
  expect_failures = [var.sqs_max_receive_count]
}

run "rejects_an_origin_with_a_path" {
  command = plan
  variables { cors_allow_origins = ["https://app.example.com/"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_all_origins_together_with_one" {
  command = plan
  variables { cors_allow_origins = ["*", "https://app.example.com"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_an_unknown_architecture" {
  command = plan
  variables { lambda_architecture = "arm" }
  expect_failures = [var.lambda_architecture]
}

run "rejects_an_unknown_log_level" {
  command = plan
  variables { log_level = "TRACE" }
  expect_failures = [var.log_level]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan
  variables { log_retention_days = 15 }
  expect_failures = [var.log_retention_days]
}

run "rejects_memory_below_128" {
  command = plan
  variables { worker_memory_size = 127 }
  expect_failures = [var.worker_memory_size]
}

run "rejects_memory_above_10240" {
  command = plan
  variables { worker_memory_size = 10241 }
  expect_failures = [var.worker_memory_size]
}

run "rejects_a_timeout_above_15_minutes" {
  command = plan
  variables { worker_timeout = 901 }
  expect_failures = [var.worker_timeout]
}

run "rejects_an_empty_batch" {
  command = plan
  variables { worker_batch_size = 0 }
  expect_failures = [var.worker_batch_size]
}

run "rejects_a_batch_above_ten_without_a_window" {
  command = plan
  variables { worker_batch_size = 11 }
  expect_failures = [var.worker_batch_size]
}

run "rejects_a_window_above_five_minutes" {
  command = plan
  variables { worker_batching_window_seconds = 301 }
  expect_failures = [var.worker_batching_window_seconds]
}

run "rejects_a_concurrency_of_one" {
  command = plan
  variables { worker_max_concurrency = 1 }
  expect_failures = [var.worker_max_concurrency]
}

run "rejects_a_concurrency_above_1000" {
  command = plan
  variables { worker_max_concurrency = 1001 }
  expect_failures = [var.worker_max_concurrency]
}
