"""Records of arrays that the parts of a kernel hand on by their place in memory.

A record of twenty arrays has some 140 numbers (data, shape, strides of each), which a call would copy and every part of
a kernel would hold. Behind a reference they stay where they are, and a part reads those that it uses.

Without compilation (NUMBA_DISABLE_JIT) a reference is the record itself.
"""

from typing import Any, TypeVar

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic, models, register_model

from actuarial.jit import config

R = TypeVar("R")
intrinsic: Any = extending.intrinsic


class Reference(types.Type):
    """Type of the place of a record."""

    def __init__(self, record: Any) -> None:
        self.record = record
        super().__init__(name=f"Reference({record})")


@register_model(Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, manager[kind.record].get_value_type().as_pointer())


@infer_getattr
class _Fields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, reference: Any, name: str) -> Any:  # type: ignore[override]
        record = reference.record
        return record.types[record.fields.index(name)] if name in record.fields else None


@lower_getattr_generic(Reference)
def _field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    """Read a field; it never changes, so that it may be read once before a loop that writes."""
    place = cgutils.gep_inbounds(builder, value, 0, kind.record.fields.index(name))
    loaded = builder.load(place)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def refer(record: R) -> R:
    """The place of a record, which is valid until the kernel that asks for it ends."""
    return record


if not config.DISABLE_JIT:

    @intrinsic
    def refer(typing: Any, record: Any) -> Any:
        """The place of a record, hidden from the compiler, which would else look for who writes there."""

        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            place = cgutils.alloca_once_value(builder, args[0])
            kind = ir.FunctionType(place.type, [place.type])
            hidden = ir.InlineAsm(kind, "", "=r,0,~{memory}", side_effect=True)
            return builder.call(hidden, [place])

        return Reference(record)(record), build
