mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-results"
}

run "keeps_results_private_and_encrypted" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.bucket == "acme-dev-results-123456789012"
    error_message = "the name ends in the account's id: ${aws_s3_bucket.this.bucket}"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "nobody but the account's own roles may read"
  }

  assert {
    condition = one(one(
      aws_s3_bucket_server_side_encryption_configuration.this.rule
    ).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "objects are encrypted"
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "DenyWithoutTls", Effect = "Deny", Principal = "*", Action = "s3:*"
      Resource  = [output.arn, "${output.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "plain HTTP is denied: ${aws_s3_bucket_policy.this.policy}"
  }
}

run "expires_results_a_day_after_their_commands" {
  command = plan
  variables { retention_days = 90 }

  assert {
    condition = (
      one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).days == 91 &&
      one(aws_s3_bucket_lifecycle_configuration.this.rule).status == "Enabled"
    )
    error_message = "no command may outlive its result"
  }
}

run "is_destroyed_with_its_results_only_when_asked" {
  command = plan

  assert {
    condition     = !output.force_destroy
    error_message = "results are not deleted by accident"
  }
}

run "grants_one_action_on_objects_per_verb" {
  command = plan

  assert {
    condition = jsondecode(output.policies.read).Statement == [{
      Effect = "Allow", Action = ["s3:GetObject"], Resource = "${output.arn}/*"
    }]
    error_message = "read is more than getting an object: ${output.policies.read}"
  }

  assert {
    condition = jsondecode(output.policies.write).Statement == [{
      Effect = "Allow", Action = ["s3:PutObject"], Resource = "${output.arn}/*"
    }]
    error_message = "write is more than putting an object: ${output.policies.write}"
  }

  assert {
    condition = jsondecode(output.policies.read_states).Statement == [{
      Effect = "Allow", Action = ["s3:GetObject"], Resource = "${output.arn}/states/*"
    }]
    error_message = "states are no results: ${output.policies.read_states}"
  }
}

run "lets_no_web_page_read_by_default" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0
    error_message = "CORS is off until somebody names an origin"
  }
}

run "lets_named_pages_read_and_no_more" {
  command = plan
  variables { cors_allow_origins = ["https://app.example.com"] }

  assert {
    condition = (
      one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_methods == toset(["GET"]) &&
      one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins ==
      toset(["https://app.example.com"])
    )
    error_message = "a page reads results and writes none"
  }
}

run "encrypts_with_a_key_of_ones_own" {
  command = plan

  variables { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      rule.bucket_key_enabled &&
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" &&
      rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key.arn
    ])
    error_message = "objects are encrypted with the key, at one call for many"
  }

  assert {
    condition = [
      for verb in ["read", "read_states", "write"] :
      reverse(jsondecode(output.policies[verb]).Statement)[0]
      ] == [
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key.arn },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key.arn },
      { Effect = "Allow", Action = ["kms:GenerateDataKey"], Resource = var.kms_key.arn },
    ]
    error_message = "readers decrypt, and writers encrypt"
  }
}
