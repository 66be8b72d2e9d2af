# Drawn anew in every run and forgotten after it; written only when value_version changes.
ephemeral "aws_secretsmanager_random_password" "this" {
  password_length            = var.length
  exclude_punctuation        = !var.punctuation
  require_each_included_type = true
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:Encrypted with the account's own key for Secrets Manager.
  #checkov:skip=CKV2_AWS_57:A new value_version is the rotation.
  name                    = var.name
  description             = var.description
  recovery_window_in_days = var.recovery_window_days
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this.random_password
  secret_string_wo_version = var.value_version
}

locals {
  policies = {
    read = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = aws_secretsmanager_secret.this.arn
      }]
    })
  }
}
