mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name   = "acme-pr-7-site"
  folder = "./tests/page"
  values = { name = "Ada" }
}

run "rejects_a_folder_without_an_error_page" {
  command = plan
  variables { folder = "./tests/incomplete" }
  expect_failures = [var.folder]
}

run "rejects_files_that_no_page_needs" {
  command = plan
  variables { folder = "./tests/unknown" }
  expect_failures = [var.folder]
}

run "rejects_a_certificate_of_another_region" {
  command = plan
  variables {
    domain = {
      name            = "app.example.com"
      certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222"
    }
  }
  expect_failures = [var.domain]
}

run "rejects_a_name_with_a_path" {
  command = plan
  variables {
    domain = {
      name            = "app.example.com/page"
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222"
    }
  }
  expect_failures = [var.domain]
}

run "rejects_an_unknown_price_class" {
  command = plan
  variables { price_class = "PriceClass_300" }
  expect_failures = [var.price_class]
}

run "rejects_a_name_in_capitals" {
  command = plan
  variables { name = "Acme" }
  expect_failures = [var.name]
}
