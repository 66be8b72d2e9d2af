# The grants that this module gives out, by verb. They reach the project's own states and no other:
# bootstrap's own state lies beside them, not below them. Saved plans lie in a place of their own,
# since they expire: who may read states may read what is planned for them, and each plan is named
# by its own hash, so that whoever applies one sees if it was changed.
locals {
  arn    = aws_s3_bucket.this.arn
  states = "${local.arn}/${var.project}/*"
  locks  = "${local.arn}/${var.project}/*.tflock"
  plans  = "${local.arn}/${local.plans_prefix}${var.project}/*"

  lock_table = [
    for table in aws_dynamodb_table.lock : {
      Effect = "Allow"
      Action = [
        "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem",
      ]
      Resource = table.arn
    }
  ]

  # A plan writes nothing but its lock and itself; nobody deletes a state. Terraform looks for
  # workspaces in every init, and takes a refusal for an error.
  lock = concat([
    {
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = local.arn
      Condition = { StringLike = { "s3:prefix" = ["${var.project}/*", "env:/*"] } }
    },
    {
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource = local.locks
    },
    {
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = local.plans
    },
  ], local.lock_table)

  policies = {
    for verb, actions in { read = ["s3:GetObject"], write = ["s3:GetObject", "s3:PutObject"] } :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = actions, Resource = local.states }], local.lock,
      )
    })
  }
}
