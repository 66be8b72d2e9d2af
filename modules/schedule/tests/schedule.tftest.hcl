mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-outbox-relay"
  function = {
    name = "acme-dev-outbox-relay"
    arn  = "arn:aws:lambda:us-east-1:123456789012:function:acme-dev-outbox-relay"
  }
}

run "calls_the_function_every_five_minutes" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_event_rule.this.schedule_expression == "rate(5 minutes)" &&
      aws_cloudwatch_event_target.this.rule == "acme-dev-outbox-relay" &&
      aws_cloudwatch_event_target.this.arn == var.function.arn
    )
    error_message = "the rule must call the function"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.retry_policy[0].maximum_retry_attempts == 0
    error_message = "a call that failed is not repeated"
  }
}

run "lets_only_this_rule_invoke_the_function" {
  command = plan

  assert {
    condition = (
      aws_lambda_permission.this.source_arn == aws_cloudwatch_event_rule.this.arn &&
      aws_lambda_permission.this.principal == "events.amazonaws.com" &&
      aws_lambda_permission.this.function_name == "acme-dev-outbox-relay"
    )
    error_message = "wrong source: ${aws_lambda_permission.this.source_arn}"
  }
}

run "says_minute_where_there_is_one" {
  command = plan
  variables { every_minutes = 1 }

  assert {
    condition     = aws_cloudwatch_event_rule.this.schedule_expression == "rate(1 minute)"
    error_message = "EventBridge refuses \"1 minutes\""
  }
}

run "rejects_half_a_minute" {
  command = plan
  variables { every_minutes = 0.5 }
  expect_failures = [var.every_minutes]
}

run "rejects_a_name_with_a_slash" {
  command = plan
  variables { name = "acme/outbox-relay" }
  expect_failures = [var.name]
}
