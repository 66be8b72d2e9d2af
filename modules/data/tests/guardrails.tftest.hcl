# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-commands"
}

run "rejects_a_name_of_two_characters" {
  command = plan
  variables { name = "ab" }
  expect_failures = [var.name]
}

run "rejects_a_name_of_256_characters" {
  command = plan
  variables { name = format("%0256d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_name_with_a_slash" {
  command = plan
  variables { name = "acme/commands" }
  expect_failures = [var.name]
}

run "rejects_an_empty_ttl_attribute" {
  command = plan
  variables { ttl_attribute = "" }
  expect_failures = [var.ttl_attribute]
}

run "rejects_a_ttl_attribute_of_256_characters" {
  command = plan
  variables { ttl_attribute = format("%0256d", 0) }
  expect_failures = [var.ttl_attribute]
}

run "rejects_the_key_as_ttl_attribute" {
  command = plan
  variables { ttl_attribute = "id" }
  expect_failures = [var.ttl_attribute]
}
