"""Container tasks, on ECS or as processes of the local stack."""
