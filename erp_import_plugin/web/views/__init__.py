"""One module per step: from the request to the step's workflow and back to its page."""
