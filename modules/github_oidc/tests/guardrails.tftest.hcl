# Each run is one refusal at plan time that would otherwise open the account.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project      = "acme-jobs"
  repository   = "acme/jobs"
  environments = ["prod"]
  state = {
    arn = "arn:aws:s3:::tfstate"
    policies = {
      read           = "{\"Statement\":[]}"
      write          = "{\"Statement\":[]}"
      write_previews = "{\"Statement\":[]}"
    }
  }
}

run "rejects_a_project_in_capitals" {
  command = plan
  variables { project = "Acme" }
  expect_failures = [var.project]
}

run "rejects_a_repository_with_a_wildcard" {
  command = plan
  variables { repository = "acme/*" }
  expect_failures = [var.repository]
}

run "rejects_a_repository_with_half_of_its_ids" {
  command = plan
  variables { repository = "acme@12/jobs" }
  expect_failures = [var.repository]
}

run "rejects_a_branch_with_a_wildcard" {
  command = plan
  variables { branch = "release/*" }
  expect_failures = [var.branch]
}

run "rejects_a_branch_that_is_a_ref" {
  command = plan
  variables { branch = "refs/heads/main" }
  expect_failures = [var.branch]
}

run "rejects_an_environment_with_a_wildcard" {
  command = plan
  variables { environments = ["*"] }
  expect_failures = [var.environments]
}

run "rejects_an_environment_that_no_resource_can_be_called_after" {
  command = plan
  variables { environments = ["Production"] }
  expect_failures = [var.environments]
}

run "rejects_a_preview_environment_with_a_colon" {
  command = plan
  variables { preview_environments = ["preview:x"] }
  expect_failures = [var.preview_environments]
}

run "rejects_an_environment_that_is_a_preview_too" {
  command = plan
  variables { preview_environments = ["prod"] }
  expect_failures = [var.preview_environments]
}

run "rejects_that_nobody_may_deploy" {
  command = plan
  variables { environments = [] }
  expect_failures = [var.preview_environments]
}

run "rejects_grants_of_iam" {
  command = plan
  variables {
    additional_grants = { deploy = [{ actions = ["iam:CreateUser"], resources = ["*"] }] }
  }
  expect_failures = [var.additional_grants]
}

run "rejects_grants_of_everything" {
  command = plan
  variables {
    additional_grants = { run = [{ actions = ["*"], resources = ["*"] }] }
  }
  expect_failures = [var.additional_grants]
}
