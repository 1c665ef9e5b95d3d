"""What is measured: programs that anyone can run with public tools. ``docs/performance.md`` holds the last figures."""
