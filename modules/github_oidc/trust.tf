# Whom GitHub's tokens may turn into. Every condition is an exact value:
# https://docs.github.com/en/actions/reference/security/oidc
locals {
  audience = { "${local.issuer}:aud" = local.client_id }
  branch   = "refs/heads/${var.branch}"

  # The workflow's file is no condition: a pull request may change it.
  checks_claims = coalesce(var.check_claims, local.partition == "aws")
  repository_id = one(regex("^(?:[^@]+@[0-9]+/[^@]+@([0-9]+)|[^@]+)$", var.repository))
  from_repository = merge(
    local.audience,
    local.checks_claims && local.repository_id != null
    ? { "${local.issuer}:repository_id" = local.repository_id } : {},
  )

  # Pull requests from forks get no token at all.
  plan_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = merge(local.from_repository, {
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
        claims       = local.checks_claims ? { "${local.issuer}:ref" = local.branch } : {}
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
          StringEquals = merge(local.from_repository, it.claims, {
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
