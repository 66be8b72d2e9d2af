data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  prefix    = "${var.project}-"

  # What stands below this path is out of the deploying role's reach, whatever a project is called:
  # its own patterns end at the first slash.
  path = "/bootstrap/"
  iam  = "arn:${local.partition}:iam::${local.account}"

  issuer       = "token.actions.githubusercontent.com"
  provider_arn = "${local.iam}:oidc-provider/${local.issuer}"
}

# One for each account; AWS checks GitHub's certificate by its own list of authorities.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

# Looks and changes nothing but the lock: for pull requests and for drift on the branch.
resource "aws_iam_role" "plan" {
  #checkov:skip=CKV_AWS_393:It takes the variable for a wildcard; variables.tf wants exact names.
  name                 = "github-${var.project}-plan"
  path                 = local.path
  description          = "Plans ${var.project} for ${var.repository}"
  assume_role_policy   = local.plan_trust
  max_session_duration = 3600

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "plan" {
  for_each = { look = local.policies.look, state = var.state.policies.read }

  name   = each.key
  role   = aws_iam_role.plan.id
  policy = each.value
}

# Deploys: what is called `<project>-…`, and nothing that would widen what it may do.
resource "aws_iam_role" "apply" {
  name                 = "github-${var.project}-apply"
  path                 = local.path
  description          = "Deploys ${var.project} for ${var.repository}"
  assume_role_policy   = local.apply_trust
  permissions_boundary = aws_iam_policy.apply_boundary.arn
  max_session_duration = 3600

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "apply" {
  for_each = {
    services = local.policies.services
    roles    = local.policies.roles
    state    = var.state.policies.write
  }

  name   = each.key
  role   = aws_iam_role.apply.id
  policy = each.value
}
