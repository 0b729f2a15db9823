"""`[tool.parity.conda]`."""

import pytest

from parity.core.manifests.pyproject_toml import Pyproject, parse_pyproject


def parse(text: str) -> Pyproject:
    """Return what a `pyproject.toml` with this table says."""
    return parse_pyproject(f"[tool.parity.conda]\n{text}\n", read=lambda _: None)


def test_packages_and_channels_are_asked_for() -> None:
    """As in an `environment.yml`; a request for Python counts as one."""
    found = parse('channels = ["conda-forge", "pytorch"]\ndependencies = ["python=3.12", "pytorch::pytorch >=2"]')
    assert () == found.faults
    assert ("conda-forge", "pytorch") == found.channels
    assert ['python[version="3.12.*"]', 'pytorch::pytorch[version=">=2"]'] == [each.to_text() for each in found.conda]
    assert ["3.12"] == [request.text for request in found.python]
    assert ("tool.parity", "tool.parity.conda") == found.tables


def test_settings_ask_for_nothing() -> None:
    """Where channels are, their priority, scripts: no manifest yet."""
    found = parse(
        'channel-priority = "disabled"\nchannel-alias = "https://a.example/"\nlink-scripts = ["B", "a"]\n'
        'mirrors = { conda-forge = "https://m.example", pytorch = ["https://x.example", "../mirror"] }'
    )
    settings = found.settings.conda
    assert () == found.faults
    assert ("tool.parity",) == found.tables
    assert ("disabled", "https://a.example", ("a", "b")) == (
        settings.channel_priority,
        settings.channel_alias,
        settings.link_scripts,
    )
    mirrors = {"conda-forge": ("https://m.example",), "pytorch": ("https://x.example", "../mirror")}
    assert mirrors == settings.mirrors


def test_where_channels_are_decides_nothing_that_is_locked() -> None:
    """Alias and mirrors are no content; priority and scripts are."""
    plain = parse('channels = ["a"]')
    assert plain.settings_content == parse('channels = ["a"]\nchannel-alias = "https://a.example"').settings_content
    assert plain.settings_content != parse('channels = ["a"]\nchannel-priority = "disabled"').settings_content
    assert plain.content != parse('channels = ["b"]').content
    assert plain.content == parse('channels = ["a"]  # a comment').content


def test_a_password_in_a_channel_is_no_content() -> None:
    """Two users with different ones have the same lock."""
    first, second = (parse(f'channels = ["https://u:{word}@host.example/t/{word}/c/"]') for word in ("one", "two"))
    assert first.content == second.content


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('channel-priority = "flexible"', "channel-priority", "`flexible` is not offered"),
        ('channel-priority = "lax"', "channel-priority", "`lax` is not a value"),
        ('channel-alias = "conda-forge"', "channel-alias", "is no address"),
        ('channels = "conda-forge"', "channels", "must be a list"),
        ("dependencies = [3]", "dependencies[0]", "a string was expected"),
        ('dependencies = ["a", "numpy >="]', "dependencies[1]", "numpy"),
        ("mirrors = { conda-forge = 3 }", "mirrors.conda-forge", "must be a list"),
        ('chanels = ["a"]', "chanels", "is not a key"),
    ],
)
def test_what_is_wrong_has_a_place(text: str, key: str, said: str) -> None:
    """Each fault says where and why, and what to write."""
    (fault,) = parse(text).faults
    assert f"tool.parity.conda.{key}" == fault.place.key
    assert said in fault.message
    assert fault.hint
