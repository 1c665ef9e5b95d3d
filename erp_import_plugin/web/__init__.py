"""Says it to the admin: pages, forms, texts. What is decided is decided in the rooms below."""
