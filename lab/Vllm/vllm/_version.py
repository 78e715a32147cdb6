__version__ = version = "0.31.0"
