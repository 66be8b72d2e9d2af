mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-commands"
}

run "keeps_commands_by_id_and_bills_by_request" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.this.name == "acme-dev-commands" &&
      aws_dynamodb_table.this.hash_key == "id" &&
      aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    )
    error_message = "the table is on demand and keyed by id"
  }

  assert {
    condition = aws_dynamodb_table.this.ttl[0].enabled && (
      aws_dynamodb_table.this.ttl[0].attribute_name == "expiresAt"
    )
    error_message = "items expire by expiresAt"
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    error_message = "the table can be restored unless somebody says otherwise"
  }
}

run "protects_the_table_when_asked" {
  command = plan
  variables {
    deletion_protection    = true
    point_in_time_recovery = false
    ttl_attribute          = "gone_at"
  }

  assert {
    condition = (
      aws_dynamodb_table.this.deletion_protection_enabled &&
      !aws_dynamodb_table.this.point_in_time_recovery[0].enabled &&
      aws_dynamodb_table.this.ttl[0].attribute_name == "gone_at" &&
      output.ttl_attribute == "gone_at"
    )
    error_message = "the variables must reach the table"
  }
}

run "finds_commands_by_status_and_time_when_asked" {
  command = plan
  variables {
    index_by_status = true
    ttl_attribute   = "gone_at"
  }

  assert {
    condition     = output.index_name == "by-status"
    error_message = "the index must be there"
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this.global_secondary_index).hash_key == "status" &&
      one(aws_dynamodb_table.this.global_secondary_index).range_key == "updatedAt"
    )
    error_message = "it finds by status, and within that by time"
  }

  # Inputs, results and errors stay out of it.
  assert {
    condition = (
      one(aws_dynamodb_table.this.global_secondary_index).projection_type == "INCLUDE" &&
      toset(one(aws_dynamodb_table.this.global_secondary_index).non_key_attributes) == toset([
        "type", "attempts", "maxAttempts", "createdAt", "leaseExpiresAt", "waitsUntil", "owner",
        "gone_at",
      ])
    )
    error_message = "it holds what a list shows, and no more"
  }
}

run "has_no_stream_unless_somebody_listens" {
  command = plan

  assert {
    condition     = !aws_dynamodb_table.this.stream_enabled && output.store.stream_arn == null
    error_message = "nobody reads it"
  }
}

run "streams_both_sides_of_a_change" {
  command = plan
  variables { stream = true }

  assert {
    condition = (
      aws_dynamodb_table.this.stream_enabled &&
      aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    )
    error_message = "only both tell whether a change was the end"
  }
}

run "grants_one_action_on_one_table_per_verb" {
  command = plan

  assert {
    condition = jsondecode(output.policies.read).Statement == [{
      Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = output.arn
    }]
    error_message = "read is more than getting an item: ${output.policies.read}"
  }

  assert {
    condition = jsondecode(output.policies.write).Statement == [{
      Effect = "Allow", Action = ["dynamodb:UpdateItem"], Resource = output.arn
    }]
    error_message = "write is more than updating an item: ${output.policies.write}"
  }
}

run "grants_inputs_apart_from_commands" {
  command = plan

  assert {
    condition = {
      for verb in ["read_input", "store_input"] :
      verb => jsondecode(output.policies[verb]).Statement
      } == {
      for verb, action in { read_input = "GetItem", store_input = "PutItem" } : verb => [{
        Effect = "Allow", Action = ["dynamodb:${action}"], Resource = output.arn
        Condition = {
          "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["input/*"] }
        }
      }]
    }
    error_message = "a put replaces a whole item, and no command may be one"
  }
}

run "has_no_index_unless_asked" {
  command = plan

  assert {
    condition     = output.index_name == null && length(aws_dynamodb_table.this.attribute) == 1
    error_message = "an index costs with every write"
  }
}

run "finds_what_was_never_queued_by_a_small_index_of_its_own" {
  command = plan

  variables { index_outbox = true }

  assert {
    condition = one([
      for index in aws_dynamodb_table.this.global_secondary_index :
      [index.name, index.hash_key, index.range_key, index.projection_type]
    ]) == ["outbox", "outbox", "outboxSince", "KEYS_ONLY"]
    error_message = "the outbox relay asks by shard and time"
  }

  assert {
    condition = jsondecode(output.policies.find_pending).Statement == [{
      Effect = "Allow", Action = ["dynamodb:Query"], Resource = "${output.arn}/index/outbox"
    }]
    error_message = "the grant is for this index only: ${output.policies.find_pending}"
  }
}

run "has_no_index_that_nobody_asked_for" {
  command = plan

  assert {
    condition     = length(aws_dynamodb_table.this.global_secondary_index) == 0
    error_message = "an index costs with every write"
  }
}

run "a_list_sees_neither_inputs_nor_results" {
  command = plan

  assert {
    condition = jsondecode(output.policies.list).Statement == [{
      Effect = "Allow", Action = ["dynamodb:Scan"], Resource = output.arn
      Condition = {
        "ForAllValues:StringEquals" = {
          "dynamodb:Attributes" = [
            "id", "type", "status", "attempts", "maxAttempts", "createdAt", "updatedAt",
            "leaseExpiresAt", "waitsUntil", "owner", "expiresAt",
          ]
        }
        StringEquals = { "dynamodb:Select" = "SPECIFIC_ATTRIBUTES" }
      }
    }]
    error_message = "wrong grant: ${output.policies.list}"
  }
}

run "a_list_asks_the_index_where_there_is_one" {
  command = plan

  variables { index_by_status = true }

  assert {
    condition = [
      for statement in jsondecode(output.policies.list).Statement :
      [statement.Action, statement.Resource]
    ] == [[["dynamodb:Query"], "${output.arn}/index/by-status"]]
    error_message = "wrong grant: ${output.policies.list}"
  }
}

run "has_no_bucket_for_results_unless_asked" {
  command = plan

  assert {
    condition = (
      output.results_bucket == null && output.policies.read_results == null &&
      output.policies.write_results == null
    )
    error_message = "without a bucket there is nothing to grant"
  }
}

run "keeps_large_results_a_day_longer_than_commands" {
  command = plan

  variables {
    retention_days = 7
    results = {
      enabled            = true
      name               = "acme-dev-results"
      cors_allow_origins = ["https://app.example.com"]
      force_destroy      = true
    }
  }

  assert {
    condition = (
      output.results_bucket == "acme-dev-results-123456789012" && output.results_force_destroy &&
      output.retention_days == 7
    )
    error_message = "the variables must reach the bucket"
  }

  assert {
    condition = [
      for verb in ["read_results", "read_states", "write_results"] :
      [for it in jsondecode(output.policies[verb]).Statement : "${it.Action[0]} ${it.Resource}"]
      ] == [
      ["s3:GetObject arn:aws:s3:::mock/*"],
      ["s3:GetObject arn:aws:s3:::mock/states/*"],
      ["s3:PutObject arn:aws:s3:::mock/*"],
    ]
    error_message = "one action each: ${jsonencode(output.policies)}"
  }
}

run "keeps_results_in_a_bucket_of_ones_own" {
  command = plan

  variables { results = { enabled = true, name = "acme-dev", bucket = { name = "shared" } } }

  assert {
    condition = (
      length(module.results) == 0 && output.results_bucket == "shared" &&
      output.store.results_bucket == "shared" && output.results_force_destroy == null
    )
    error_message = "a given bucket must be used instead of a new one"
  }

  assert {
    condition = {
      for verb in ["read_results", "read_states", "write_results"] :
      verb => one(jsondecode(output.policies[verb]).Statement)
      } == {
      read_results = {
        Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::shared/*"
      }
      read_states = {
        Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::shared/states/*"
      }
      write_results = {
        Effect = "Allow", Action = ["s3:PutObject"], Resource = "arn:aws:s3:::shared/*"
      }
    }
    error_message = "objects are written and read, and nothing else"
  }
}

run "encrypts_with_a_key_of_ones_own" {
  command = plan

  variables {
    kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    results = { enabled = true, name = "acme-dev-results" }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.server_side_encryption[0].enabled &&
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.kms_key.arn
    )
    error_message = "the table has the key"
  }

  assert {
    condition = alltrue([
      for verb, policy in output.policies :
      reverse(jsondecode(policy).Statement)[0] == {
        Effect   = "Allow"
        Action   = [verb == "write_results" ? "kms:GenerateDataKey" : "kms:Decrypt"]
        Resource = var.kms_key.arn
      }
    ])
    error_message = "every verb may use the key: ${jsonencode(output.policies)}"
  }
}

run "uses_the_key_of_a_bucket_of_ones_own" {
  command = plan

  variables {
    kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    results = { enabled = true, name = "acme-dev", bucket = { name = "shared" } }
  }

  assert {
    condition = {
      for verb in ["read", "write"] :
      verb => reverse(jsondecode(output.policies["${verb}_results"]).Statement)[0].Action
    } == { read = ["kms:Decrypt"], write = ["kms:GenerateDataKey"] }
    error_message = "objects are encrypted and decrypted"
  }
}

run "with_a_stream_what_was_never_queued_is_found_by_it_as_well" {
  command = plan

  variables {
    index_outbox = true
    stream       = true
  }

  assert {
    condition = [
      for statement in jsondecode(output.policies.find_pending).Statement : statement.Resource
    ] == ["${output.arn}/index/outbox", "${output.arn}/stream/*", "*"]
    error_message = "the grant is for the index and the stream: ${output.policies.find_pending}"
  }
}
