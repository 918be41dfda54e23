"""What is measured: our service, and what it is measured against, each an HTTP server in a process of its own."""
