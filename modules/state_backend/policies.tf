# The grants that this module gives out, by verb. They reach the project's own states and no other:
# bootstrap's own state lies beside them, not below them. Saved plans lie in a place of their own,
# since they expire: who may read states may read what is planned for them, and each plan is named
# by its own hash, so that whoever applies one sees if it was changed.
locals {
  # From names that a plan knows, so that it can tell the length of what names them.
  arn = "arn:${data.aws_partition.current.partition}:s3:::${aws_s3_bucket.this.bucket}"

  lock_tables = [
    for table in aws_dynamodb_table.lock : join(":", [
      "arn:${data.aws_partition.current.partition}:dynamodb:${data.aws_region.current.id}",
      "${data.aws_caller_identity.current.account_id}:table/${table.name}",
    ])
  ]
  lock_table = [
    for table in local.lock_tables : {
      Effect = "Allow"
      Action = [
        "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem",
      ]
      Resource = table
    }
  ]

  # Each verb on the states below a folder. Previews are deployed without a saved plan.
  read  = ["s3:GetObject"]
  write = ["s3:GetObject", "s3:PutObject"]
  grants = {
    read           = { folder = var.project, actions = local.read, plans = [var.project] }
    write          = { folder = var.project, actions = local.write, plans = [var.project] }
    write_previews = { folder = "${var.project}/preview", actions = local.write, plans = [] }
  }

  # A plan writes nothing but its lock and itself; nobody deletes a state. Terraform looks for
  # workspaces in every init, and takes a refusal for an error. Who may list what is not there is
  # told so by S3, and otherwise refused: of an expired plan, too.
  policies = {
    for verb, grant in local.grants : verb => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            Effect   = "Allow"
            Action   = grant.actions
            Resource = "${local.arn}/${grant.folder}/*"
          },
          {
            Effect   = "Allow"
            Action   = ["s3:ListBucket"]
            Resource = local.arn
            Condition = {
              StringLike = {
                "s3:prefix" = concat(
                  ["${grant.folder}/*", "env:/*"],
                  [for folder in grant.plans : "${local.plans_prefix}${folder}/*"],
                )
              }
            }
          },
          {
            Effect   = "Allow"
            Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
            Resource = "${local.arn}/${grant.folder}/*.tflock"
          },
        ],
        [
          for folder in grant.plans : {
            Effect   = "Allow"
            Action   = ["s3:GetObject", "s3:PutObject"]
            Resource = "${local.arn}/${local.plans_prefix}${folder}/*"
          }
        ],
        local.lock_table,
      )
    })
  }
}
