# Deploys what is called `<project>-<environment>-…`, and nothing that would widen what it may do.
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  iam       = "${local.arn}:iam::${local.account}"

  # What IAM takes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  longest = 6144
  sizes = merge(
    { boundary = length(local.boundary), workload = length(local.workload) },
    { for name, policy in local.policies : name => length(policy) },
  )
  too_long = join(" ", [
    "characters, more than the ${local.longest} of an IAM policy. Shorten additional_grants, or",
    "deploy fewer environments from one account; wildcards are short",
  ])
}

resource "aws_iam_role" "this" {
  #checkov:skip=CKV_AWS_393:It takes the variable for a wildcard; the trust names exact subjects.
  name                 = "github-${var.project}-${var.name}"
  path                 = var.path
  description          = "Deploys ${var.project} (${var.name})"
  assume_role_policy   = var.trust
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 3600

  lifecycle {
    precondition {
      condition     = length(var.trust) <= 2048
      error_message = "A trust has at most 2048 characters; name fewer, for example [\"prod\"]."
    }
  }
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name        = "${var.project}-${var.name}-${each.key}"
  path        = var.path
  description = "What the role github-${var.project}-${var.name} does (${each.key})"
  policy      = each.value

  lifecycle {
    precondition {
      condition     = local.sizes[each.key] <= local.longest
      error_message = "${local.sizes[each.key]} ${local.too_long}, for example \"acm:*\"."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = aws_iam_policy.this

  role       = aws_iam_role.this.name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy" "state" {
  name   = "state"
  role   = aws_iam_role.this.id
  policy = var.state.policy
}
