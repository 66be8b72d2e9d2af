# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project             = "acme-jobs"
  github_repository   = "acme/jobs"
  github_environments = ["dev"]
}

run "rejects_a_region_that_is_none" {
  command = plan
  variables { aws_region = "Frankfurt" }
  expect_failures = [var.aws_region]
}

run "rejects_a_profile_with_spaces" {
  command = plan
  variables { aws_profile = "my profile" }
  expect_failures = [var.aws_profile]
}
