# A container that functions run once for a command, on Fargate. Nothing costs while none runs.
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory_mb
  execution_role_arn       = aws_iam_role.this["execution"].arn
  task_role_arn            = aws_iam_role.this["task"].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = { arm64 = "ARM64", x86_64 = "X86_64" }[var.runtime.architecture]
  }

  container_definitions = jsonencode([{
    name                   = "task"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.id
        awslogs-stream-prefix = "task"
      }
    }
  }])

  # A task that starts without this grant could not write its log, and ECS would not start it.
  depends_on = [aws_iam_role_policy.execution]
}

data "aws_region" "current" {}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights cost per task; the commands have metrics already.
  count = var.cluster == null ? 1 : 0

  name = var.name
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The key is the environment's choice; nothing secret is logged.
  #checkov:skip=CKV_AWS_338:Retention is the environment's choice, between a day and ten years.
  name              = "/aws/ecs/${var.name}"
  retention_in_days = var.runtime.log_retention_days
  kms_key_id        = one(var.runtime.kms_key[*].arn)
}

# The execution role is ECS's, to fetch the image and to write the log. The task's own has no grant:
# it reports with its command's token.
resource "aws_iam_role" "this" {
  for_each = { execution = "Starts tasks of ${var.name}", task = "Tasks of ${var.name}" }

  name                 = "${var.name}-${each.key}"
  description          = each.value
  permissions_boundary = var.runtime.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
      }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "execution"
  role = aws_iam_role.this["execution"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      }],
      # A token for the registry has no resource.
      length(local.repositories) == 0 ? [] : [
        { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
        {
          Effect   = "Allow"
          Action   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = local.repositories
        },
      ],
    )
  })
}

locals {
  partition = data.aws_partition.current.partition

  # Of a private repository, its ARN; images of other registries are public.
  repositories = [
    for it in regexall(
      "^([0-9]{12})[.]dkr[.]ecr[.]([a-z0-9-]+)[.]amazonaws[.]com(?:[.]cn)?/([a-z0-9._/-]+)[:@]",
      var.image,
    ) : "arn:${local.partition}:ecr:${it[1]}:${it[0]}:repository/${it[2]}"
  ]

  cluster_arn = one(concat(aws_ecs_cluster.this[*].arn, var.cluster[*].arn))

  policies = {
    run = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect    = "Allow"
          Action    = ["ecs:RunTask"]
          Resource  = [aws_ecs_task_definition.this.arn]
          Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
        },
        {
          Effect   = "Allow"
          Action   = ["iam:PassRole"]
          Resource = [for name in ["execution", "task"] : aws_iam_role.this[name].arn]
          Condition = {
            StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" }
          }
        },
      ]
    })
  }
}
