"""What packages of the tests are made of: parity's own writer, and the files of a Python package.

write_channel(folder, Package("six", "1.16.0", noarch="python", depends=["python"], files=module("six", "1.16.0")))
"""

from parity.core.conda.packages import MADE, PLACEHOLDER, File, Files, Json, Package
from parity.engines.conda.write import compressed, write_channel, write_package

__all__ = [
    "MADE",
    "PLACEHOLDER",
    "File",
    "Files",
    "Json",
    "Package",
    "compressed",
    "module",
    "write_channel",
    "write_package",
]


def module(name: str, version: str, code: str = "", *, site: str = "site-packages") -> dict[str, str]:
    """Return the files of a Python package with its dist-info, as a noarch conda package holds them.

    `site`: where they go in a package that is not noarch, `lib/python3.12/site-packages`.
    """
    stem = f"{name.replace('-', '_')}-{version}.dist-info"
    return {
        f"{site}/{name.replace('-', '_')}/__init__.py": f'__version__ = "{version}"\n{code}',
        f"{site}/{stem}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{site}/{stem}/INSTALLER": "conda\n",
    }
