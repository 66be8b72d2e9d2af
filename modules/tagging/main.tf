locals {
  own = {
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "terraform"
    Repository  = var.repository
  }
  # By these `python -m scripts.cleanup` knows what may go, and when.
  temporary = var.temporary == null ? {} : {
    CreatedAt   = var.temporary.created_at
    TtlHours    = tostring(var.temporary.ttl_hours)
    PullRequest = try(tostring(var.temporary.pull_request), null)
  }
  this = tomap(merge(
    var.additional_tags,
    { for key, value in merge(local.own, local.temporary) : key => value if value != null },
  ))
}
