variables {
  project     = "acme-jobs"
  environment = "dev"
}

run "tags_with_project_environment_and_manager" {
  command = plan

  assert {
    condition = output.tags == tomap({
      Project = "acme-jobs", Environment = "dev", ManagedBy = "terraform",
    })
    error_message = "unexpected tags: ${jsonencode(output.tags)}"
  }
}

run "adds_your_tags_and_the_repository" {
  command = plan
  variables {
    repository      = "github.com/acme/jobs"
    additional_tags = { CostCentre = "4711", Empty = "" }
  }

  assert {
    condition = output.tags == tomap({
      Project    = "acme-jobs", Environment = "dev", ManagedBy = "terraform",
      Repository = "github.com/acme/jobs", CostCentre = "4711", Empty = "",
    })
    error_message = "unexpected tags: ${jsonencode(output.tags)}"
  }
}

run "says_when_a_preview_may_go" {
  command = plan
  variables {
    environment = "pr-7"
    temporary   = { created_at = "2026-11-21T10:00:00Z", pull_request = 7 }
  }

  assert {
    condition = output.tags == tomap({
      Project     = "acme-jobs", Environment = "pr-7", ManagedBy = "terraform",
      PullRequest = "7", CreatedAt = "2026-11-21T10:00:00Z", TtlHours = "72",
    })
    error_message = "unexpected tags: ${jsonencode(output.tags)}"
  }
}

run "says_when_a_test_deployment_may_go" {
  command = plan
  variables {
    environment = "test"
    temporary   = { created_at = "2026-11-21T10:00:00Z", ttl_hours = 4 }
  }

  assert {
    condition = output.tags == tomap({
      Project   = "acme-jobs", Environment = "test", ManagedBy = "terraform",
      CreatedAt = "2026-11-21T10:00:00Z", TtlHours = "4",
    })
    error_message = "unexpected tags: ${jsonencode(output.tags)}"
  }
}

run "rejects_a_preview_that_never_goes" {
  command = plan
  variables { environment = "pr-7" }
  expect_failures = [var.temporary]
}

run "rejects_production_as_something_temporary" {
  command = plan
  variables {
    environment = "prod"
    temporary   = { created_at = "2026-11-21T10:00:00Z" }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_preview_of_another_pull_request" {
  command = plan
  variables {
    environment = "pr-7"
    temporary   = { created_at = "2026-11-21T10:00:00Z", pull_request = 8 }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_preview_of_no_pull_request" {
  command = plan
  variables {
    environment = "pr-7"
    temporary   = { created_at = "2026-11-21T10:00:00Z" }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_test_deployment_of_a_pull_request" {
  command = plan
  variables {
    environment = "test"
    temporary   = { created_at = "2026-11-21T10:00:00Z", pull_request = 7 }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_time_that_is_not_utc" {
  command = plan
  variables {
    environment = "test"
    temporary   = { created_at = "2026-11-21T10:00:00+01:00" }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_day_that_does_not_exist" {
  command = plan
  variables {
    environment = "test"
    temporary   = { created_at = "2026-02-30T10:00:00Z" }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_life_of_no_hours" {
  command = plan
  variables {
    environment = "test"
    temporary   = { created_at = "2026-11-21T10:00:00Z", ttl_hours = 0 }
  }
  expect_failures = [var.temporary]
}

run "rejects_a_project_that_is_no_tag_value" {
  command = plan
  variables { project = "acme!" }
  expect_failures = [var.project]
}

run "rejects_a_repository_that_is_no_tag_value" {
  command = plan
  variables { repository = "github.com/acme/jobs?ref=main" }
  expect_failures = [var.repository]
}

run "rejects_a_key_with_a_forbidden_character" {
  command = plan
  variables { additional_tags = { "cost#centre" = "4711" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_key_of_129_characters" {
  command = plan
  variables { additional_tags = { (format("%0129d", 0)) = "x" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_value_of_257_characters" {
  command = plan
  variables { additional_tags = { Team = format("%0257d", 0) } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_key_with_the_prefix_of_aws" {
  command = plan
  variables { additional_tags = { "AWS:team" = "jobs" } }
  expect_failures = [var.additional_tags]
}

run "rejects_a_key_that_would_override_ours_in_another_case" {
  command = plan
  variables { additional_tags = { PROJECT = "other" } }
  expect_failures = [var.additional_tags]
}

run "rejects_keys_that_differ_by_case_only" {
  command = plan
  variables { additional_tags = { Team = "jobs", team = "jobs" } }
  expect_failures = [var.additional_tags]
}

run "rejects_more_tags_than_aws_takes" {
  command = plan
  variables { additional_tags = { for i in range(44) : "tag${i}" => "x" } }
  expect_failures = [var.additional_tags]
}
