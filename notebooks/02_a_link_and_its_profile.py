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
# # A link and its profile
#
# What stands between a mast and a place decides whether it is served: the ground, the bulge of the
# earth, and how much of the first Fresnel zone they leave free. Here a hill is made up, a link is led
# over it, and the mast is raised until the link is free. On a DEM of your own the command
#
# `siting coverage profile --site SITE_ID --to LON,LAT -o link.svg`
#
# draws the same picture.
#
# 一条链路的剖面：地形、地球凸起、菲涅耳区与绕射损耗。

# %%
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio

import siting

# %% [markdown]
# What you may change: the mast's height, the radio, and where the picture goes.

# %% tags=["parameters"]
height_m = 35.0
radio = "macro_2600_64t"
picture = "outputs/link.svg"

# %% [markdown]
# ## Terrain 地形
#
# A made-up hill of 120 m on a gentle slope, cells of 30 m in UTM zone 50 N.

# %%
Path(picture).parent.mkdir(parents=True, exist_ok=True)
dem = Path(picture).with_name("made_up_dem.tif")
x, y = np.meshgrid(np.arange(200) * 30.0, np.arange(120) * 30.0)
hill_m = 120.0 * np.exp(-(((x - 3300.0) / 420.0) ** 2) - ((y - 1800.0) / 900.0) ** 2)
ground_m = 40.0 + 0.004 * x + hill_m + 3.0 * np.sin(x / 170.0) * np.cos(y / 230.0)
place = rasterio.Affine(30.0, 0.0, 650_000.0, 0.0, -30.0, 2_754_000.0)
with rasterio.open(
    dem, "w", driver="GTiff", width=200, height=120, count=1, dtype="float32",
    crs="EPSG:32650", transform=place,
) as file:  # fmt: skip
    file.write(ground_m.astype("float32"), 1)

# %% [markdown]
# ## One link 一条链路
#
# From a mast in the west to a place 4.5 km east, behind the hill.

# %%
mast = siting.Mast(lon=118.4900, lat=24.8770, height_m=height_m, name="made-up mast")
point = (118.5345, 24.8770)
link = siting.link_between(mast, point, dem=dem, radio=radio)
pd.DataFrame(siting.link_rows(link, "en"), columns=["figure", "value"])

# %%
print(link.path.sight)
assert link.path.obstructed

# %% [markdown]
# The picture is one file, .svg or .png, with nothing outside it.

# %%
siting.save_link(link, picture)

# %% [markdown]
# ## How high must the mast be? 天线要多高？
#
# The same link with higher masts: the loss over the hill falls, and when 0.6 of the first Fresnel
# zone is free nothing is lost to the ground.

# %%
heights_m = (25.0, 35.0, 50.0, 75.0, 100.0, 125.0, 150.0)
rows = []
for each_m in heights_m:
    higher = siting.Mast(lon=mast.lon, lat=mast.lat, height_m=each_m)
    found = siting.link_between(higher, point, dem=dem, radio=radio)
    rows.append(
        {
            "height_m": each_m,
            "sight": found.path.sight,
            "clearance": found.path.clearance,
            "bullington_db": found.losses.bullington_db,
            "rsrp_dbm": found.levels_dbm["median"],
        }
    )
table = pd.DataFrame(rows).set_index("height_m")
assert (table["clearance"].diff().dropna() > 0.0).all()
assert (table["bullington_db"].diff().dropna() <= 0.0).all()
table.round(1)
