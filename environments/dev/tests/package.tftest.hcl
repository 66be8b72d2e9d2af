# Which zip is deployed: any, or the one that was tested before.
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
