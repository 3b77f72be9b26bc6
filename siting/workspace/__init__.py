"""A planner's own folder: the embedded city and a what-if, or an empty city to fill."""

from siting.workspace.empty import new_empty_workspace
from siting.workspace.own import default_layers, default_scenario, new_workspace

__all__ = ["default_layers", "default_scenario", "new_empty_workspace", "new_workspace"]
