"""Folders that a file of another folder names."""

from parity.core.manifests.anchoring import anchored, anchored_settings
from parity.core.manifests.environment_yml import parse_environment
from parity.core.manifests.merge import Part, part_of
from parity.core.spec import CondaSettings, Index, Settings

TEXT = """
channels: [./here, ../up, conda-forge, ~/mine, file:///there]
dependencies: ["./here::one", conda-forge::two, "packages/noarch/three-1-0.conda"]
"""


def part() -> Part:
    """Return what the file says as it is written."""
    return part_of("environment.yml", parse_environment(TEXT, "environment.yml", read=lambda _: None))


def test_what_is_relative_becomes_absolute() -> None:
    """Channels, those of single packages, and files of packages; nothing else is touched."""
    found = anchored(part(), "/home/you/project")
    wanted = ("/home/you/project/here", "/home/you/up", "conda-forge", "~/mine", "file:///there")
    assert wanted == found.channels
    assert ["/home/you/project/here", "conda-forge", ""] == [each.channel for each in found.conda]
    assert "/home/you/project/packages/noarch/three-1-0.conda" == dict(found.conda[2].others)["url"]
    assert part().content == found.content


def test_a_project_keeps_what_it_says() -> None:
    """Its own paths are relative to it on every machine."""
    assert part() == anchored(part(), "") == anchored(part(), "sub/folder")


def test_settings_name_folders_too() -> None:
    """Indexes and mirrors."""
    mirrors = {"conda-forge": ("./mirror", "https://mirror.example")}
    settings = Settings(
        indexes=(Index(name="flat", url="wheels", flat=True), Index(name="far", url="https://index.example")),
        conda=CondaSettings(mirrors=mirrors),
    )
    found = anchored_settings(settings, "/home/you")
    assert ["/home/you/wheels", "https://index.example"] == [index.url for index in found.indexes]
    assert {"conda-forge": ("/home/you/mirror", "https://mirror.example")} == found.conda.mirrors
    assert settings == anchored_settings(settings, "")
