# Plans with the values in terraform.tfvars, or in the file that -var-file names.
mock_provider "aws" {
  source = "../../tests/mocks"
}

run "plans_with_the_sizes_of_this_environment" {
  command = plan

  assert {
    condition     = output.worker_function_name == "${var.project}-${var.environment}-worker"
    error_message = "unexpected name: ${output.worker_function_name}"
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds >= 6 * var.worker_timeout
    error_message = "a message must stay hidden for six timeouts of the worker"
  }
}
