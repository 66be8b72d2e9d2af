variables {
  project     = "acme-jobs"
  environment = "staging"
}

run "names_everything_after_project_and_environment" {
  command = plan

  assert {
    condition = [
      output.prefix, output.table, output.queue, output.dlq, output.worker, output.status,
      output.api, output.cancel, output.results,
      ] == [
      "acme-jobs-staging", "acme-jobs-staging-commands", "acme-jobs-staging-work-queue",
      "acme-jobs-staging-work-dlq", "acme-jobs-staging-worker", "acme-jobs-staging-status",
      "acme-jobs-staging-api", "acme-jobs-staging-cancel", "acme-jobs-staging-results",
    ]
    error_message = "names must follow <project>-<environment>-<purpose>"
  }

  assert {
    condition     = output.secret_prefix == "/staging/acme-jobs/"
    error_message = "secrets must begin with /<environment>/<project>/: ${output.secret_prefix}"
  }
}

run "names_previews_by_their_pull_request" {
  command = plan
  variables { environment = "pr-7" }

  assert {
    condition = [output.worker, output.site, output.hello, output.secret_prefix] == [
      "acme-jobs-pr-7-worker", "acme-jobs-pr-7-site", "acme-jobs-pr-7-hello", "/pr-7/acme-jobs/",
    ]
    error_message = "a preview's names hold its pull request's number"
  }
}

run "keeps_the_longest_names_within_the_limits_of_aws" {
  command = plan
  variables {
    project     = "a1234567890123456789012345678901"
    environment = "pr-999999"
  }

  # 64 for roles and functions; 63 for a bucket with an account's id in its name.
  assert {
    condition = max([
      for name in [output.worker, output.status, output.cancel, "${output.api}-send"] : length(name)
    ]...) <= 64
    error_message = "a role's name may have 64 characters"
  }

  assert {
    condition     = length("${output.results}-123456789012") <= 63
    error_message = "a bucket's name may have 63 characters"
  }
}

run "rejects_a_project_of_33_characters" {
  command = plan
  variables { project = "a12345678901234567890123456789012" }
  expect_failures = [var.project]
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

run "rejects_a_preview_without_a_number" {
  command = plan
  variables { environment = "pr-" }
  expect_failures = [var.environment]
}

run "rejects_a_pull_request_with_seven_digits" {
  command = plan
  variables { environment = "pr-1000000" }
  expect_failures = [var.environment]
}

run "rejects_an_unknown_environment" {
  command = plan
  variables { environment = "production" }
  expect_failures = [var.environment]
}

run "takes_an_environment_that_is_declared" {
  command = plan
  variables {
    environment        = "qa"
    other_environments = ["qa", "staging-eu"]
  }

  assert {
    condition     = output.table == "acme-jobs-qa-commands"
    error_message = "a declared name is as good as dev"
  }
}

run "rejects_a_declared_name_in_capitals" {
  command = plan
  variables { other_environments = ["QA"] }
  expect_failures = [var.other_environments]
}

run "rejects_a_declared_name_that_cleanup_would_delete" {
  command = plan
  variables { other_environments = ["pr-7"] }
  expect_failures = [var.other_environments]
}

run "rejects_names_that_are_too_long_together" {
  command = plan
  variables {
    project            = "a1234567890123456789012345678901"
    environment        = "staging-eu"
    other_environments = ["staging-eu"]
  }
  expect_failures = [var.environment]
}

run "production_is_called_prod_in_every_region" {
  command = plan
  variables {
    environment        = "eu-prod"
    other_environments = ["eu-prod", "qa"]
  }

  assert {
    condition     = output.production && output.secret_prefix == "/eu-prod/acme-jobs/"
    error_message = "its data is protected like that of prod"
  }
}

run "nothing_else_is_production" {
  command = plan
  variables {
    environment        = "qa"
    other_environments = ["eu-prod", "qa"]
  }

  assert {
    condition     = !output.production
    error_message = "qa can be destroyed"
  }
}

run "development_is_called_dev_in_every_copy" {
  command = plan
  variables {
    environment        = "prove-1a2b3c-dev"
    other_environments = ["prove-1a2b3c-dev"]
  }

  assert {
    condition     = output.development && !output.production
    error_message = "it may do what dev may"
  }
}

run "a_restored_table_replaces_the_one_of_commands" {
  command = plan
  variables { table_name = "acme-jobs-staging-commands-restored" }

  assert {
    condition     = output.table == "acme-jobs-staging-commands-restored"
    error_message = "unexpected: ${output.table}"
  }
}

run "rejects_a_table_that_no_role_may_use" {
  command = plan
  variables { table_name = "restored" }
  expect_failures = [var.table_name]
}
