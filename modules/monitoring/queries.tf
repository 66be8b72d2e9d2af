# Questions to the logs, ready in the console of Logs Insights: every file below `queries`, by the
# logs that it is put to. docs/observability.md shows the same files.

locals {
  asked = {
    all       = concat(var.log_groups.functions, var.log_groups.api)
    functions = var.log_groups.functions
    api       = var.log_groups.api
  }

  queries = merge([
    for logs, groups in local.asked : {
      for file in fileset("${path.module}/queries/${logs}", "*.txt") :
      trimsuffix(file, ".txt") => {
        text   = trimspace(file("${path.module}/queries/${logs}/${file}"))
        groups = groups
      }
    } if length(groups) > 0
  ]...)
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.queries

  name            = "${var.name}/${each.key}"
  query_string    = each.value.text
  log_group_names = each.value.groups
}
