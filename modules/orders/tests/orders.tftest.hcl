mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-orders"
}

run "keeps_orders_by_id_for_good" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.this.name == "acme-dev-orders" &&
      aws_dynamodb_table.this.hash_key == "orderId" &&
      aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    )
    error_message = "the table is on demand and keyed by order"
  }

  assert {
    condition     = length(aws_dynamodb_table.this.ttl) == 0
    error_message = "an order must not disappear with its command"
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    error_message = "the table can be restored unless somebody says otherwise"
  }

  assert {
    condition     = !output.deletion_protection
    error_message = "a trial environment can be destroyed"
  }
}

run "protects_the_table_when_asked" {
  command = plan
  variables {
    deletion_protection    = true
    point_in_time_recovery = false
  }

  assert {
    condition = (
      output.deletion_protection && !aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    )
    error_message = "the variables must reach the table"
  }
}

run "grants_one_action_on_one_table_per_verb" {
  command = plan

  assert {
    condition = jsondecode(output.policies.write).Statement == [{
      Effect   = "Allow"
      Action   = ["dynamodb:PutItem", "dynamodb:BatchWriteItem"]
      Resource = output.arn
    }]
    error_message = "write is more than putting an item: ${output.policies.write}"
  }

  assert {
    condition = jsondecode(output.policies.read).Statement == [{
      Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = output.arn
    }]
    error_message = "read is more than getting an item: ${output.policies.read}"
  }
}

run "rejects_a_name_with_a_slash" {
  command = plan
  variables { name = "acme/orders" }
  expect_failures = [var.name]
}

run "rejects_a_name_of_two_characters" {
  command = plan
  variables { name = "ab" }
  expect_failures = [var.name]
}

run "encrypts_with_a_key_of_ones_own" {
  command = plan

  variables { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }

  assert {
    condition = (
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.kms_key.arn &&
      jsondecode(output.policies.write).Statement[1] == {
        Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key.arn
      }
    )
    error_message = "the table has the key, and the worker may use it"
  }
}
