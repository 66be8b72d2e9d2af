mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  sender   = "orders@example.com"
  identity = "example.com"
}

run "verifies_a_domain_by_its_dns" {
  command = plan

  assert {
    condition     = aws_sesv2_email_identity.this[0].email_identity == "example.com"
    error_message = "the domain is what SES verifies"
  }
}

run "verifies_an_address_by_a_link" {
  command = plan

  variables { identity = "orders@example.com" }

  assert {
    condition = (
      aws_sesv2_email_identity.this[0].email_identity == "orders@example.com" &&
      length(output.dkim_records) == 0
    )
    error_message = "an address needs no DNS"
  }
}

run "grants_sending_from_one_sender" {
  command = plan

  assert {
    condition = jsondecode(output.policies.send).Statement == [{
      Effect    = "Allow"
      Action    = ["ses:SendEmail"]
      Resource  = [output.arn]
      Condition = { StringEquals = { "ses:FromAddress" = "orders@example.com" } }
    }]
    error_message = "send is more than mail from this sender: ${output.policies.send}"
  }
}

run "uses_an_identity_that_another_environment_owns" {
  command = plan

  variables { create = false }

  assert {
    condition = (
      length(aws_sesv2_email_identity.this) == 0 && length(output.dkim_records) == 0 &&
      output.arn == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    )
    error_message = "to destroy this environment must not un-verify another's sender"
  }

  assert {
    condition = jsondecode(output.policies.send).Statement[0].Resource == [
      "arn:aws:ses:us-east-1:123456789012:identity/example.com",
    ]
    error_message = "mail from the same identity: ${output.policies.send}"
  }
}

run "rejects_a_sender_with_a_name" {
  command = plan
  variables {
    sender   = "Orders <orders@example.com>"
    identity = "example.com>"
  }
  expect_failures = [var.sender]
}

run "rejects_another_domain" {
  command = plan
  variables { identity = "example.org" }
  expect_failures = [var.identity]
}

run "rejects_another_address" {
  command = plan
  variables { identity = "billing@example.com" }
  expect_failures = [var.identity]
}
