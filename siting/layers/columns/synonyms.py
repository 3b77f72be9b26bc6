"""The words by which site registers, 工参 tables, drive tests and gazetteers head our columns.

A key is one of our columns, or `table.column` where a word means something only in that table.
`NAMES` are headers that mean the column; `FALLBACKS` are read as it only where none of those is
there, and a note says so. Case, blanks, brackets, `_`, `-` and `/` do not count
(siting.layers.columns.headers); units and datums are taken off before a header is looked up.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from siting.layers.columns.headers import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_LON = (
    "经度", "lon", "lng", "long", "longitude", "东经", "经度坐标", "站址经度", "基站经度", "站点经度",
    "小区经度", "中心经度", "天线经度", "扇区经度", "物理站经度", "铁塔经度", "机房经度", "规划经度",
    "经度值", "jd", "jingdu", "site longitude", "cell longitude", "gps lon", "gps longitude",
    "采样点经度", "测试经度", "地理经度", "村委会经度", "设计经度", "实际经度",
)  # fmt: skip
_NOT_BUILT = ("设计", "规划")
NAMES: Mapping[str, tuple[str, ...]] = {
    # where
    "lon": tuple(word for word in _LON if not word.startswith(_NOT_BUILT)),
    "lat": (
        *(
            word.replace("经", "纬").replace("东纬", "北纬")
            for word in _LON
            if "经" in word and not word.startswith(_NOT_BUILT)
        ),
        "lat", "latitude", "维度", "wd", "weidu", "site latitude", "cell latitude", "gps lat",
        "gps latitude",
    ),
    "x": (
        "x", "x坐标", "坐标x", "东坐标", "东向坐标", "横坐标", "easting", "东距", "x值", "point x",
        "coord x", "x coord", "x coordinate", "pos x", "东坐标y", "东", "东y", "y东", "横坐标y",
    ),
    "y": (
        "y", "y坐标", "坐标y", "北坐标", "北向坐标", "纵坐标", "northing", "北距", "y值", "point y",
        "coord y", "y coord", "y coordinate", "pos y", "北坐标x", "北", "北x", "x北", "纵坐标x",
    ),
    "coordinates": (
        "坐标", "经纬度", "坐标经纬度", "位置坐标", "地理坐标", "gps坐标", "gps", "coordinates",
        "coordinate", "lonlat", "lnglat", "latlon", "latlng", "经度纬度", "经纬度坐标", "站址坐标",
        "基站坐标", "站点坐标", "location coordinates",
    ),
    # what every place has
    "id": ("编号", "编码", "序列号", "标识", "fid", "objectid", "gid", "osm id", "项目编号", "唯一标识"),
    "name": ("名称", "名字", "全称"),
    "name_en": ("英文名", "英文名称", "english name", "name en", "英文"),
    "kind": ("类型", "类别", "种类", "性质", "category", "class", "type"),
    "note": ("备注", "说明", "remark", "remarks", "comment", "comments", "注释"),
    "source": ("数据来源", "来源", "资料来源", "data source"),
    "vintage": ("数据时间", "数据年份", "数据日期", "数据截止日期", "统计年份", "年份"),
    "provenance": ("可信度", "来源类别"),
    "clause": ("条款", "依据条款"),
    "radius_km": ("半径",),
    "population": (
        "人口", "常住人口", "总人口", "人口数", "常住人口数", "人口数量", "pop", "residents", "总人口数",
        "人数",
    ),
    "county_code": ("区县代码", "区县编码", "县代码", "县级代码", "县级行政区划代码", "区划代码县级", "adcode"),
    "township_code": ("乡镇代码", "乡镇编码", "街道代码", "乡级代码", "乡镇街道代码", "乡级行政区划代码", "镇代码"),
    # sites and sectors
    "site_id": (
        "站址编码", "站址编号", "站址id", "站址代码", "站点编码", "站点编号", "站点id", "基站编码", "基站编号",
        "物理站编码", "物理站编号", "所属物理站编号", "物理站址编码", "铁塔站址编码", "铁塔编码", "铁塔站编码",
        "站号", "site id", "site code", "siteid", "site no", "site number", "station id", "站址资源编码",
        "关联铁塔公司站址编码", "物理站id",
    ),
    "sites.name": (
        "站名", "站址名称", "站址名", "基站名称", "基站名", "站点名称", "站点名", "物理站名称", "物理站名",
        "物理站址名称", "铁塔名称", "铁塔站名", "铁塔站址名称", "局站名称", "site name", "station name",
        "基站中文名", "宏站名称", "名称", "name", "enodeb名称", "gnodeb名称", "enodeb name", "gnodeb name",
        "bts name", "网元名称", "现网基站名称",
    ),
    "sites.kind": (
        "站型", "站点类型", "基站类型", "站址类型", "宏微室分", "宏微室分类型", "覆盖类型", "小区覆盖类型",
        "室内外", "室内外覆盖", "站点类别", "宏微站", "宏微", "宏站微站", "类型", "类别", "site type",
        "cell type", "coverage type", "建站类型", "站点形态",
    ),
    "stations": ("站数", "逻辑站数", "基站数", "基站数量", "逻辑站数量", "站点数", "站点数量", "number of stations"),
    "carriers": (
        "频段", "载频", "工作频段", "频带", "使用频段", "网络频段", "频段信息", "小区频段", "band", "bands",
        "frequency band", "freq band", "频段制式", "频率", "工作频率", "天线频段", "frequency", "频段号",
    ),
    "height_m": (
        "挂高", "天线挂高", "天线高度", "天线高", "挂高高度", "平均挂高", "天馈挂高", "aau挂高", "小区天线高度",
        "antenna height", "ant height", "antenna hanging height", "天线海拔挂高", "小区挂高", "天线离地高度",
        "离地高度",
    ),
    "operator": (
        "运营商", "所属运营商", "归属运营商", "承建运营商", "电信运营商", "carrier name", "network operator",
        "承建方", "建设方", "使用运营商", "所属公司",
    ),
    "owner": (
        "产权单位", "产权", "产权方", "产权归属", "铁塔产权单位", "产权性质", "站址产权", "业主", "权属", "权属单位",
        "ownership", "铁塔产权", "产权属性",
    ),
    "address": (
        "地址", "详细地址", "站址地址", "基站地址", "站点地址", "具体地址", "位置", "具体位置", "所在位置",
        "addr", "site address", "location", "安装地址", "设备安装地址", "站址位置",
    ),
    "batch": ("批次", "建设批次", "期数", "工程期数", "建设期数", "工程批次", "建设期次", "期次"),
    "county": (
        "区县", "县区", "县市区", "所属区县", "行政区", "行政区县", "区", "县", "district", "所在区县", "区县名称",
        "市县", "县级", "归属区县", "所在县", "所属县区", "县区市", "区市县", "县市", "行政区域", "区域区县",
    ),
    "township": (
        "乡镇", "街道", "乡镇街道", "镇街", "所属乡镇", "镇", "街镇", "town", "乡镇名称", "所属街道", "镇乡街道",
        "街道乡镇", "所在乡镇", "镇街道", "乡", "归属乡镇", "乡镇街办", "镇乡",
    ),
    "village": (
        "行政村", "村", "社区", "村居", "所属村", "行政村名称", "村名", "村庄", "所属行政村", "村社区", "自然村",
        "行政村社区", "归属行政村", "村居委会", "所在村", "行政村居委会社区",
    ),
    "sector_id": (
        "cgi", "ecgi", "ncgi", "eci", "nci", "小区编码", "小区全局标识", "扇区编码",
        "cell global id", "cellglobalid", "nrcgi", "nr cgi", "小区cgi", "小区ecgi",
        "lte eci", "lte ecgi", "ecell id", "小区唯一标识",
    ),
    "sector_name": (
        "小区名", "小区名称", "小区中文名", "小区中文名称", "扇区名", "扇区名称", "nr小区名称", "nr小区名",
        "lte小区名称", "cell name", "cellname", "sector name", "小区友好名", "cell",
    ),
    "node_id": (
        "enodebid", "enbid", "enb", "gnbid", "gnodebid", "基站id", "enodeb id", "gnb id", "enodeb标识",
        "gnodeb标识", "enb id", "nodeb id", "逻辑站号", "基站标识", "bts id", "enodeb", "gnodeb", "基站号",
    ),
    "cell_id": (
        "小区id", "cellid", "cell id", "小区标识", "本地小区标识", "小区本地id", "本地小区id", "ci", "小区号",
        "local cell id", "localcellid", "扇区id", "扇区编号", "小区编号", "扇区号",
    ),
    "azimuth_deg": (
        "方位角", "天线方位角", "方向角", "天线方向角", "小区方位角", "小区天线方位角", "扇区方位角", "azimuth", "azi",
        "方位", "antenna azimuth", "朝向", "aau方位角", "dir", "bearing",
    ),
    "mechanical_tilt_deg": (
        "机械下倾角", "机械下倾", "机械倾角", "机械下顷角", "小区天线机械下倾角", "天线机械下倾角", "机械俯仰角",
        "机械俯角", "mechanical tilt", "mechanical downtilt", "m tilt", "mdt", "mtilt", "mech tilt", "机下倾",
        "mechanical down tilt",
    ),
    "electrical_tilt_deg": (
        "电子下倾角", "电下倾角", "电下倾", "电子下倾", "电子倾角", "电调下倾角", "电倾角", "小区天线电下倾角",
        "天线电子下倾角", "天线电下倾角", "电子俯角", "electrical tilt", "electrical downtilt", "e tilt", "edt",
        "etilt", "elec tilt", "electronic tilt", "electronic downtilt", "electrical down tilt",
    ),
    "total_tilt": (
        "总下倾角", "下倾角", "总下倾", "下倾", "总倾角", "天线下倾角", "俯仰角", "总俯仰角", "tilt", "downtilt",
        "total tilt", "total downtilt", "俯角", "天线俯角", "倾角", "down tilt", "天线倾角", "下顷角",
    ),
    "power_dbm": (
        "发射功率", "功率", "最大发射功率", "小区发射功率", "小区功率", "tx power", "transmit power", "max power",
        "max tx power", "小区最大发射功率", "最大功率", "输出功率", "额定功率", "power", "maximum transmit power",
        "总功率", "单载波功率",
    ),
    "reference_power": (
        "rs功率", "参考信号功率", "导频功率", "rspower", "rs power", "crs功率", "ssb功率", "小区参考信号功率",
        "参考信号发射功率", "reference signal power", "ssb发射功率", "crs power", "rs epre",
    ),
    "carrier_mhz": (
        "频段", "载频", "工作频段", "频带", "频率", "中心频率", "中心频点频率", "载波频率", "下行频率", "工作频率",
        "band", "frequency", "frequency band", "freq", "freq band", "centre frequency", "center frequency",
        "downlink frequency", "dl frequency", "小区频段", "频段号",
    ),
    "channel": (
        "频点", "下行频点", "中心频点", "小区频点", "earfcn", "dl earfcn", "nr arfcn", "arfcn", "earfcn dl",
        "频点号", "下行中心频点", "ssb频点", "ssb绝对信道号", "ssb arfcn", "下行频点号", "载波频点", "中心载频的信道号",
        "earfcndl", "nrarfcn", "主频点",
    ),
    "technology": (
        "制式", "网络制式", "网络类型", "系统", "技术制式", "通信制式", "无线制式", "rat", "network type", "网络",
        "technology", "系统制式", "小区制式", "system", "网络标识", "network",
    ),
    "pci": (
        "物理小区标识", "物理小区id", "physical cell id", "物理小区识别码", "physical cell identifier", "phycellid",
        "phy cell id", "服务小区pci", "主服pci", "物理小区号", "serving pci",
    ),
    # measurements
    "time": (
        "时间", "测试时间", "采样时间", "采集时间", "测量时间", "日期时间", "时间戳", "timestamp", "datetime",
        "date time", "上报时间", "computer time", "pc time", "日期",
    ),
    "rsrp_dbm": (
        "rsrp", "ss rsrp", "ssb rsrp", "nr rsrp", "nr ss rsrp", "lte rsrp", "参考信号接收功率", "服务小区rsrp",
        "主服rsrp", "主服务小区rsrp", "mr rsrp", "平均rsrp", "rsrp均值", "serving rsrp", "serving cell rsrp",
        "scell rsrp", "信号强度", "主小区rsrp", "pcell rsrp", "电平", "rsrp值", "csi rsrp", "crs rsrp",
    ),
    "sinr_db": (
        "sinr", "ss sinr", "ssb sinr", "nr sinr", "nr ss sinr", "lte sinr", "rs sinr", "crs sinr", "snr", "信噪比",
        "信干噪比", "服务小区sinr", "主服sinr", "平均sinr", "rssnr", "sinr均值", "pcell sinr", "sinr值",
    ),
    "download_mbps": (
        "下载速率", "下行速率", "下载速度", "下行吞吐率", "下行吞吐量", "dl throughput", "downlink throughput",
        "download", "download speed", "dl rate", "下行平均速率", "download rate", "mac dl throughput", "下载吞吐率",
        "下行速度", "pdcp dl throughput", "平均下载速率", "dl speed",
    ),
    "upload_mbps": (
        "上传速率", "上行速率", "上传速度", "上行吞吐率", "上行吞吐量", "ul throughput", "uplink throughput", "upload",
        "upload speed", "ul rate", "上行平均速率", "upload rate", "mac ul throughput", "上传吞吐率", "上行速度",
        "pdcp ul throughput", "平均上传速率", "ul speed",
    ),
    # counties, townships, villages
    "counties.code": ("行政区划代码", "区划代码", "区县代码", "代码", "adcode", "gb", "pac", "县代码", "行政代码"),
    "counties.name": ("区县", "区县名称", "县市区", "县区", "县名", "名称", "行政区", "行政区名称", "xzqmc", "县市区名称"),
    "in_denominator": ("计入指标", "计入分母", "是否计入"),
    "planning_unit": ("规划单元", "规划片区"),
    "seat_lon": ("驻地经度", "政府驻地经度"),
    "seat_lat": ("驻地纬度", "政府驻地纬度"),
    "townships.code": (
        "行政区划代码", "区划代码", "乡镇代码", "统计用区划代码", "统计代码", "代码", "街道代码", "乡级代码", "乡镇编码", "xzqdm",
    ),
    "townships.name": (
        "乡镇", "乡镇名称", "街道", "街道名称", "乡镇街道", "乡镇街道名称", "名称", "镇街", "镇街名称", "xzqmc", "镇名",
    ),
    "townships.type": ("类型", "乡镇类型", "类别", "乡镇类别", "建制类型"),
    "uncertainty_km": ("不确定度", "位置不确定度"),
    "area_km2": ("面积", "区域面积", "行政区域面积", "土地面积", "辖区面积"),
    "population_kind": ("人口口径", "人口类型"),
    "relief": ("地形", "地貌", "地形类型", "地貌类型"),
    "local_relief_m": ("地形起伏", "起伏度", "地形起伏度", "相对高差"),
    "villages.code": (
        "统计用区划代码", "统计代码", "行政村代码", "村代码", "区划代码", "村委会代码", "行政区划代码", "代码", "行政村编码",
        "村编码", "社区代码",
    ),
    "villages.name": (
        "行政村", "行政村名称", "村名", "村名称", "村居名称", "村居", "社区名称", "村委会", "村委会名称", "名称", "村",
        "村社区", "村庄名称", "行政村社区", "居委会名称",
    ),
    "villages.kind": ("类型", "村类型", "村居类型", "类别", "行政村类型"),
    "urban_rural_class": ("城乡分类代码", "城乡分类", "城乡划分代码", "城乡属性", "城乡类别", "城乡划分"),
    "location_radius_m": ("位置半径", "定位半径", "定位精度"),
    # places
    "ports.name": ("港口", "港口名称", "港区", "港区名称", "码头名称", "名称", "作业区名称", "泊位名称"),
    "ports.kind": ("港口类型", "类型", "码头类型", "港区类型", "性质", "泊位类型"),
    "parks.name": ("园区", "园区名称", "产业园", "产业园名称", "开发区名称", "工业园名称", "工业区名称", "名称", "开发区"),
    "parks.kind": ("园区类型", "类型", "园区级别", "开发区类型", "主导产业", "级别"),
    "public_places.name": (
        "场所名称", "单位名称", "名称", "学校名称", "医院名称", "景区名称", "机构名称", "poi名称", "地点名称",
    ),
    "public_places.kind": ("场所类型", "类型", "单位类型", "机构类型", "poi类型", "类别", "大类"),
    "data_centres.name": (
        "机房名称", "数据中心名称", "数据中心", "局房名称", "机房", "名称", "idc名称", "局站名称", "核心机房名称",
    ),
    "data_centres.kind": ("机房类型", "数据中心类型", "类型", "机房级别", "机房等级"),
    "role": ("角色", "机房角色", "机房属性", "层级"),
    "projects.name": ("项目名称", "项目", "名称", "工程名称", "重点项目名称"),
    "projects.kind": ("项目类型", "类型", "项目类别", "建设性质", "行业类别"),
    "protected.name": (
        "保护地名称", "保护区名称", "保护区", "文物名称", "保护单位名称", "名称", "水源地名称", "湿地名称", "文保单位名称",
    ),
    "protected.kind": ("保护类型", "类型", "保护地类型", "类别", "保护区类型"),
    "outline": ("范围", "边界", "轮廓", "wkt", "geometry"),
    # lines and buildings
    "roads.name": ("路名", "道路名称", "名称", "道路名", "线路名称", "街道名称", "路线名称"),
    "roads.kind": ("道路等级", "等级", "道路类型", "类型", "fclass", "highway", "技术等级", "路线等级"),
    "ref": ("路线编号", "道路编号", "线路编号", "路线代码", "编号", "国道编号"),
    "oneway": ("单行", "单行线", "是否单行", "单向"),
    "maxspeed_kmh": ("限速", "最高限速", "设计速度", "maxspeed", "max speed", "设计时速", "限制速度"),
    "rail.name": ("铁路名称", "线路名称", "名称", "线名"),
    "rail.kind": ("铁路类型", "类型", "fclass", "railway", "线路类型"),
    "water.name": ("水体名称", "河流名称", "名称", "水系名称", "湖泊名称", "水库名称", "河名"),
    "water.kind": ("水体类型", "类型", "fclass", "waterway", "natural", "水系类型"),
    "power.name": ("线路名称", "变电站名称", "名称", "变电站", "电力线名称"),
    "power.kind": ("设施类型", "类型", "fclass", "power", "电力设施类型"),
    "voltage_kv": ("电压等级", "电压", "voltage", "额定电压"),
    "buildings.name": ("建筑名称", "建筑物名称", "楼宇名称", "名称", "楼名", "楼栋名称", "小区名称"),
    "buildings.kind": ("建筑类型", "类型", "用途", "建筑用途", "building", "房屋用途", "使用性质", "fclass"),
    "buildings.height_m": (
        "楼高", "建筑高度", "高度", "建筑物高度", "height", "房屋高度", "楼高度", "building height", "高",
    ),
    "storeys": (
        "层数", "楼层", "楼层数", "建筑层数", "地上层数", "floors", "floor", "levels", "building levels", "总层数",
        "storey", "stories", "房屋层数",
    ),
}  # fmt: skip
"""Headers that mean a column."""

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "lon": ("规划经度", "设计经度", "驻地经度", "center lon"),
    "lat": ("规划纬度", "设计纬度", "驻地纬度", "center lat"),
    "height_m": ("站高", "塔高", "铁塔高度", "塔身高度", "铁塔塔身高度", "高度", "height", "总高度", "天线总高"),
    "operator": ("共享运营商", "铁塔共享运营商", "共享方", "运营单位", "共享单位", "入驻运营商", "运营商名称", "operators"),
    "sites.kind": ("覆盖场景", "站点场景", "小区类型"),
    "owner": ("机房产权单位", "维护单位"),
    "village": ("所属社区",),
    "name": ("英文名称",),
    "population": ("户籍人口", "户籍人口数", "六普人口", "七普人口"),
    "public_places.name": ("小区名称",),
    "time": ("time", "date", "入网时间"),
    "id": ("序号", "no", "number"),
}  # fmt: skip
"""Headers that are read as a column only where no better one is there."""

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "rsrp_dbm": ("rsrp",),
    "sinr_db": ("sinr",),
    "download_mbps": ("dl throughput", "下行速率", "下载速率"),
    "upload_mbps": ("ul throughput", "上行速率", "上传速率"),
    "pci": ("pci",),
}
"""Last words of the long headers of drive-test programmes (`NR PCell RF Serving SS-RSRP [dBm]`)."""

NEIGHBOURS = (
    "neighbor",
    "neighbour",
    "邻区",
    "ncell",
    "top",
    "best",
    "最强",
    "次强",
    "delta",
    "差",
)
"""Words in a long header that say it is not about the serving cell."""


def names_of(table: str, column: str) -> frozenset[str]:
    """Return the plain headers that mean a column of a table, its own name among them."""
    return _plain(NAMES.get(f"{table}.{column}", NAMES.get(column, ()))) | _plain((column,))


def fallbacks_of(table: str, column: str) -> frozenset[str]:
    """Return the plain headers that stand for a column where no better one is there."""
    return _plain(FALLBACKS.get(f"{table}.{column}", FALLBACKS.get(column, ())))


def endings_of(column: str) -> frozenset[str]:
    """Return the last words of long headers that mean a column."""
    return _plain(ENDINGS.get(column, ()))


@cache
def known_headers() -> frozenset[str]:
    """Return every plain header that means any column of ours: what makes a row a header."""
    own = frozenset(plain_words(key.rsplit(".", 1)[-1]) for key in NAMES)
    words = (*NAMES.values(), *FALLBACKS.values())
    return own.union(*(_plain(group) for group in words))


@cache
def _plain(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain_words(word) for word in words)
