"""The door for browsers and scripts: uploads, cases, jobs, reports (`stanzascope serve`)."""
