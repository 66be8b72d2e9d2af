# Applied once for each account, by a person: what all later runs, by people or by GitHub, stand on.

# Where the states of all environments lie, this one's included.
module "state_backend" {
  source = "../../modules/state_backend"

  project           = var.project
  old_versions_days = var.old_state_versions_days
  lock_table        = var.enable_lock_table
  force_destroy     = var.force_destroy_state
}

# Who may plan and who may deploy from GitHub.
module "github" {
  source = "../../modules/github_oidc"

  project              = var.project
  repository           = var.github_repository
  branch               = var.github_branch
  environments         = var.github_environments
  preview_environments = var.github_preview_environments
  check_claims         = var.check_github_claims
  create_provider      = var.create_github_provider
  plan_reads_secrets   = var.plan_reads_secrets
  additional_grants    = var.additional_grants
  options              = var.options
  state                = module.state_backend
}
