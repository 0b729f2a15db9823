"""MatchSpec: every spelling of one wish is one requirement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.errors import ManifestError
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place

PLACE = Place(file="environment.yml", key="dependencies[0]", line=3)


def canonical(text: str) -> str:
    """Return the canonical text of a MatchSpec."""
    return parse_match_spec(text, PLACE).to_text()


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        ("numpy", ["numpy", " numpy ", "NumPy", "numpy *", "numpy=*", "numpy[]", "numpy # a remark"]),
        ('numpy[version="1.26.*"]', ["numpy=1.26", "numpy =1.26", "numpy=1.26.*", "numpy==1.26.*", "numpy 1.26*"]),
        ('numpy[version="==1.26"]', ["numpy==1.26", "numpy ==1.26", "numpy 1.26", 'numpy[version="1.26"]']),
        (
            'n[version=">=1.2,<2"]',
            ["n>=1.2,<2", "n >= 1.2, < 2", "n <2,>=1.2", "n  >=1.2 ,<2", "n[version='<2,>=1.2']"],
        ),
        ('n[version="==1.2|==1.3"]', ["n 1.2|1.3", "n 1.3 | 1.2", "n ==1.2|==1.3"]),
        ('n[version="1.2.*|==1.3"]', ["n=1.2|1.3", "n 1.2.*|1.3"]),
        ('n[version="==1.2", build="py_0"]', ["n=1.2=py_0", "n==1.2=py_0", "n 1.2 py_0", "n=1.2 py_0"]),
        ('n[version="1.2.*", build="py_0"]', ["n=1.2.*=py_0", "n 1.2.* py_0", "n[version='=1.2', build=py_0]"]),
        ('n[version=">=3.8", build="lgpl_*"]', ["n>=3.8 lgpl_*", "n >=3.8=lgpl_*", "n >= 3.8   lgpl_*"]),
        ('n[build="py_0"]', ["n * py_0", "n=*=py_0", "n[build=py_0]"]),
        ('c/linux-64::n[version="1.2.*"]', ["c/linux-64::n=1.2", "c::n[subdir=linux-64, version='=1.2']"]),
        ("a/label/dev::n", ["a/label/dev::n", "other::n[channel=a/label/dev]"]),
        ('n[version="==1.9"]', ["n==1.8[version=1.9]"]),
        ('n[version=">3,<=4|>=1,<3"]', ["n (>=1,<3)|(>3,<=4)", "n >=1,<3|<=4,>3"]),
        ('n[version=">=1,<2|>=1,>3"]', ["n >=1,(<2|>3)"]),
        ('n[version=">1.2"]', ["n>1.2.*"]),
        ('n[version="1.*.3"]', ["n 1.*.3"]),
        ('n[build_number=">=2", license="MIT"]', ["n[license=MIT,build_number='>= 2']"]),
    ],
)
def test_equal_meaning_gives_equal_text(expected: str, texts: list[str]) -> None:
    """Spellings that conda treats alike end in one text."""
    assert [expected] * len(texts) == [canonical(text) for text in texts]


def test_fuzzy_exact_and_bounded_stay_apart() -> None:
    """`=1.26`, `==1.26` and `>=1.26` are three wishes."""
    assert 3 == len({canonical("n=1.26"), canonical("n==1.26"), canonical("n>=1.26")})


def test_file_address_gives_name_version_and_build() -> None:
    """The name of a package file says what it is; a digest behind `#` is kept."""
    found = parse_match_spec(f"https://example.org/c/linux-64/a-b-1.0-py_0.conda#{'ab' * 16}", PLACE)

    assert ("a-b", "==1.0", "py_0") == (found.name, found.version, found.build)
    expected = (("md5", "ab" * 16), ("url", "https://example.org/c/linux-64/a-b-1.0-py_0.conda"))
    assert expected == found.others


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no package"),
        (">=1.2", "no package"),
        ("num*", "no single package"),
        ("numpy[", "not closed"),
        ("numpy[foo=1]", "`foo` is no key"),
        ("numpy[md5=12]", "no MD5"),
        ("numpy[build_number=x]", "no build number"),
        ("numpy[version=1, version=2]", "given twice"),
        ("numpy[version='']", "no usable value"),
        ("numpy[version=1.26,<2]", "`<2` is no `key=value`"),
        ("inference-schema[numpy]==1.3", "behind the brackets"),
        ("uvicorn[standard]", "no `key=value`"),
        ("numpy >=1.2 <2", "no condition"),
        ("numpy >=", "no condition"),
        ("numpy >=1.2,", "a version is missing"),
        ("numpy (>=1.2", "not closed"),
        ("numpy >=1.2)", "should end"),
        ("numpy ~=1.2.*", "takes none"),
        ("numpy=1.26=py_0=x", "no version"),
        ("numpy @ git+https://example.org/n", "no address"),
        ("numpy " + "(" * 50 + "1" + ")" * 50, "too deep"),
        ("numpy " + ",".join(f"(<{n}|>{n}5)" for n in range(9)), "too many alternatives"),
        ("https://example.org/numpy.conda", "name-version-build"),
        ("https://example.org/n-1-0.conda#zz", "neither an MD5 nor"),
    ],
)
def test_what_is_no_match_spec_is_refused_with_its_place(text: str, reason: str) -> None:
    """The fault names the place and what is wrong."""
    with pytest.raises(ManifestError) as caught:
        parse_match_spec(text, PLACE)

    (fault,) = caught.value.faults
    assert PLACE == fault.place
    assert reason in fault.message


@given(st.text(alphabet="ab1.2*=<>!~|,() []'\":#/_-^$é", max_size=24))
def test_any_text_parses_or_is_refused(text: str) -> None:
    """Nothing but ManifestError ever leaves, and what parses reads its own text as the same."""
    try:
        found = parse_match_spec(text, PLACE)
    except ManifestError:
        return
    assert found == parse_match_spec(found.to_text(), PLACE)


VERSIONS = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}", fullmatch=True)
CLAUSES = st.builds("{}{}".format, st.sampled_from(["", "=", "==", "!=", "<", "<=", ">", ">=", "~="]), VERSIONS)


@given(st.lists(st.lists(CLAUSES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_order_and_spaces_do_not_matter(alternatives: list[list[str]]) -> None:
    """Clauses and alternatives may stand in any order, with any spaces."""
    text = "|".join(",".join(clauses) for clauses in alternatives)
    turned = " | ".join(" , ".join(reversed(clauses)) for clauses in reversed(alternatives))
    # in the form without brackets `=1.2` alone is settled by the whole text, so compare inside brackets
    assert canonical(f'n[version="{text}"]') == canonical(f'n[version="{turned}"]')
