"""DynamoDB: what its time to live writes into a stream."""
