"""What uv writes beside each distribution."""

from parity.engines.pypi.annotations import Annotation, read_annotations

TEXT = """\
# a comment at the head
left==1.0
    # via
    #   -c pins.in
    #   app
    #   Diamond
    # from http://127.0.0.1:1/simple
app==1.0
    # via -r requirements.in
    # from file:///srv/wheels
lib @ file:///srv/lib
    # via project (pyproject.toml)
plugin==2!1.0+local
    # via app[plugins]
"""


def test_parents_manifests_and_indexes_are_told_apart() -> None:
    """`# via` on one line or on several, `# from`, extras, addresses."""
    assert {
        "left": Annotation(parents=frozenset({"app", "diamond"}), requested=False, index="http://127.0.0.1:1/simple"),
        "app": Annotation(parents=frozenset(), requested=True, index="file:///srv/wheels"),
        "lib": Annotation(parents=frozenset(), requested=True, index=""),
        "plugin": Annotation(parents=frozenset({"app"}), requested=False, index=""),
    } == read_annotations(TEXT, manifests=frozenset({"-r requirements.in", "project (pyproject.toml)"}))


def test_nothing_gives_nothing() -> None:
    """An empty answer has no annotations."""
    assert {} == read_annotations("", manifests=frozenset())
