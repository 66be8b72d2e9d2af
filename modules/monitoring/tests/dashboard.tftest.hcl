mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name   = "acme-dev"
  queue  = { name = "acme-dev-work-queue", dlq_name = "acme-dev-work-dlq" }
  worker = { name = "acme-dev-worker", log_group_name = "/aws/lambda/acme-dev-worker" }
  api = {
    type = "http", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
}

run "shows_the_way_of_a_command_from_the_api_to_the_dead_letters" {
  command = plan

  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.properties.title if widget.type == "metric"
      ] == [
      "API: requests and errors", "API: latency p95 (ms)", "Queue: messages",
      "Queue: age of the oldest (s)", "Worker: runs and errors", "Worker: longest batch (ms)",
      "Worker: side by side", "Table: capacity and throttles",
      "Commands ended, by type and outcome", "Age at start and end p95 (s), by type",
      "Handler's duration p95 (ms), by type", "Attempts per command, by type",
      "Retries, and waits for a rate, by type", "Dead-letter messages, by type",
      "Dead-letter messages waiting", "Age of the oldest dead-letter message (s)",
    ]
    error_message = "in this order, on one page"
  }

  assert {
    condition = contains(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for metric in widget.properties.metrics : jsonencode(metric)
      ] if widget.type == "metric"
      ]), jsonencode([
      "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "acme-dev-work-dlq",
      { label = "dead-letter messages", stat = "Maximum" },
    ]))
    error_message = "the dead-letter messages must be those of this queue"
  }
}

run "finds_types_of_commands_that_nobody_listed" {
  command = plan

  assert {
    condition = contains(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for metric in widget.properties.metrics : try(metric[0].expression, "")
      ] if widget.type == "metric"
      ]), join("", [
      "SEARCH('{\"acme\",service,type} MetricName=\"CommandAge\" ",
      "service=\"acme-dev-worker\"', 'p95', 60)",
    ]))
    error_message = "age by type must be a search"
  }
}

run "has_all_alarms_and_no_overlap" {
  command = plan

  assert {
    condition = one([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      length(widget.properties.alarms) if widget.type == "alarm"
    ]) == 14
    error_message = "the first line must show every alarm"
  }

  assert {
    condition = length(distinct([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      [widget.x, widget.y]
    ])) == 18
    error_message = "every widget must have a place of its own"
  }

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.x + widget.width <= 24
    ])
    error_message = "the page is 24 wide"
  }
}

run "draws_where_the_alarm_rings" {
  command = plan

  variables { thresholds = { oldest_message_seconds = 42 } }

  assert {
    condition = one([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.properties.annotations.horizontal
      if widget.properties.title == "Queue: age of the oldest (s)"
    ]) == [{ label = "alarm", value = 42 }]
    error_message = "the line must be the threshold"
  }
}
