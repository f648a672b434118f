"""Files that hold other files: mail with attachments, and archives."""
