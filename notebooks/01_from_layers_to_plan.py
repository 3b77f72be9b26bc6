# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From layers to a plan
#
# The whole track a planner's data travels, one stage at a time:
#
# **layers -> demand -> candidates -> coverage -> optimise -> plan -> maps**
#
# Each stage is one function; it takes what the stage before it returned and changes nothing. First
# we walk the track by hand for one question, indoor service, then the study walks it for all
# levels, phases and edge data centres.
#
# 从图层到规划：逐步走完一遍，每一步是一个函数。

# %%
import geopandas as gpd
import numpy as np
import pandas as pd

import siting
from siting.coverage import ENVIRONMENTS, Radio, Service

# %% [markdown]
# What you may change. The embedded city takes a few minutes; a folder of your own takes its name.

# %% tags=["parameters"]
layers_directory = siting.embedded_directory()
overrides = ["demand.spacing_m=200"]
max_stations = 500
page = "outputs/maps/index.html"

# %% [markdown]
# ## Layers 图层
#
# `read_layers` reads and checks every table, projects it to one working CRS in metres, and keeps
# where each row comes from. All problems of all files are told at once.

# %%
scenario = siting.load_scenario("quanzhou", overrides=overrides)
layers = siting.read_layers(layers_directory, crs=scenario.study.crs)
layers.catalogue[["layer", "rows", "provenance", "vintage"]]

# %% [markdown]
# ## Demand 需求
#
# People live on the cells of a lattice, around their village. They are whole numbers and none is
# lost: the points add up to the census.

# %%
demand = siting.demand_points(layers, spacing_m=scenario.demand.spacing_m)
counted = layers.counties[layers.counties["in_denominator"]]
assert demand["people"].sum() == counted["population"].sum()
demand.groupby(["kind", "provenance"])[["people", "weight"]].sum()

# %% [markdown]
# ## What stands today 现有网络
#
# Without a register of sites the network is modelled, and says so in every row. A plan that rests
# on it is a quota for a township, never a pin on a map.

# %%
network = siting.existing_network(
    layers,
    demand,
    stations=scenario.network.stations,
    stations_per_site=scenario.network.stations_per_site,
)
network.groupby(["kind", "provenance"])["stations"].agg(sites="size", stations="sum")

# %% [markdown]
# ## Coverage 覆盖
#
# A radio and a service meet in one number, the *spare*: how far the level lies above the threshold
# at a place, with the probability that the service asks for. The answer is a sparse matrix, a row
# per demand point and a column per site.


# %%
def metres(points: gpd.GeoDataFrame) -> np.ndarray:
    """Return the coordinates of points in the working CRS [m]."""
    return np.column_stack([points.geometry.x, points.geometry.y])


number_of = {environment.name: number for number, environment in enumerate(ENVIRONMENTS)}
environment = demand["environment"].map(number_of).to_numpy()
indoors = Service(name="indoors", rsrp_min_dbm=-105.0, location_probability=0.9, indoor=True)
macro = Radio(
    name="macro_2600", kind="macro", carrier_ghz=2.6, eirp_per_re_dbm=38.0, base_height_m=25.0
)
micro = Radio(
    name="micro_3500", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=25.8, base_height_m=10.0
)

# %%
macros = network[network["kind"] == "macro"]
reach = siting.radio_coverage(
    metres(demand),
    metres(macros),
    demand_environment=environment,
    site_radio=np.zeros(len(macros), dtype=int),
    radios=[macro],
    service=indoors,
    spare_floor_db=0.0,
)
served = np.asarray(reach.covers.sum(axis=1)).ravel() > 0
share = np.average(served, weights=demand["weight"])
f"{share:.1%} of the weight is served indoors by the macro sites of today"

# %% [markdown]
# ## Candidates 候选站址
#
# Where could something stand for those who are not served? Hot spots of the need, parks, public
# places, and the sites that stand already. Then the rules: a candidate passes, passes on a
# condition, or is refused, and the reason stays with it.

# %%
unmet = np.where(served, 0.0, demand["weight"].to_numpy())
offered = siting.candidate_sites(layers, demand, network, unmet, seed=scenario.study.seed)
spacing_m = {name: kind.spacing_m for name, kind in scenario.sites.items()}
screened = siting.screen(offered, layers, network, rules=siting.read_rules(), spacing_m=spacing_m)
sites = screened[(screened["status"] == "candidate") & (screened["kind"] == "micro")]
screened.groupby(["kind", "build", "status"]).size().rename("candidates").to_frame()

# %% [markdown]
# ## Optimise 选址
#
# Which micro sites serve the most people that nobody serves yet? The answer comes with a bound that
# no choice whatever can beat, so the gap says how good it is proven to be.

# %%
coverage = siting.radio_coverage(
    metres(demand),
    metres(sites),
    demand_environment=environment,
    site_radio=np.zeros(len(sites), dtype=int),
    radios=[micro],
    service=indoors,
    spare_floor_db=0.0,
)
answer = siting.maximise_coverage(
    coverage.covers,
    unmet,
    stations=sites["stations"].to_numpy(),
    max_stations=max_stations,
    seed=scenario.study.seed,
)
pd.Series(
    {
        "sites": len(answer.chosen),
        "people gained": round(answer.objective),
        "no choice gains more than": round(answer.bound),
        "gap": f"{answer.gap:.3%}",
        "status": answer.status,
    },
    name="answer",
).to_frame()

# %% [markdown]
# A site that gains nothing is never chosen, even if stations are left.

# %%
chosen = sites.iloc[answer.chosen]
chosen.groupby("county_code")["stations"].agg(sites="size", stations="sum")

# %% [markdown]
# ## Plan 规划
#
# The study walks the same track for three levels (outdoors, indoors, busy hour), for the phases of
# building one inside the next, and once more for the edge data centres, with the sites as demand.
# `siting.run` is these four lines; a what-if repeats only those after what it changes.

# %%
today = siting.what_stands(scenario, layers)
question = siting.what_could_stand(scenario, layers, today)
choices = siting.choose(scenario, layers, today, question)
plan = siting.conclude(scenario, layers, today, question, choices)
pd.DataFrame(plan.figures["phases"])[["name", "stations", "sites", "objective", "bound", "gap"]]

# %% [markdown]
# How much of this rests on modelled layers, and what the plan warns of, stands first on every page.

# %%
print(f"modelled share: {plan.figures['modelled_share']:.0%}")
for warning in plan.figures["warnings"]:
    print("-", warning["en"])

# %% [markdown]
# ## One map 一张图
#
# One file, to be opened by double-click; it asks nothing of the network.

# %%
siting.save_one_map(plan, layers, page)
