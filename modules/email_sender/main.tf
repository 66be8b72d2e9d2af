# For an address SES sends a link to it; for a domain it wants records in DNS. An account has one in
# a region, so only one environment can own it.
resource "aws_sesv2_email_identity" "this" {
  count = var.create ? 1 : 0

  email_identity = var.identity
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  arn = var.create ? aws_sesv2_email_identity.this[0].arn : join(":", [
    "arn:${data.aws_partition.current.partition}:ses:${data.aws_region.current.id}",
    "${data.aws_caller_identity.current.account_id}:identity/${var.identity}",
  ])
  domain = var.identity != var.sender

  # SES makes the keys and rotates them itself; these name them.
  tokens = flatten([
    for key in flatten(aws_sesv2_email_identity.this[*].dkim_signing_attributes) :
    coalesce(key.tokens, [])
  ])

  # One sender, whatever else the identity may stand for.
  policies = {
    send = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = ["ses:SendEmail"]
        Resource  = [local.arn]
        Condition = { StringEquals = { "ses:FromAddress" = var.sender } }
      }]
    })
  }
}
