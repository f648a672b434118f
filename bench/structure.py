"""How entangled a package is: the layers of its imports, and their arrows.

Run: ``python -m bench.structure [PACKAGE] [--tree FOLDER]``. An arrow is one module of the package
that imports another (of the same package, ``__init__`` included; imports in functions count, those
for type checkers too). The layers are the modules of the longest chain of imports. The second row
is the same with each subpackage taken as one module: what stands in the rooms of the package.
"""

import argparse
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import grimp

__all__ = ["Structure", "structure"]

ROOT = Path(__file__).resolve().parent.parent


class Structure(NamedTuple):
    """The nodes of a graph of imports, those on its longest chain, and its edges."""

    nodes: int
    layers: int
    arrows: int


def main() -> None:
    """Print a row for the modules and one for the subpackages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", nargs="?", default="qa")
    parser.add_argument("--tree", type=Path, default=ROOT, help="another copy of the source")
    options = parser.parse_args()
    for name, found in structure(options.tree, options.package).items():
        print(
            f"{options.package}, {name}: {found.nodes} nodes, {found.layers} layers, "
            f"{found.arrows} arrows"
        )


def structure(tree: Path, package: str) -> dict[str, Structure]:
    """Return how entangled a package is, by module and with each subpackage as one.

    Args:
        tree: the folder that holds the package; nothing in it is run.
        package: its name.
    """
    sys.path.insert(0, str(tree.resolve()))
    try:
        graph = grimp.build_graph(package, cache_dir=None)
    finally:
        sys.path.pop(0)
    modules = _measure(graph)
    for child in graph.find_children(package):
        if graph.find_children(child):
            graph.squash_module(child)
    return {"modules": modules, "subpackages as one": _measure(graph)}


def _layers(imported: dict[str, set[str]]) -> int:
    """Return the number of nodes of the longest chain.

    Args:
        imported: for each node those that it imports.

    Raises:
        CycleError: imports run in a circle.
    """
    depth: dict[str, int] = {}
    for node in TopologicalSorter(imported).static_order():
        depth[node] = 1 + max((depth[other] for other in imported[node]), default=0)
    return max(depth.values(), default=0)


def _measure(graph: grimp.ImportGraph) -> Structure:
    """Return the nodes, layers and arrows of a graph."""
    imported = {
        name: graph.find_modules_directly_imported_by(name) - {name} for name in graph.modules
    }
    return Structure(len(imported), _layers(imported), sum(map(len, imported.values())))


if __name__ == "__main__":
    main()
