# Each run is one refusal at plan time of what IAM refuses half-way through an apply.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name               = "apply"
  path               = "/bootstrap/"
  project            = "acme-jobs"
  environments       = ["dev"]
  trust              = "{\"Statement\":[]}"
  plan_reads_secrets = false
  additional_grants  = { deploy = [], run = [] }
  state = {
    arn    = "arn:aws:s3:::tfstate"
    policy = "{\"Statement\":[]}"
  }
}

run "rejects_grants_that_do_not_fit_into_the_boundary" {
  command = plan
  variables {
    additional_grants = {
      deploy = [{ actions = [for n in range(200) : "sns:Action${n}"], resources = ["*"] }]
      run    = []
    }
  }
  expect_failures = [aws_iam_policy.boundary]
}

run "rejects_grants_that_do_not_fit_into_the_boundary_of_workloads" {
  command = plan
  variables {
    additional_grants = {
      deploy = []
      run    = [{ actions = [for n in range(400) : "sns:Action${n}"], resources = ["*"] }]
    }
  }
  expect_failures = [aws_iam_policy.workload_boundary]
}

run "rejects_more_environments_than_fit_into_a_policy" {
  command = plan
  variables {
    environments = [for n in range(9) : "environment${n}"]
  }
  expect_failures = [aws_iam_policy.this]
}

run "rejects_a_trust_that_is_too_long" {
  command = plan
  variables { trust = format("%02049d", 0) }
  expect_failures = [aws_iam_role.this]
}

run "rejects_all_keys_of_an_account" {
  command = plan
  variables { options = { kms_keys = ["arn:aws:kms:us-east-1:123456789012:key/*"] } }
  expect_failures = [var.options]
}

run "rejects_all_zones_of_an_account" {
  command = plan
  variables { options = { domain_zones = ["*"] } }
  expect_failures = [var.options]
}
