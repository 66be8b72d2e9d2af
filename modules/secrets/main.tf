# Terraform makes the shells. Values come from outside its state: an ephemeral variable (flow A)
# or an engineer at a prompt (flow B, `python -m scripts.secrets seed`).
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:The key is the environment's choice; one of its own costs money.
  #checkov:skip=CKV2_AWS_57:Rotation needs a function that knows the third party.
  for_each = var.secrets

  name                    = "${var.prefix}${each.key}"
  description             = each.value.description
  recovery_window_in_days = var.recovery_window_days
  kms_key_id              = one(var.kms_key[*].arn)
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = {
    for purpose, secret in var.secrets : purpose => secret if secret.value_version != null
  }

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = var.values[each.key]
  secret_string_wo_version = each.value.value_version
}

locals {
  arns  = tomap({ for purpose, secret in aws_secretsmanager_secret.this : purpose => secret.arn })
  names = tomap({ for purpose, secret in aws_secretsmanager_secret.this : purpose => secret.name })

  # IAM refuses a policy without statements, so without secrets there is no policy.
  policies = {
    read = length(var.secrets) == 0 ? null : jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = values(local.arns)
        }],
        [
          for key in var.kms_key[*] :
          { Effect = "Allow", Action = ["kms:Decrypt"], Resource = key.arn }
        ],
      )
    })
  }
}
