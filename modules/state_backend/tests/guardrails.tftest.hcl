# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project = "acme-jobs"
}

run "accepts_the_longest_project" {
  command = plan
  variables { project = format("a%031d", 0) }

  assert {
    condition     = length(aws_s3_bucket.this.bucket) <= 63
    error_message = "a bucket's name may have 63 characters"
  }
}

run "rejects_a_project_in_capitals" {
  command = plan
  variables { project = "Acme" }
  expect_failures = [var.project]
}

run "rejects_a_project_that_ends_in_a_hyphen" {
  command = plan
  variables { project = "acme-" }
  expect_failures = [var.project]
}

run "rejects_versions_that_are_kept_for_no_time" {
  command = plan
  variables { old_versions_days = 0 }
  expect_failures = [var.old_versions_days]
}
