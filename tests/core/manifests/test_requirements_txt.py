"""Requirements files: pip's format with everything in it."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.errors import Fault, ManifestError
from parity.core.manifests.requirements_txt import RequirementsFile, parse_requirement_lines, parse_requirements
from parity.core.places import Place
from parity.core.spec import Index, WheelRequirement

SHA = "a" * 64
NAMES = st.from_regex(r"[a-z]([a-z0-9]|-[a-z0-9]){0,8}", fullmatch=True)
REQUIREMENTS = st.builds(
    WheelRequirement,
    name=NAMES,
    place=st.just(Place(file="requirements.txt", line=1)),
    extras=st.lists(NAMES, unique=True, max_size=2).map(sorted).map(tuple),
    specifier=st.sampled_from(["", "==1.0", ">=1.0", "<3,>=2", "!=1.5,~=1.2", "==1.*"]),
    marker=st.sampled_from(["", 'python_version < "3.12"', 'sys_platform == "linux" and os_name == "posix"']),
)


def parse(text: str, files: Mapping[str, str] | None = None, file: str = "requirements.txt") -> RequirementsFile:
    """Parse a file beside which others may lie."""
    return parse_requirements(text, file, read=(files or {}).get)


def texts(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """Return what a file asks for, where nothing may be wrong with it."""
    found = parse(text, files)
    assert () == found.faults
    return [wheel.to_text() for wheel in found.wheels]


def faults(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """Return where and why a file is refused."""
    return [f"{fault.place} {fault.message}" for fault in parse(text, files).faults]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy", "numpy"),
        ("NumPy == 1.26.*", "numpy==1.26.*"),
        ("Foo.Bar_baz (>=1.0)", "foo-bar-baz>=1.0"),
        ('name==1.0 ; python_version<"3"', 'name==1.0 ; python_version < "3"'),
        ("requests[socks,Security]>=2,<3", "requests[security,socks]<3,>=2"),
        ("pip @ https://host.test/pip.zip", "pip @ https://host.test/pip.zip"),
        ("git+https://host.test/a.git@v1#egg=A_b[x]&subdirectory=s", "a-b[x] @ git+https://host.test/a.git@v1#subdirectory=s"),
        ("git+ssh://git@host.test/a/b.git", "git+ssh://git@host.test/a/b.git"),
        (f"https://host.test/a-1.0.tar.gz#sha256={SHA}", f"https://host.test/a-1.0.tar.gz#sha256={SHA}"),
        ("https://${USER}:${TOKEN}@host.test/x-1-py3-none-any.whl", "x @ https://${USER}:${TOKEN}@host.test/x-1-py3-none-any.whl"),
        ("./lib", "./lib"),
        ("./lib[a, B] ; os_name == 'posix'", './lib[a,b] ; os_name == "posix"'),
        ("lib/", "./lib"),
        ("../x", "../x"),
        (".[dev]", ".[dev]"),
        ("dist/x-1.0-py3-none-any.whl", "./dist/x-1.0-py3-none-any.whl"),
        ("x-1.0.tar.gz", "./x-1.0.tar.gz"),
        ("/opt/lib", "/opt/lib"),
        ("lib @ file:///opt/my%20lib", "/opt/my lib"),
        ("lib @ file:///${HOME}/lib", "${HOME}/lib"),
        ("file:./lib#egg=x", "./lib"),
        ("-e .", "-e ."),
        ('-e ./lib[a] ; python_version < "3.12"', '-e ./lib[a] ; python_version < "3.12"'),
        ("--editable=lib", "-e ./lib"),
        ("-e 'my lib'", "-e ./my lib"),
    ],
)  # fmt: skip
def test_a_line_becomes_a_requirement(line: str, expected: str) -> None:
    """Whatever pip allows on a line is read, and said in one form."""
    assert [expected] == texts(line)


def test_names_are_known_where_the_text_tells_them() -> None:
    """A wheel's file name and `#egg=` name what they lead to; a bare folder has no name yet."""
    found = parse("./x_y-1.0-py3-none-any.whl\n-e ./lib#egg=Lib\n./other\ngit+https://host.test/a#egg=A.b")
    assert ["x-y", "lib", "", "a-b"] == [wheel.name for wheel in found.wheels]


def test_lines_are_joined_and_comments_dropped() -> None:
    """A backslash joins lines, `#` begins a comment after a blank only, and the place is that of the first line."""
    found = parse(f"\ufeff# head\n\nrequests \\\n  >=2 \\\n  --hash=sha256:{SHA}  # why\r\nx @ https://h.test/#frag\n")
    assert [("requests>=2", 3), ("x @ https://h.test/#frag", 6)] == [
        (wheel.to_text(), wheel.place.line) for wheel in found.wheels
    ]
    assert (f"sha256:{SHA}",) == found.wheels[0].hashes


def test_a_comment_ends_what_a_backslash_began() -> None:
    """Even one that itself ends with a backslash, as pip has it."""
    assert ["a", "b"] == texts("a \\\n# no, not \\\nb")


def test_options_become_indexes_and_choices() -> None:
    """Indexes get the names that the lock uses, folders are relative to the project."""
    found = parse(
        "-i https://main.test/simple\n--extra-index-url https://b.test/${X} --extra-index-url=https://c.test\n"
        "-f ./wheels\n--find-links https://d.test/links.html\n--pre\n--no-binary Foo_x,bar\n--only-binary bar\n"
    )
    assert (
        Index(name="default", url="https://main.test/simple", default=True),
        Index(name="extra-1", url="https://b.test/${X}"),
        Index(name="extra-2", url="https://c.test"),
        Index(name="find-links-1", url="./wheels", flat=True),
        Index(name="find-links-2", url="https://d.test/links.html", flat=True),
    ) == found.indexes
    assert (True, ("foo-x",), ("bar",)) == (found.prereleases, found.no_binary, found.only_binary)


def test_no_index_leaves_only_folders() -> None:
    """`--no-index` takes every index away, whatever other lines say."""
    found = parse("--no-index\n-i https://main.test\n--extra-index-url https://b.test\n-f wheels")
    assert ("", "./wheels") == tuple(index.url for index in found.indexes)
    assert found.indexes[0].default


def test_all_and_none_replace_what_was_chosen() -> None:
    """`:all:` and `:none:` begin anew, as in pip."""
    found = parse("--only-binary a\n--no-binary b,:none:,c\n--only-binary :all:\n--no-binary d")
    assert ((":all:",), ("d",)) == (found.only_binary, found.no_binary)


def test_what_parity_leaves_out_is_said() -> None:
    """Options that pip knows and parity does not follow are findings, with their place."""
    lines = "--trusted-host h\n--prefer-binary\n--require-hashes\n--use-feature x\nfoo --config-settings=a=b\n"
    found = parse(f"{lines}-e git+https://h.test/x#egg=x")
    assert () == found.faults
    assert {
        ("requirements.txt:1", "warning"),
        ("requirements.txt:2", "info"),
        ("requirements.txt:3", "info"),
        ("requirements.txt:4", "info"),
        ("requirements.txt:5", "warning"),
        ("requirements.txt:6", "info"),
    } == {(finding.subject, finding.severity) for finding in found.findings}
    assert not found.wheels[-1].editable


def test_a_second_index_replaces_the_first_aloud() -> None:
    """The last `--index-url` counts, as in pip, and the finding shows no password."""
    found = parse("-i https://me:secret@a.test\n-i https://b.test")
    assert "https://b.test" == found.indexes[0].url
    assert ["`--index-url` replaces `https://a.test`, which an earlier line gives"] == [
        finding.message for finding in found.findings
    ]


def test_included_files_are_read_where_they_stand() -> None:
    """`-r` and `-c` are relative to the file that includes them; what `-c` holds only constrains."""
    files = {"sub/base.txt": "-r more.txt\nb", "sub/more.txt": "c\n-c ../limits.txt", "limits.txt": "numpy<2"}
    found = parse("a\n-r sub/base.txt\nd", files)
    assert () == found.faults
    assert ["a", "c", "b", "d"] == [wheel.to_text() for wheel in found.wheels]
    assert ["numpy<2"] == [one.to_text() for one in found.constraints]
    assert Place(file="limits.txt", line=1) == found.constraints[0].place


def test_a_file_included_twice_is_read_once() -> None:
    """Two ways to one file are no circle and ask for nothing twice."""
    files = {"a.txt": "-r c.txt", "b.txt": "-r c.txt", "c.txt": "x"}
    assert ["x"] == texts("-r a.txt\n-r b.txt", files)


def test_a_path_means_what_it_means_to_pip() -> None:
    """Paths are read from where pip runs; where that leads to no project, from the folder of the file."""
    files = {"pyproject.toml": "", "reqs/lib/setup.py": "", "reqs/dev.txt": "-e .\n./lib"}
    assert ["-e .", "./reqs/lib"] == texts("-r reqs/dev.txt", files)


def test_every_fault_of_every_file_is_named() -> None:
    """Nothing stops at the first fault, and each has its file and line."""
    files = {"b.txt": "-r requirements.txt\na>=1.*", "c.txt": "-e .\nx[y]\n./lib"}
    assert [
        "b.txt:1 `requirements.txt` includes itself: `requirements.txt` → `b.txt` → `requirements.txt`",
        "b.txt:2 `a>=1.*` is not a requirement: .* suffix can only be used with `==` or `!=` operators",
        "c.txt:1 `-e .` has no name and cannot be a constraint",
        "c.txt:2 `x[y]` has extras and cannot be a constraint",
        "c.txt:3 `./lib` has no name and cannot be a constraint",
        "requirements.txt:3 `none.txt` does not exist",
        "requirements.txt:4 `--extra-index` is not an option of a requirements file",
        "requirements.txt:5 `--index-url` has no value",
        "requirements.txt:6 `b` stands after an option",
        "requirements.txt:7 `--hash` stands without a requirement",
        "requirements.txt:8 `md5:00` is not a hash",
        "requirements.txt:9 `s3://h/x` is not a requirement: `s3` is no kind of address parity reads",
        "requirements.txt:10 `https://h.test/r.txt` is an address, not a file of the project",
        'requirements.txt:11 `-f "x` has an open quotation',
    ] == faults(
        f"-r b.txt\n-c c.txt\n-r none.txt\n--extra-index x\n-i\n--pre b\n--hash=sha256:{SHA}\n"
        'a --hash=md5:00\ns3://h/x\n-r https://h.test/r.txt\n-f "x',
        files,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("a=1", "one version is asked for with `==`"),
        ("a==${VERSION}", "variables may stand in addresses and paths only; write the name and version out"),
        ("a>=1.*", "`.*` goes with `==` and `!=` only"),
        ("--extra-index x", "did you mean `--extra-index-url`?"),
    ],
)
def test_a_fault_says_what_to_do(line: str, hint: str) -> None:
    """The hint fits the mistake."""
    assert [hint] == [fault.hint for fault in parse(line).faults]


def test_a_fault_shows_no_password() -> None:
    """Credentials in a faulty line stay out of the message."""
    assert "secret" not in str(faults("https://me:secret@h.test/x-1.whl"))


def test_a_file_that_cannot_be_read_is_a_fault_among_others() -> None:
    """What the reader raises is collected."""
    place = Place(file="b.txt")

    def read(path: str) -> str | None:
        raise ManifestError([Fault(place=replace(place, file=path), message="unreadable")])

    found = parse_requirements("-r b.txt\na=1", "requirements.txt", read=read)
    assert ["b.txt", "requirements.txt"] == [fault.place.file for fault in found.faults]


def test_lines_of_a_list_keep_their_places() -> None:
    """A `pip:` list is read line by line, relative to the folder of its file."""
    places = [Place(file="env/environment.yml", key=f"dependencies[0].pip[{at}]") for at in range(3)]
    found = parse_requirement_lines(
        list(zip(["numpy # x", "-e ./lib", "-r r.txt"], places, strict=True)),
        read={"env/r.txt": "torch\na=1"}.get,
        base="env",
    )
    assert ["numpy", "-e ./env/lib", "torch"] == [wheel.to_text() for wheel in found.wheels]
    assert [*places[:2], Place(file="env/r.txt", line=1)] == [wheel.place for wheel in found.wheels]
    assert [Place(file="env/r.txt", line=2)] == [fault.place for fault in found.faults]


def test_the_content_knows_no_credentials() -> None:
    """A renewed token does not outdate a lock."""
    one = parse("-i https://a:b@h.test/simple\nx @ https://t@h.test/x.zip")
    assert one.content == parse("-i https://h.test/simple\nx @ https://h.test/x.zip").content


def test_the_content_knows_the_order_of_indexes() -> None:
    """Their order is their priority."""
    one = parse("--extra-index-url https://a.test\n--extra-index-url https://b.test").content
    assert one != parse("--extra-index-url https://b.test\n--extra-index-url https://a.test").content


@given(st.lists(REQUIREMENTS, max_size=6), st.randoms(use_true_random=False))
def test_content_does_not_depend_on_how_it_is_written(wheels: list[WheelRequirement], random: Random) -> None:
    """Comments, blank and joined lines, and the order of requirements change nothing."""
    lines = [wheel.to_text() for wheel in wheels]
    other = [f"{line.replace(' ', '  ')}   # why" for line in lines]
    random.shuffle(other)
    assert parse("\n".join(lines)).content == parse("# head\n\n" + "\\\n\n".join(["", *other]) + "\n").content


@given(REQUIREMENTS)
def test_a_requirement_survives_its_text(wheel: WheelRequirement) -> None:
    """Reading what was written gives the same requirement."""
    assert (wheel,) == parse(wheel.to_text()).wheels


@given(st.text() | st.lists(st.sampled_from(["-e", "-r", "-c", "-i", "--hash", " ", "\\\n", "#", ";", "[", "@", "://",
                                            "${X}", "a", "==1", ".", "/", "'", "\n", "file:", "git+https:", "]"]),
                            max_size=12).map("".join))  # fmt: skip
def test_no_text_is_too_odd(text: str) -> None:
    """Anything is parsed or refused by place; nothing is raised."""
    found = parse(text)
    assert all(fault.place.file == "requirements.txt" and fault.message for fault in found.faults)
