locals {
  own = {
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "terraform"
    Repository  = var.repository
  }
  this = tomap(merge(
    var.additional_tags,
    { for key, value in local.own : key => value if value != null },
  ))
}
