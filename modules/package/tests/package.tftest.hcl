# Which zip is deployed: any, or the one that was tested before; and what its handlers need.
variables {
  path  = "tests/fixture/lambda.zip"
  types = ["echo"]
}

run "says_which_zip_it_is" {
  command = plan

  assert {
    condition     = output.sha256 == filesha256("tests/fixture/lambda.zip")
    error_message = "the next environment asks for this hash: ${output.sha256}"
  }
}

run "takes_the_zip_that_is_asked_for" {
  command = plan
  variables { expected_sha256 = run.says_which_zip_it_is.sha256 }

  assert {
    condition     = output.sha256 == var.expected_sha256
    error_message = "the same bytes"
  }
}

run "rejects_another_zip" {
  command = plan
  variables { expected_sha256 = sha256("another zip") }
  expect_failures = [output.sha256]
}

run "rejects_a_hash_in_another_form" {
  command = plan
  variables { expected_sha256 = "sha256:abc" }
  expect_failures = [var.expected_sha256]
}

run "rejects_a_timeout_that_a_handler_never_runs_in" {
  command = plan
  variables { worker_timeout = 6 } # generate_report needs 5 of them, and the worker one
  expect_failures = [output.sha256]
}

run "takes_a_timeout_that_every_handler_runs_in" {
  command = plan
  variables { worker_timeout = 7 }

  assert {
    condition     = output.least_timeouts["generate_report"] == 7 && length(local.never_run) == 0
    error_message = "five seconds for the handler, one for the worker, and a moment to begin"
  }
}

run "rejects_a_type_without_a_handler" {
  command = plan
  variables { types = ["echo", "process_ordre"] }
  expect_failures = [output.sha256]
}

# The functions say which command makes it.
run "checks_nothing_without_a_zip" {
  command = plan
  variables {
    path            = "tests/fixture/missing/lambda.zip"
    types           = ["process_ordre"]
    expected_sha256 = sha256("a zip")
  }

  assert {
    condition     = output.sha256 == null && length(output.least_timeouts) == 0
    error_message = "there is nothing to check"
  }
}
