"""What a conda package, version or interpreter is called on PyPI: the light route's dictionary."""
