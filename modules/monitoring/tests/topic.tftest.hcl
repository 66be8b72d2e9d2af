mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name   = "acme-dev"
  queue  = { name = "acme-dev-work-queue", dlq_name = "acme-dev-work-dlq" }
  worker = { name = "acme-dev-worker", log_group_name = "/aws/lambda/acme-dev-worker" }
  api = {
    type = "http", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
}

run "encrypts_with_a_key_that_cloudwatch_may_use" {
  command = plan

  assert {
    condition = (
      aws_sns_topic.this[0].kms_master_key_id == aws_kms_key.this[0].arn &&
      aws_kms_key.this[0].enable_key_rotation
    )
    error_message = "the topic must be encrypted with the module's own key"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this[0].policy).Statement : statement
      if try(statement.Principal.Service, "") == "cloudwatch.amazonaws.com"
      ] == [{
        Sid       = "AllowAlarmsToPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "without it no alarm is ever heard: ${aws_kms_key.this[0].policy}"
  }
}

run "takes_a_key_of_ones_own" {
  command = plan

  variables { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }

  assert {
    condition = (
      length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 &&
      aws_sns_topic.this[0].kms_master_key_id == var.kms_key.arn
    )
    error_message = "a given key must be used instead of a new one"
  }
}

run "lets_only_alarms_of_this_environment_publish" {
  command = plan

  assert {
    condition = jsondecode(aws_sns_topic.this[0].policy).Statement == [
      {
        Sid       = "AllowAlarmsOfThisEnvironment"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:us-east-1:123456789012:acme-dev-alarms"
        Condition = {
          StringEquals = { "aws:SourceAccount" = "123456789012" }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:acme-dev-*"
          }
        }
      },
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:us-east-1:123456789012:acme-dev-alarms"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
    error_message = "wrong policy: ${aws_sns_topic.this[0].policy}"
  }
}

run "notifies_people_and_machines" {
  command = plan

  variables {
    subscriptions = {
      emails   = ["ops@example.com"]
      webhooks = ["https://events.example.com/integration/1/enqueue"]
    }
  }

  assert {
    condition = {
      for endpoint, subscription in aws_sns_topic_subscription.this :
      endpoint => [subscription.protocol, subscription.endpoint_auto_confirms]
      } == {
      "ops@example.com"                                  = ["email", false]
      "https://events.example.com/integration/1/enqueue" = ["https", true]
    }
    error_message = "one subscription each"
  }
}

run "rings_at_a_topic_of_ones_own" {
  command = plan

  variables { topic = { arn = "arn:aws:sns:us-east-1:123456789012:on-call" } }

  assert {
    condition = (
      length(aws_sns_topic.this) + length(aws_kms_key.this) + length(aws_kms_alias.this) == 0 &&
      output.topic_arn == var.topic.arn && alltrue([
        for alarm in values(aws_cloudwatch_metric_alarm.this) :
        alarm.alarm_actions == toset([var.topic.arn]) && alarm.ok_actions == toset([var.topic.arn])
      ]) &&
      aws_cloudwatch_composite_alarm.customers_affected.alarm_actions == toset([var.topic.arn])
    )
    error_message = "a given topic must be used instead of a new one"
  }
}
