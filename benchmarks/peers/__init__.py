"""What Frontdesk is measured against. Never imported by anything: each file is started as a process of its own."""
