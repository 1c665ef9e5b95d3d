"""What is kept: the plugin's own tables, and the ready adapter over a host's."""
