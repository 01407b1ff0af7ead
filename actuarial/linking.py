"""The compilation of functions that only kernels call: the kernels alone are optimized and made machine code of.

Numba optimizes every function with all that it calls, makes machine code of it, and does both again for each of its
callers: of a kernel with many parts half of the time that it takes to compile, for code that nothing runs.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class PartCompiler(Compiler):
    """The compiler of Numba, which hands over a function to link with its callers."""

    def define_pipelines(self) -> Any:
        if self.state.library is None:
            self.state.library = _Linked(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


class _Linked(JITCodeLibrary):
    """Code that is there to be linked."""

    @property
    def codegen(self) -> Any:
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing runs that would look for its environment."""

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return 0

    def _optimize_final_module(self) -> None:
        """The kernel is optimized as a whole."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True
