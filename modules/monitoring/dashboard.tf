# The path of a command on one page, from the API at the top to the dead-letter queue.

locals {
  # A new type of command appears by itself: the search finds whatever the worker has written.
  by_type = {
    for key, search in {
      ended    = { by = "type,outcome", name = "CommandAge", stat = "SampleCount" }
      wait     = { by = "type", name = "Wait", stat = "p95" }
      age      = { by = "type", name = "CommandAge", stat = "p95" }
      duration = { by = "type", name = "Duration", stat = "p95" }
      attempts = { by = "type", name = "Attempts", stat = "Average" }
      retries  = { by = "type", name = "Retries", stat = "Sum" }
      limited  = { by = "type", name = "Limited", stat = "Sum" }
      dead     = { by = "type", name = "DeadLetterMessages", stat = "Sum" }
      } : key => join("", [
        "SEARCH('{\"${var.metrics_namespace}\",service,${search.by}} ",
        "MetricName=\"${search.name}\" ${local.services}', '${search.stat}', 60)",
    ])
  }

  workers  = concat([var.worker.name], values(var.queues)[*].worker.name)
  quoted   = join(" OR ", formatlist("\"%s\"", local.workers))
  services = length(var.queues) == 0 ? "service=${local.quoted}" : "service=(${local.quoted})"

  # Rows of widgets, each with the names of metrics, or a search by type, and a line to watch.
  rows = concat(
    local.commands_rows,
    local.queue_rows,
    local.notification_rows,
    local.rows_of_batches,
  )

  commands_rows = [
    [
      { title = "API: requests and errors", show = ["requests", "client_errors", "server_errors"] },
      { title = "API: latency p95 (ms)", show = ["latency"], limit = local.limits.latency_ms },
      { title = "Queue: messages", show = ["sent", "waiting", "in_flight"] },
      {
        title = "Queue: age of the oldest (s)", show = ["oldest"]
        limit = local.thresholds.oldest_message_seconds
      },
    ],
    [
      { title = "Worker: runs and errors", show = ["invocations", "errors", "throttles"] },
      {
        title = "Worker: longest batch (ms)", show = ["duration"], limit = local.limits.duration_ms
      },
      {
        title = "Worker: side by side", show = ["concurrency"], limit = local.limits.concurrency
      },
      {
        title = "Table: capacity and throttles"
        show  = ["read_units", "write_units", "read_throttles", "write_throttles"]
      },
    ],
    [
      { title = "Commands ended, by type and outcome", searches = [local.by_type.ended] },
      {
        title    = "Age at start and end p95 (s), by type"
        searches = [local.by_type.wait, local.by_type.age]
        limit    = local.thresholds.command_age_seconds
      },
      { title = "Handler's duration p95 (ms), by type", searches = [local.by_type.duration] },
      { title = "Attempts per command, by type", searches = [local.by_type.attempts] },
    ],
    [
      {
        title    = "Retries, and waits for a rate, by type"
        searches = [local.by_type.retries, local.by_type.limited]
      },
      { title = "Dead-letter messages, by type", searches = [local.by_type.dead] },
      { title = "Dead-letter messages waiting", show = ["dead_letter_messages"], limit = 1 },
      { title = "Age of the oldest dead-letter message (s)", show = ["oldest_dead"] },
    ],
  ]

  graphs = flatten([
    for row, widgets in local.rows : [
      for column, widget in widgets : {
        type   = "metric"
        x      = 6 * column
        y      = 3 + 6 * row
        width  = 6
        height = 6
        properties = merge(
          {
            title   = widget.title
            region  = local.region
            view    = "timeSeries"
            stacked = false
            period  = 60
            yAxis   = { left = { min = 0 } }
            metrics = concat(
              [for search in try(widget.searches, []) : [{ expression = search, label = "" }]],
              [
                for name in try(widget.show, []) : concat(
                  [local.metrics[name].namespace, local.metrics[name].name],
                  flatten([for key, value in local.metrics[name].dimensions : [key, value]]),
                  [{
                    stat  = local.metrics[name].stat
                    label = replace(replace(name, "dead_letter", "dead-letter"), "_", " ")
                  }],
                )
              ],
            )
          },
          try({
            annotations = { horizontal = [{ label = "alarm", value = widget.limit }] }
          }, {}),
        )
      }
    ]
  ])

  alarm_arns = concat(
    [aws_cloudwatch_composite_alarm.customers_affected.arn],
    [for key in sort(keys(local.alarms)) : aws_cloudwatch_metric_alarm.this[key].arn],
  )

  last_failures = join("\n| ", [
    "SOURCE '${var.worker.log_group_name}' | fields @timestamp, command_type, error_code, attempt",
    "filter message = 'failed' or message = 'rejected'",
    "sort @timestamp desc",
    "limit 20",
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm", x = 0, y = 0, width = 24, height = 3
        properties = { title = "Alarms (${var.runbook_url})", alarms = local.alarm_arns }
      }],
      local.graphs,
      [{
        type = "log", x = 0, y = 3 + 6 * length(local.rows), width = 24, height = 6
        properties = {
          title = "Commands that failed last", region = local.region, view = "table"
          query = local.last_failures
        }
      }],
    )
  })
}
