"""Which operations a SavedModel may have: those that the training job writes, in this release and in earlier ones.

TensorFlow has others that read and write files, call Python or load libraries, and a SavedModel may name any.
"""

from collections.abc import Iterator
from typing import Any

from registry.errors import StoreError

# Held against what training/publishing/export.py writes for every kind of feature and every activation.
COMPUTING = frozenset(
    """
    AddV2 All Any ArgMax Assert BatchMatMulV2 BiasAdd BroadcastTo Cast ConcatV2 Const Equal GatherV2 Greater
    GreaterEqual HashTableV2 Identity IsNan LeakyRelu Less LessEqual Log LogicalAnd LogicalOr LookupTableFindV2
    LookupTableImportV2 MatMul Maximum Mean Minimum Mul Neg NoOp Pack Pow ReadVariableOp RealDiv Relu Reshape SelectV2
    Shape Sigmoid Sqrt StatefulPartitionedCall StridedSlice Sub Tanh Transpose
    """.split()
)
# Of the two functions by which other programs restore and save the variables, and of the graph that calls them. Nothing
# here does; in a function that is run, they could read and write any file.
SAVING = frozenset(
    """
    AssignVariableOp DisableCopyOnRead MergeV2Checkpoints Placeholder RestoreV2 SaveV2 Select ShardedFilename
    StaticRegexFullMatch StringJoin VarHandleOp VarIsInitializedOp
    """.split()
)
# Kinds of object, and what those that have classes call theirs. A resource is made while loading: a table of texts that
# is filled from constants in the graph, by functions of the above. A file, which is an asset, fills none.
OBJECTS = frozenset(
    """
    _generic_user_object bare_concrete_function constant function resource signature_map tf.StaticHashTable
    tf.TrackableConstant trackable_list_wrapper variable
    """.split()
)
_MOST_NAMED = 5


def check_operations(saved_model: Any) -> None:
    """Refuse a SavedModel that could do more than compute, before it is loaded.

    Args:
        saved_model: TensorFlow's protocol buffer.

    Raises:
        ValueError: It is not one graph with its objects.
        StoreError: It has what no training job writes.
    """
    graphs = saved_model.meta_graphs
    if len(graphs) != 1 or not graphs[0].HasField("object_graph_def"):  # else it is loaded, and run, as of TensorFlow 1
        raise ValueError("saved_model.pb is not one graph with its objects")
    graph, objects = graphs[0].graph_def, graphs[0].object_graph_def
    functions = {function.signature.name: function for function in graph.library.function}
    pending, run = [*objects.concrete_functions, *(of.gradient_func for of in graph.library.gradient)], set[str]()
    for an_object in objects.nodes:  # signatures among them, whatever the list of functions says
        pending += [an_object.bare_concrete_function.concrete_function_name, *an_object.function.concrete_functions]
    while pending:
        name = pending.pop()
        if name in functions and name not in run:
            run.add(name)
            pending += [called for node in functions[name].node_def for called in _called(node)]
    found = {kind for an_object in objects.nodes for kind in _kinds(an_object)} - OBJECTS
    found |= {node.op for node in graph.node} - COMPUTING - SAVING
    for function in graph.library.function:
        # What is not run is looked at while loading all the same, and constants in it are computed.
        allowed = COMPUTING if function.signature.name in run else COMPUTING | SAVING
        found |= {node.op for node in function.node_def} - allowed
    if found:
        named = ", ".join(repr(name[:50]) for name in sorted(found)[:_MOST_NAMED])
        raise StoreError(f"saved_model.pb has what no training job writes: {named}")


def _called(node: Any) -> Iterator[str]:
    """The functions that a node may call."""
    for value in node.attr.values():
        yield value.func.name
        yield from (function.name for function in value.list.func)


def _kinds(node: Any) -> Iterator[str]:
    """What an object is, and the classes that would make, save or restore it."""
    kind: str = node.WhichOneof("kind") or ""
    yield node.user_object.identifier if kind == "user_object" else kind
    yield from filter(None, [node.registered_name, node.registered_saver, *sorted(node.saveable_objects)])
