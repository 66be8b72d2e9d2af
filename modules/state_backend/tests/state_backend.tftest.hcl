mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  project = "acme-jobs"
}

run "names_the_bucket_after_project_account_and_region" {
  command = plan

  assert {
    condition = output.bucket == join("", [
      "tfstate-acme-jobs-", substr(sha256("123456789012/us-east-1"), 0, 12),
    ])
    error_message = "the same in every run, and nobody else's: ${output.bucket}"
  }

  assert {
    condition     = !startswith(output.bucket, "acme-jobs-") && output.region == "us-east-1"
    error_message = "a deploying role may change what begins with its project's name"
  }
}

run "keeps_states_private_encrypted_and_versioned" {
  command = plan

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
    error_message = "states are encrypted"
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "an overwritten state can be restored"
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "DenyWithoutTls", Effect = "Deny", Principal = "*", Action = "s3:*"
      Resource  = [output.arn, "${output.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "plain HTTP is denied: ${aws_s3_bucket_policy.this.policy}"
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "states are not deleted by accident"
  }
}

run "forgets_old_versions_but_for_the_last_ten" {
  command = plan
  variables { old_versions_days = 30 }

  assert {
    condition = one(
      aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration
    ) == { noncurrent_days = 30, newer_noncurrent_versions = 10 }
    error_message = "locks leave a version in every run"
  }

  assert {
    condition = (
      one(aws_s3_bucket_lifecycle_configuration.this.rule[1].filter).prefix == "plans/" &&
      one(aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration).days == 30
    )
    error_message = "a saved plan is of no use for longer than it may wait for approval"
  }
}

run "reads_states_and_writes_locks_and_saved_plans" {
  command = plan

  assert {
    condition = jsondecode(output.policies.read).Statement == [
      {
        Effect   = "Allow", Action = ["s3:GetObject"]
        Resource = "${output.arn}/acme-jobs/*"
      },
      {
        Effect = "Allow", Action = ["s3:ListBucket"], Resource = output.arn
        Condition = {
          StringLike = { "s3:prefix" = ["acme-jobs/*", "env:/*", "plans/acme-jobs/*"] }
        }
      },
      {
        Effect   = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource = "${output.arn}/acme-jobs/*.tflock"
      },
      {
        Effect   = "Allow", Action = ["s3:GetObject", "s3:PutObject"]
        Resource = "${output.arn}/plans/acme-jobs/*"
      },
    ]
    error_message = "a plan writes nothing but its lock and itself: ${output.policies.read}"
  }
}

run "writes_states_and_deletes_none" {
  command = plan

  assert {
    condition = jsondecode(output.policies.write).Statement == concat(
      [{
        Effect   = "Allow", Action = ["s3:GetObject", "s3:PutObject"]
        Resource = "${output.arn}/acme-jobs/*"
      }],
      slice(jsondecode(output.policies.read).Statement, 1, 4),
    )
    error_message = "only locks are deleted: ${output.policies.write}"
  }
}

run "writes_states_of_previews_and_no_others" {
  command = plan

  assert {
    condition = toset(flatten([
      for it in jsondecode(output.policies.write_previews).Statement : it.Resource
      ])) == toset([
      output.arn, "${output.arn}/acme-jobs/preview/*", "${output.arn}/acme-jobs/preview/*.tflock",
    ])
    error_message = "a preview runs the code of any branch: ${output.policies.write_previews}"
  }
}

run "has_no_lock_table_until_asked" {
  command = plan

  assert {
    condition     = output.lock_table == null && length(aws_dynamodb_table.lock) == 0
    error_message = "Terraform 1.10 and newer lock by a file"
  }
}

run "makes_a_lock_table_for_old_terraform" {
  command = plan

  variables { lock_table = true }

  assert {
    condition = (
      output.lock_table == "tfstate-acme-jobs-lock" &&
      aws_dynamodb_table.lock[0].hash_key == "LockID" &&
      aws_dynamodb_table.lock[0].billing_mode == "PAY_PER_REQUEST"
    )
    error_message = "Terraform wants a table with the key LockID"
  }

  assert {
    condition = jsondecode(output.policies.read).Statement[4] == {
      Effect = "Allow"
      Action = [
        "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem",
      ]
      Resource = "arn:aws:dynamodb:us-east-1:123456789012:table/tfstate-acme-jobs-lock"
    }
    error_message = "whoever locks needs the table: ${output.policies.read}"
  }
}
