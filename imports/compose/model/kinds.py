"""The kinds of values that the specification's keys hold."""

from typing import Annotated, Any

from imports.compose.model import values
from imports.compose.model.decode import Leaf

Text = Annotated[str, Leaf(values.text)]
Scalar = Annotated[str, Leaf(values.scalar)]
Flag = Annotated[bool, Leaf(values.flag)]
Whole = Annotated[int, Leaf(values.whole)]
Number = Annotated[float, Leaf(values.number)]
Size = Annotated[int, Leaf(values.size)]
Seconds = Annotated[float, Leaf(values.duration)]
Words = Annotated[list[str], Leaf(values.words)]
Mode = Annotated[int, Leaf(values.mode)]
Test = Annotated[list[str], Leaf(values.test)]
Texts = list[Text]
Scalars = list[Scalar]
TextMap = dict[str, Scalar]
OptionalMap = dict[str, Scalar | None]


def external(value: Any) -> Any:
    """true, false, or the old `{name: ...}`."""
    if isinstance(value, dict):
        return str(value.get("name") or "") or True
    return values.flag(value)


External = Annotated[bool | str, Leaf(external)]
