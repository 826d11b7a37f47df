"""From X, W and D to the dense kernel."""

import numpy as np

from ours import Network, Ours

from . import Task, timed, times_cosines

SIZES = [(8000, 90, 90), (4000, 64, 64)]


def kernel(network):
    """The formula as one writes it."""
    x, f = network.x, network.features()
    return (x @ x.T / x.shape[1]) * (f @ f.T / f.shape[1])


def into(network, gram, features):
    """The best case: no memory is taken, and factors instead of products are scaled."""
    x, f = network.x, network.features()
    x = x / np.sqrt(x.shape[1])
    f /= np.sqrt(f.shape[1])
    np.matmul(x, x.T, out=gram)
    np.matmul(f, f.T, out=features)
    return np.multiply(gram, features, out=gram)


def vectors(kernel):
    """Three rows, the diagonal, and a product in which every entry has a part."""
    n = len(kernel)
    rows = [kernel[i].copy() for i in (0, n // 2, n - 1)]
    return [*rows, kernel.diagonal().copy(), times_cosines(kernel)]


def tasks(ours):
    # NumPy asks the system for huge pages; the allocator of the C library does when told to.
    with Ours(GLIBC_TUNABLES="glibc.malloc.hugetlb=1") as huge:
        yield from sizes(ours, huge)


def sizes(ours, huge):
    for n, d, p in SIZES:
        network = Network(n, d, p)
        ours.load(network)
        huge.load(network)
        buffers = np.zeros((n, n)), np.zeros((n, n))
        contestants = {
            "ntk-spectrum, fresh memory": lambda: ours.ask("dense fresh"),
            "ntk-spectrum, fresh memory in huge pages": lambda: huge.ask("dense fresh"),
            "ntk-spectrum, used memory": lambda: ours.ask("dense reused"),
            "NumPy": timed(lambda: kernel(network), vectors),
            "NumPy, `out=`": timed(lambda: into(network, *buffers), vectors),
        }
        title, flops = f"Dense kernel, n = {n}, d = {d}, p = {p}", n**2 * (d + p)
        note = "From X, W and D; rates count n²(d + p) operations. Huge pages by the environment "
        note += "variable `GLIBC_TUNABLES=glibc.malloc.hugetlb=1` (NumPy asks for them itself)."
        yield Task(title, contestants, 11, note, flops)
