"""What is known of cases, files and jobs, in SQLite or PostgreSQL."""
