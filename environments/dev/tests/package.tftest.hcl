# Which zip is deployed: any, or the one that was tested before; and what its handlers need.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project     = "acme-jobs"
  environment = "staging"
  secrets     = {}
}

run "says_which_zip_it_deploys" {
  command = plan

  assert {
    condition     = output.package_sha256 == filesha256(local.package_path)
    error_message = "the next environment asks for this hash: ${output.package_sha256}"
  }
}

run "takes_the_zip_that_is_asked_for" {
  command = plan
  variables { package_sha256 = run.says_which_zip_it_deploys.package_sha256 }

  assert {
    condition     = output.package_sha256 == var.package_sha256
    error_message = "the same bytes"
  }
}

run "rejects_another_zip" {
  command = plan
  variables { package_sha256 = sha256("another zip") }
  expect_failures = [output.package_sha256]
}

run "rejects_a_hash_in_another_form" {
  command = plan
  variables { package_sha256 = "sha256:abc" }
  expect_failures = [var.package_sha256]
}

run "rejects_a_timeout_that_a_handler_never_runs_in" {
  command = plan
  variables { worker_timeout = 6 } # generate_report needs 5 of them, and the worker one
  expect_failures = [output.package_sha256]
}

run "takes_a_timeout_that_every_handler_runs_in" {
  command = plan
  variables { worker_timeout = 7 }

  assert {
    condition     = local.least_timeouts["generate_report"] == 7 && length(local.never_run) == 0
    error_message = "five seconds for the handler, one for the worker, and a moment to begin"
  }
}

run "rejects_a_default_type_without_a_handler" {
  command = plan
  variables { default_command_type = "ehco" }
  expect_failures = [output.package_sha256]
}

run "rejects_a_route_without_a_handler" {
  command = plan
  variables {
    routes = { "POST /orders" = { type = "process_ordre" } }
  }
  expect_failures = [output.package_sha256]
}

# Commands of a type that the zip has no longer, or not yet, may be held back.
run "takes_a_paused_type_without_a_handler" {
  command = plan
  variables { paused_types = ["process_ordre"] }

  assert {
    condition     = module.worker.environment.PAUSED_TYPES == "process_ordre"
    error_message = "that is how an older worker is kept from failing them"
  }
}
