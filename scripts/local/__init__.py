"""Commands about the local stack: up and down, the demo, previews and the dashboard."""
