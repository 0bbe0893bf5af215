"""The command line: one file per command, and the one error boundary (`main`)."""
