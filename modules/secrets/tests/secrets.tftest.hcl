mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  prefix = "/dev/acme-jobs/"
  values = {} # ephemeral: what is unset in a plan must be unset in its apply
}

run "grants_nothing_without_secrets" {
  command = plan

  assert {
    condition     = output.policies.read == null && output.arns == tomap({})
    error_message = "IAM refuses a policy without statements"
  }
}

run "makes_an_empty_shell_that_somebody_seeds" {
  command = plan

  variables {
    secrets              = { "payment/api-key" = { description = "Key of the payment API" } }
    recovery_window_days = 0
  }

  assert {
    condition     = output.names == tomap({ "payment/api-key" = "/dev/acme-jobs/payment/api-key" })
    error_message = "wrong names: ${jsonencode(output.names)}"
  }

  assert {
    condition     = aws_secretsmanager_secret.this["payment/api-key"].recovery_window_in_days == 0
    error_message = "the recovery window must reach the secret"
  }

  assert {
    condition     = length(aws_secretsmanager_secret_version.this) == 0
    error_message = "a shell has no value"
  }
}

run "writes_values_for_secrets_with_a_version_only" {
  command = plan

  variables {
    secrets = {
      ours   = { description = "Signs our links", value_version = 3 }
      theirs = { description = "Key of the payment API" }
    }
    values = { ours = "not-in-the-plan" }
  }

  assert {
    condition = { for key, version in aws_secretsmanager_secret_version.this :
      key => version.secret_string_wo_version
    } == { ours = 3 }
    error_message = "exactly the versioned secret takes a value"
  }

  assert {
    condition     = aws_secretsmanager_secret_version.this["ours"].secret_string_wo == null
    error_message = "a write-only value is never remembered"
  }
}

run "grants_reading_exactly_these_secrets" {
  command = plan

  variables { secrets = { a = { description = "A" }, b = { description = "B" } } }

  assert {
    condition = jsonencode(jsondecode(output.policies.read).Statement) == jsonencode([{
      Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = values(output.arns)
    }])
    error_message = "read is more than these secrets: ${output.policies.read}"
  }
}

run "encrypts_with_a_key_of_ones_own" {
  command = plan

  variables {
    secrets = { "api-key" = { description = "Key of an API" } }
    values  = {}
    kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
  }

  assert {
    condition = (
      aws_secretsmanager_secret.this["api-key"].kms_key_id == var.kms_key.arn &&
      jsondecode(output.policies.read).Statement[1] == {
        Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key.arn
      }
    )
    error_message = "the secret has the key, and readers may use it"
  }
}
