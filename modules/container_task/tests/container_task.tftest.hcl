mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name  = "acme-dev-task"
  image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/acme-task:1.4.0"
  vpc   = { subnet_ids = ["subnet-1a", "subnet-2b"], security_group_ids = ["sg-3c"] }
}

run "defines_a_task_for_fargate" {
  command = plan

  assert {
    condition = (
      aws_ecs_task_definition.this.network_mode == "awsvpc" &&
      aws_ecs_task_definition.this.requires_compatibilities == toset(["FARGATE"]) &&
      aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "ARM64"
    )
    error_message = "Fargate wants a network of its own, and the processor of the image"
  }

  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions) == [{
      name                   = "task"
      image                  = var.image
      essential              = true
      readonlyRootFilesystem = true
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = "/aws/ecs/acme-dev-task"
          awslogs-region        = "us-east-1"
          awslogs-stream-prefix = "task"
        }
      }
    }]
    error_message = "no token and no input may stand in the definition"
  }
}

run "grants_one_task_and_its_two_roles" {
  command = plan

  assert {
    condition = jsondecode(output.policies.run).Statement == [
      {
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = [aws_ecs_task_definition.this.arn]
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this[0].arn } }
      },
      {
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [aws_iam_role.this["execution"].arn, aws_iam_role.this["task"].arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
    error_message = "run is more than this task: ${output.policies.run}"
  }

  assert {
    condition = output.environment == {
      TASK_CLUSTER         = aws_ecs_cluster.this[0].arn
      TASK_DEFINITION      = aws_ecs_task_definition.this.arn
      TASK_SUBNETS         = "subnet-1a,subnet-2b"
      TASK_SECURITY_GROUPS = "sg-3c"
      TASK_PUBLIC_IP       = "false"
    }
    error_message = "unexpected: ${jsonencode(output.environment)}"
  }
}

run "fetches_from_one_repository" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.execution.policy).Statement == [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      },
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = ["arn:aws:ecr:eu-west-1:123456789012:repository/team/acme-task"]
      },
    ]
    error_message = "unexpected: ${aws_iam_role_policy.execution.policy}"
  }
}

run "a_public_image_needs_no_grant" {
  command = plan

  variables { image = "public.ecr.aws/acme/task:1.4.0" }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.execution.policy).Statement) == 1
    error_message = "only the log: ${aws_iam_role_policy.execution.policy}"
  }
}

run "roles_are_ecs_s_and_bounded" {
  command = plan

  variables {
    runtime = {
      architecture         = "x86_64"
      permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    }
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.this :
      role.permissions_boundary == var.runtime.permissions_boundary &&
      jsondecode(role.assume_role_policy).Statement == [{
        Effect    = "Allow"
        Principal = { Service = "ecs-tasks.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
      }]
    ]) && aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "X86_64"
    error_message = "a role without the boundary cannot be made by GitHub's roles"
  }
}

run "uses_a_cluster_that_there_is" {
  command = plan

  variables { cluster = { arn = "arn:aws:ecs:us-east-1:123456789012:cluster/shared" } }

  assert {
    condition = (
      length(aws_ecs_cluster.this) == 0 &&
      output.environment.TASK_CLUSTER == "arn:aws:ecs:us-east-1:123456789012:cluster/shared"
    )
    error_message = "no second cluster"
  }
}

run "takes_the_largest_task" {
  command = plan
  variables {
    cpu       = 4096
    memory_mb = 30720
  }
}

run "rejects_a_pair_that_fargate_does_not_have" {
  command = plan
  variables {
    cpu       = 1024
    memory_mb = 1024
  }
  expect_failures = [var.memory_mb]
}

run "rejects_an_image_without_a_tag" {
  command = plan
  variables { image = "public.ecr.aws/acme/task" }
  expect_failures = [var.image]
}

run "rejects_the_latest_image" {
  command = plan
  variables { image = "public.ecr.aws/acme/task:latest" }
  expect_failures = [var.image]
}

run "rejects_a_task_without_a_network" {
  command = plan
  variables { vpc = { subnet_ids = [], security_group_ids = ["sg-3c"] } }
  expect_failures = [var.vpc]
}

run "rejects_a_name_that_is_too_long_for_its_roles" {
  command = plan
  variables { name = "a123456789012345678901234567890123456789012345678901234" }
  expect_failures = [var.name]
}

run "rejects_a_processor_that_fargate_does_not_have" {
  command = plan
  variables { cpu = 300 }
  expect_failures = [var.cpu]
}
