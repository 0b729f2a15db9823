"""What the benchmarks install: real projects' packages, a few and many."""

TEN = ["requests", "click", "jinja2", "packaging"]

# resolves to about 150 distributions
MANY = [
    "jupyterlab",
    "pandas",
    "scikit-learn",
    "matplotlib",
    "seaborn",
    "sqlalchemy",
    "fastapi",
    "uvicorn",
    "django",
    "boto3",
    "pytest",
    "sympy",
    "networkx",
    "dask",
    "bokeh",
    "pyarrow",
]
