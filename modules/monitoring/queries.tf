# Questions to the logs, ready in the console of Logs Insights: every file below `queries`, by the
# logs that it is put to. docs/queries.md shows the same files.

locals {
  log_groups = {
    functions = concat(
      [var.worker.log_group_name], values(var.queues)[*].worker.log_group_name,
      var.api.function_log_groups,
    )
    api = compact([var.api.log_group_name])
  }

  asked = {
    all       = concat(local.log_groups.functions, local.log_groups.api)
    functions = local.log_groups.functions
    api       = local.log_groups.api
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
