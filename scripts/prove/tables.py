"""Tables of the probes' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scripts.prove.scene import Scene


def created_table(scene: Scene, *keys: str, **settings: object) -> tuple[str, str]:
    """Name of a new table with the key `id`, and the ARN of its stream where it has one.

    `keys` are those of its indexes, `settings` as CreateTable takes them.
    """
    dynamodb, name = scene.client("dynamodb"), scene.run.name()

    def described() -> dict[str, Any]:
        found: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
        return found

    scene.temporary.make(
        name,
        lambda: dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for key in ("id", *keys)
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            Tags=scene.listed_tags,
            **settings,
        ),
        lambda: dynamodb.delete_table(TableName=name),
    )
    scene.ready(lambda: described()["TableStatus"] == "ACTIVE", "the table is active")
    return name, str(described().get("LatestStreamArn", ""))
