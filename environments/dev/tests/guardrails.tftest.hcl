# The rules that no module has. tests/infra shows that the modules refuse what is wrong here.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project     = "acme-jobs"
  environment = "dev"
  secrets     = {}
  api         = {}
  commands    = {}
}

run "rejects_an_environment_that_nobody_knows" {
  command = plan
  variables { environment = "production" }
  expect_failures = [var.environment]
}

run "rejects_a_temporary_environment" {
  command = plan
  variables { environment = "pr-7" }
  expect_failures = [var.environment]
}

