"""From the bytes of a body to a Struct: fast when it is sound, thorough when it is not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

import msgspec

from domain.errors import Rejected, Violation
from entrypoints.reading.structure import ESCAPED_NUL, differences

MOST_VIOLATIONS = 5_000
"""A hostile body could otherwise ask for an answer hundreds of times its own size."""


Body = TypeVar("Body", bound=msgspec.Struct)
Rules = Callable[[Any, Sequence[Violation]], Iterator[Violation]]
"""What else is wrong with a plain body, given what is wrong with its structure."""


class MalformedJson(Rejected):
    code = "MALFORMED_JSON"


def no_rules(_body: Any, _found: Sequence[Violation]) -> Iterator[Violation]:
    return iter(())


def read_json(body: bytes, expected: type[Body], rules: Rules = no_rules) -> Body:
    """Raises MalformedJson, or Rejected with every violation. `rules` are asked only if the structure is wrong:
    a sound body is judged by the use case.
    """
    decoded: Body | None = None
    refusal = ""
    try:
        decoded = _decoder(expected).decode(body)
    except msgspec.ValidationError as error:
        refusal = str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error, body) from error
    # PostgreSQL stores no NUL. Spelled out it is malformed JSON; escaped it is looked for here.
    if decoded is None or ESCAPED_NUL in body:
        plain = _plain(body)
        found = list(islice(differences(plain, expected), MOST_VIOLATIONS))
        if decoded is None and not found:
            # Such as a name that is there twice, first with a wrong value and then with a right one.
            found = [Violation("", "AMBIGUOUS", refusal)]
        if found:
            raise _rejected(found, rules(plain, found))
    assert decoded is not None
    return decoded


def read_plain(values: dict[str, Any], expected: type[Body], further: Iterable[Violation] = ()) -> Body:
    """The same for a query string: text may stand for numbers. `further` is what else is wrong. Raises Rejected."""
    given = {name: value for name, value in values.items() if value is not None}
    found = [*differences(given, expected, strict=False), *further]
    if found:
        raise _rejected(found, iter(()))
    return msgspec.convert(given, expected, strict=False)


@cache
def _decoder(expected: type[Body]) -> msgspec.json.Decoder[Body]:
    return msgspec.json.Decoder(expected)


def _plain(body: bytes) -> Any:
    try:
        # Whatever it may be, a float is a value here, "1e999" too.
        return msgspec.json.Decoder(float_hook=float).decode(body)
    except msgspec.ValidationError as error:
        detail = "a number is larger than any that is taken here"
        raise Rejected("the body breaks rules; see errors", [Violation("", "RANGE", detail)]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error, body) from error


def _malformed(error: Exception, body: bytes) -> MalformedJson:
    if isinstance(error, RecursionError):
        return MalformedJson("the body is nested too deeply")
    try:
        # The decoder counts from the beginning of a text within.
        body.decode()
    except UnicodeDecodeError as wrong:
        return MalformedJson(f"the body is not UTF-8: {wrong.reason} (byte {wrong.start})")
    return MalformedJson(f"the body is not JSON: {error}")


def _rejected(found: Sequence[Violation], further: Iterator[Violation]) -> Rejected:
    violations = list(islice(chain(found, further), MOST_VIOLATIONS))
    more = len(violations) == MOST_VIOLATIONS
    detail = f"the request breaks rules; see errors{f' (the first {MOST_VIOLATIONS})' if more else ''}"
    return Rejected(detail, violations)
