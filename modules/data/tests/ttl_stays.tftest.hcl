# Records that were written with one attribute would never expire by another.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-commands"
}

run "a_table_is_made" {}

run "records_keep_the_attribute_that_they_expire_by" {
  command = plan
  variables { ttl_attribute = "gone_at" }
  expect_failures = [terraform_data.ttl_attribute]
}
