# Solves an assignment with OR-Tools' min-cost flow and prints how long that took, in seconds, and what it costs.
# The file is written by ortools.rs, which says what is in it. The flow goes from the requests to a sink, by ways
# and steps, or past them where a request stays open.
import sys
import time

import numpy
from ortools.graph.python import min_cost_flow

numbers = numpy.fromfile(sys.argv[1], dtype="<u4").astype(numpy.int64)
requests, volunteers, ways, steps = numbers[:4]
columns = numpy.split(numbers[4:], numpy.cumsum([requests, ways, ways, ways, steps]))
open_costs, way_from, way_to, way_costs, step_of, step_costs = columns
sink = requests + volunteers

flow = min_cost_flow.SimpleMinCostFlow()


def join(tails, heads, costs):
    ones = numpy.ones(len(tails), dtype=numpy.int64)
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, ones, costs)


everyone = numpy.arange(requests)
join(way_from, requests + way_to, way_costs)
join(everyone, numpy.full(requests, sink), open_costs)
if len(step_costs) > 0 and step_costs.max() == 0:
    # Steps that cost nothing are one arc a volunteer: the fewer arcs, the sooner it is done.
    rooms = numpy.bincount(step_of, minlength=volunteers)
    tails = requests + numpy.arange(volunteers)
    zeros = numpy.zeros(volunteers, dtype=numpy.int64)
    flow.add_arcs_with_capacity_and_unit_cost(tails, numpy.full(volunteers, sink), rooms, zeros)
else:
    join(requests + step_of, numpy.full(steps, sink), step_costs)
flow.set_nodes_supplies(everyone, numpy.ones(requests, dtype=numpy.int64))
flow.set_nodes_supplies(numpy.array([sink]), numpy.array([-requests]))

begun = time.perf_counter()
status = flow.solve()
seconds = time.perf_counter() - begun
if status != flow.OPTIMAL:
    sys.exit(f"no optimum: {status}")
print(seconds, flow.optimal_cost())
