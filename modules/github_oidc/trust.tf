# Whom GitHub's tokens may turn into. Every condition is an exact value:
# https://docs.github.com/en/actions/reference/security/oidc
locals {
  audience = { "${local.issuer}:aud" = "sts.amazonaws.com" }
  branch   = "refs/heads/${var.branch}"

  # Pull requests from forks get no token at all.
  plan_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = merge(local.audience, {
          "${local.issuer}:sub" = [
            "repo:${var.repository}:pull_request",
            "repo:${var.repository}:ref:${local.branch}",
          ]
        })
      }
    }]
  })

  # A job of an environment has no branch in its subject, so the branch is a claim of its own. A
  # preview belongs to a pull request and has no branch to insist on.
  trusts = [
    for trust in [
      {
        environments = var.environments
        claims       = { "${local.issuer}:ref" = local.branch }
      },
      {
        environments = var.preview_environments
        claims       = {}
      },
    ] : trust if length(trust.environments) > 0
  ]

  apply_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for trust in local.trusts : {
        Effect    = "Allow"
        Principal = { Federated = local.provider_arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = merge(local.audience, trust.claims, {
            "${local.issuer}:sub" = [
              for name in sort(trust.environments) : "repo:${var.repository}:environment:${name}"
            ]
          })
        }
      }
    ]
  })
}
