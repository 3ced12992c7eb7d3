"""Steps that decide how it goes on: if, stop."""

from __future__ import annotations

from engine.automation.compiling import Compiler
from engine.automation.running import CompiledStep, Did, Ended, Run
from engine.errors import say, verbatim
from engine.metadata.model.step import If, Stop


def if_holds(step: If, compiler: Compiler) -> CompiledStep:
    """Do some steps where a condition holds, else others."""
    when = compiler.condition(step.when)
    then, otherwise = compiler.steps(step.do), compiler.steps(step.otherwise)

    def do(run: Run) -> Did:
        if when.holds(run.context()):
            return Did(said=say("It is so."), end=run.do(then))
        return Did("done" if otherwise else "skipped", say("It is not so."), end=run.do(otherwise))

    words = say("If {condition}", condition=step.when.text)
    return CompiledStep(step.address, "if", words, when.reads, do)


def stop(step: Stop, compiler: Compiler) -> CompiledStep:
    """End here; a sentence undoes everything and is shown to the person."""
    message = None if step.message is None else compiler.text(step.message)

    def do(run: Run) -> Did:
        if message is None:
            return Did(end=Ended())
        said = verbatim(message.render(run.context(), run.scene))
        return Did(said=said, end=Ended(said))

    reads = {} if message is None else message.reads
    return CompiledStep(step.address, "stop", say("Stop"), reads, do)
