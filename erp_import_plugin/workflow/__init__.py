"""The steps of an import, one module each. They know no Flask: the web and the command line walk the same ones."""
