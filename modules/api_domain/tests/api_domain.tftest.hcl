mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "api.example.com"
  api  = { id = "a1b2c3", stage_name = "$default" }
  zone = { id = "Z012345" }
}

run "proves_its_certificate_in_the_zone" {
  command = plan

  assert {
    condition = (
      aws_acm_certificate.this[0].domain_name == "api.example.com" &&
      aws_route53_record.proof[0].zone_id == "Z012345" &&
      aws_route53_record.proof[0].type == "CNAME"
    )
    error_message = "a new certificate is validated by DNS"
  }

  assert {
    condition = (
      aws_apigatewayv2_domain_name.this.domain_name_configuration[0].security_policy == "TLS_1_2"
    )
    error_message = "nothing older than TLS 1.2"
  }

  assert {
    condition = (
      aws_apigatewayv2_api_mapping.this.api_id == "a1b2c3" &&
      aws_apigatewayv2_api_mapping.this.stage == "$default" &&
      aws_apigatewayv2_api_mapping.this.api_mapping_key == null &&
      length(aws_route53_record.this) == 1 && output.url == "https://api.example.com"
    )
    error_message = "the whole host is the API"
  }
}

run "takes_a_certificate_and_leaves_dns_alone" {
  command = plan

  variables {
    certificate = { arn = "arn:aws:acm:us-east-1:123456789012:certificate/own" }
    zone        = null
  }

  assert {
    condition = (
      length(aws_acm_certificate.this) + length(aws_route53_record.proof) +
      length(aws_acm_certificate_validation.this) + length(aws_route53_record.this) == 0 &&
      aws_apigatewayv2_domain_name.this.domain_name_configuration[0].certificate_arn
      == var.certificate.arn
    )
    error_message = "what exists is used, and nothing else is made"
  }
}

run "rejects_a_new_certificate_that_nobody_can_prove" {
  command = plan
  variables { zone = null }
  expect_failures = [var.zone]
}

run "rejects_a_url" {
  command = plan
  variables { name = "https://api.example.com" }
  expect_failures = [var.name]
}

run "rejects_a_name_that_no_certificate_takes" {
  command = plan
  variables { name = "${join("", [for _ in range(60) : "a"])}.example.com" }
  expect_failures = [var.name]
}

run "rejects_a_certificate_of_another_service" {
  command = plan
  variables { certificate = { arn = "arn:aws:iam::123456789012:server-certificate/own" } }
  expect_failures = [var.certificate]
}
