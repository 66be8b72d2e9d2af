data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  prefix    = "${var.project}-"
  arn       = "arn:${local.partition}"
  anything  = ["*"]

  # What stands below this path is out of the deploying role's reach, whatever a project is called:
  # its own patterns end at the first slash.
  path = "/bootstrap/"
  iam  = "${local.arn}:iam::${local.account}"

  # AWS's own name for its token service, which GitHub is asked to name, too.
  client_id = "sts.${data.aws_partition.current.dns_suffix}"
  issuer    = "token.actions.githubusercontent.com"
  # By the provider's own URL, so that no role comes before the provider that it trusts.
  provider_arn = "${local.iam}:oidc-provider/${trimprefix(
    try(aws_iam_openid_connect_provider.github[0].url, local.issuer), "https://",
  )}"

  deployers = {
    for name, it in {
      apply = {
        environments = var.environments
        trust        = local.deploy_trust.apply
        state        = var.state.policies.write
      }
      # A preview runs the code of any branch, so it reaches nothing but previews.
      preview = {
        environments = local.has_previews ? toset(["pr-*"]) : toset([])
        trust        = local.deploy_trust.preview
        state        = var.state.policies.write_previews
      }
    } : name => it if length(it.environments) > 0
  }
}

# One for each account; AWS checks GitHub's certificate by its own list of authorities.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = [local.client_id]
}

# Looks and changes nothing but the lock: for pull requests and for drift on the branch.
resource "aws_iam_role" "plan" {
  #checkov:skip=CKV_AWS_393:It takes the variable for a wildcard; variables.tf wants exact names.
  name                 = "github-${var.project}-plan"
  path                 = local.path
  description          = "Plans ${var.project} for ${var.repository}"
  assume_role_policy   = local.plan_trust
  max_session_duration = 3600
}

# The plan role looks at what is deployed from the branch; without that, at previews.
resource "aws_iam_role_policy" "plan" {
  for_each = {
    look  = values(module.deploy)[0].policies.look
    state = var.state.policies.read
  }

  name   = each.key
  role   = aws_iam_role.plan.id
  policy = each.value
}

# Shorter than what a deploy role has of the same options, whose size module deploy_role checks.
resource "aws_iam_policy" "plan" {
  for_each = { for name, it in values(module.deploy)[0].policies : name => it if name != "look" }

  name        = "${var.project}-plan-${replace(each.key, "_", "-")}"
  path        = local.path
  description = "What the role github-${var.project}-plan looks at (${each.key})"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = aws_iam_policy.plan

  role       = aws_iam_role.plan.name
  policy_arn = each.value.arn
}

# One role for what comes from the branch, and one for what comes from any.
module "deploy" {
  source   = "../deploy_role"
  for_each = local.deployers

  name               = each.key
  path               = local.path
  project            = var.project
  environments       = each.value.environments
  trust              = each.value.trust
  state              = { arn = var.state.arn, policy = each.value.state }
  plan_reads_secrets = var.plan_reads_secrets
  additional_grants  = var.additional_grants
  options            = each.key == "preview" ? null : var.options
}
