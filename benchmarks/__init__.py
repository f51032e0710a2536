"""What certlife costs, beside what nobody could do without: `python -m benchmarks`."""
