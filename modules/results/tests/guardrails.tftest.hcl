# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-results"
}

run "accepts_the_longest_name" {
  command = plan
  variables { name = format("%050d", 0) }

  assert {
    condition     = length(aws_s3_bucket.this.bucket) == 63
    error_message = "a bucket's name may have 63 characters"
  }
}

run "rejects_a_name_that_leaves_no_room_for_the_account" {
  command = plan
  variables { name = format("%051d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_name_in_capitals" {
  command = plan
  variables { name = "Acme-results" }
  expect_failures = [var.name]
}
