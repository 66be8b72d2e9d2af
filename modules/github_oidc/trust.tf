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
  deploy_trust = {
    for name, it in {
      apply = {
        environments = var.environments
        claims       = { "${local.issuer}:ref" = local.branch }
      }
      preview = { environments = var.preview_environments, claims = {} }
    } :
    name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Federated = local.provider_arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = merge(local.audience, it.claims, {
            "${local.issuer}:sub" = [
              for environment in sort(it.environments) :
              "repo:${var.repository}:environment:${environment}"
            ]
          })
        }
      }]
    })
  }
}
