"""The engine `litert`: the network compiled for LiteRT, which needs no TensorFlow."""

import queue

import numpy as np

from registry.contract.litert import make_interpreter
from service.engines.engine import Answers


class LiteRTEngine:
    """The network compiled for LiteRT; an interpreter for each thread that is at work at once."""

    def __init__(self, content: bytes) -> None:
        """Load a model.

        Args:
            content: The bytes of `model.tflite`.

        Raises:
            ValueError: They are no model, or one with another signature.
        """
        self._content = content
        self._idle: queue.SimpleQueue[_Interpreter] = queue.SimpleQueue()
        self._idle.put(_Interpreter(content))

    def __call__(self, matrix: np.ndarray) -> Answers:
        """Run the network; see `Engine`."""
        try:
            interpreter = self._idle.get_nowait()
        except queue.Empty:
            interpreter = _Interpreter(self._content)
        try:
            return interpreter(matrix)
        finally:
            self._idle.put(interpreter)


class _Interpreter:
    """One LiteRT interpreter, allocated for the batch size that it saw last. Not for two threads at once."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = make_interpreter(content)
        signature = self._interpreter.get_signature_runner()
        inputs, outputs = signature.get_input_details(), signature.get_output_details()
        if inputs.keys() != {"encoded"} or not {"probability"} <= outputs.keys() <= {"probability", "spread"}:
            raise ValueError("model.tflite must take encoded and give probability, and may give spread")
        self._input, self._probability = inputs["encoded"]["index"], outputs["probability"]["index"]
        self._spread = outputs["spread"]["index"] if "spread" in outputs else None
        self._shape: tuple[int, ...] = ()

    def __call__(self, matrix: np.ndarray) -> Answers:
        if matrix.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, matrix.shape)
            self._interpreter.allocate_tensors()
            self._shape = matrix.shape
        self._interpreter.set_tensor(self._input, matrix)
        self._interpreter.invoke()
        get = self._interpreter.get_tensor
        return Answers(get(self._probability), None if self._spread is None else get(self._spread))
