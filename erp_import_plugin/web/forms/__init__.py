"""What a step's page sends, read into the values its workflow takes."""
