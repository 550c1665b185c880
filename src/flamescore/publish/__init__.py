"""Run folders: written beside, put in place whole, never replaced; `latest`, the lock, the record."""
