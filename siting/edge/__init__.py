"""The second lap: sites become demand, equipment rooms become sites."""

from siting.edge.lap import EdgePlan, edge_plan
from siting.edge.latency import Latency
from siting.edge.rooms import require_places

__all__ = ["EdgePlan", "Latency", "edge_plan", "require_places"]
