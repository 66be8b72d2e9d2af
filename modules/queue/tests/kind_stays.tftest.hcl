# A queue stays standard or FIFO: Terraform would replace it, and its messages would be lost.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
}

run "a_standard_queue_is_made" {}

run "a_standard_queue_stays_one" {
  command = plan
  variables { fifo = true }
  expect_failures = [terraform_data.fifo]
}

run "a_fifo_queue_is_made" {
  state_key = "fifo"
  variables { fifo = true }
}

run "a_fifo_queue_stays_one" {
  command   = plan
  state_key = "fifo"
  variables { fifo = false }
  expect_failures = [terraform_data.fifo]
}
