# What authentication cannot be.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-api"
  queue = {
    url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  status_function = {
    name       = "acme-dev-status"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  cancel_function = {
    name       = "acme-dev-cancel"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  openapi_function = {
    name       = "acme-dev-openapi"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  authentication = {
    mode     = "jwt"
    issuer   = "https://id.example.com"
    audience = ["jobs"]
    scopes   = { submit = ["commands:write"], read = ["commands:read"], admin = "commands:admin" }
  }
}

run "rejects_tokens_from_nowhere" {
  command = plan
  variables {
    authentication = { mode = "jwt", audience = ["jobs"] }
  }
  expect_failures = [var.authentication]
}

run "rejects_tokens_for_nobody" {
  command = plan
  variables {
    authentication = { mode = "jwt", issuer = "https://id.example.com" }
  }
  expect_failures = [var.authentication]
}

run "rejects_tokens_over_plain_http" {
  command = plan
  variables {
    authentication = { mode = "jwt", issuer = "http://id.example.com", audience = ["jobs"] }
  }
  expect_failures = [var.authentication]
}

run "rejects_scopes_without_tokens" {
  command = plan
  variables {
    authentication = { mode = "iam", scopes = { read = ["commands:read"] } }
  }
  expect_failures = [var.authentication]
}

run "rejects_an_unknown_mode" {
  command = plan
  variables {
    authentication = { mode = "basic" }
  }
  expect_failures = [var.authentication]
}

run "rejects_owners_that_share_groups" {
  command = plan
  variables {
    queue = {
      url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue.fifo"
      policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
      fifo     = true
    }
  }
  expect_failures = [var.authentication]
}
