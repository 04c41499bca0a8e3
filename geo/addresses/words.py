"""The words by which parts of a Chinese address are known."""

import re
from typing import Final

_DIRECTION = "东北|东南|西北|西南|东|南|西|北"
_LETTER = "甲乙丙丁戊"

# --- numbers -----------------------------------------------------------------------------------
POLE: Final = re.compile(
    rf"(?P<side>{_DIRECTION})?(?:侧|段|边)?第?(?P<no>\d+(?:-\d+)?)号?"
    r"(?:线杆|电线杆|电杆|线路杆|水泥杆|路灯杆|灯杆|灯柱|路灯|监控杆|信号杆|杆塔|铁塔|杆)"
)
POLE_BEFORE: Final = re.compile(
    rf"(?P<side>{_DIRECTION})?(?:侧|边)?"
    r"(?:线杆|电线杆|电杆|路灯杆|灯杆|灯柱|路灯|监控杆|杆塔|杆)(?:编)?号?(?P<no>\d+(?:-\d+)?)号?"
)
BUILDING: Final = re.compile(
    rf"(?P<no>[{_LETTER}A-Z]?\d+(?:-\d+)?[{_LETTER}A-Z]?|(?<![A-Z])[A-Z]|[{_LETTER}])"
    r"(?:号(?:住宅|公寓|宿舍|办公|教学|综合|商业)?楼|号?车间|号?厂房|号?仓库|(?<=[甲乙丙丁])楼)"
)
BARE_FLOOR_OR_BUILDING: Final = re.compile(r"(?P<no>\d+)楼")
UNIT: Final = re.compile(r"(?P<no>\d+|[A-Z])(?:单元|门(?![口市牌前面]))")
ROOM: Final = re.compile(r"[A-Z]?\d+(?:-\d+)?(?:室|户|房|层|F(?![A-Z]))|负\d+层|顶层|顶楼|楼顶")
VOLTAGE: Final = re.compile(r"\d+(?:\.\d+)?KV")
GROUP: Final = re.compile(r"第?(?P<no>\d+)(?:村民小组|居民小组|生产小?队|小组|组|小队|队|社(?!区))")
ROW: Final = re.compile(r"(?P<no>\d+)排")
SECTION: Final = re.compile(
    r"(?P<no>\d+期|[A-Z]区|\d+区|(?:东|南|西|北|中|东北|东南|西北|西南)(?:区|院|苑)|新区|老区|[A-Z]\d?组团)"
)
NUMBER: Final = re.compile(
    rf"(?P<front>[{_LETTER}])?(?P<main>\d+)(?P<mid>[{_LETTER}A-Z])?"
    r"(?:[-之](?P<sub>\d+[A-Z]?|[A-Z]))?(?:[-至到,]\d+)*号(?:大?院(?!区))?"
    rf"(?:[附之-](?P<after>\d+)(?!\d*(?:号楼|单元|室|层|-))号?|-?(?P<back>[{_LETTER}])(?![级楼号]))?"
)
BARE_NUMBER: Final = re.compile(
    r"(?!\d+字)(?P<a>\d+(?:[A-Z](?![A-Z]))?)(?:-(?P<b>\d+))?(?:-(?P<c>\d+))?"
)
BRANCH: Final = re.compile(r"\d+(?:支路|胡同|支弄|巷|弄|条|里(?!处|外|左右|地|路))")

# --- relations ---------------------------------------------------------------------------------
_TOWARDS = r"(?:再|继续)?(?:往|向|朝|以|偏)?正?"
_ABOUT = r"(?:大约|大概|约|近|不到|距离|行驶|前行|步行|行|走|开|去)*"
OFFSET: Final = re.compile(
    rf"(?:{_TOWARDS}(?P<dir>{_DIRECTION})(?:边|侧|面|方向|首|头)?(?:的)?,?{_ABOUT}"
    r"(?P<m>\d+(?:\.\d+)?)(?:多|来|余)?(?P<u>公里|千米|KM|米|M|里|步))"
    r"(?:处|左右|远|的?地方|的位置|外|,)*"
)
OFFSET_AFTER: Final = re.compile(
    rf"{_ABOUT}(?P<m>\d+(?:\.\d+)?)(?:多|来|余)?(?P<u>公里|千米|KM|米|M|里|步)"
    rf"(?:处|左右|远|的|外)*{_TOWARDS}(?P<dir>{_DIRECTION})(?:边|侧|面|方向)?"
)
AWAY: Final = re.compile(
    rf"{_ABOUT}(?P<m>\d+(?:\.\d+)?)(?:多|来|余)?(?P<u>公里|千米|KM|米|M|步)(?:处|左右|远|的?地方|内|外)*"
)
METRES: Final = {
    "米": 1.0,
    "M": 1.0,
    "公里": 1000.0,
    "千米": 1000.0,
    "KM": 1000.0,
    "里": 500.0,
    "步": 0.7,
}
ROAD_SIDE: Final = re.compile(
    rf"(?:路|道|街|马路|公路)(?:的)?(?P<dir>{_DIRECTION})(?:侧|边|面|沿)?"
)
OPPOSITE: Final = re.compile(r"(?:正|斜)?(?:对面|对过|对门|对脸)")
STRETCH: Final = re.compile(
    rf"(?P<dir>{_DIRECTION}|中|中间)(?:段|首|尽头|头|端)|(?P<end>尽头|尾部)"
)
SIDE: Final = re.compile(
    rf"(?:的)?正?(?P<dir>{_DIRECTION})(?:侧|边|面|邻|临|墙外|墙|角|沿|部|围墙)"
)
GATE: Final = re.compile(rf"(?:的)?(?:{_DIRECTION}|正|大|后|前|侧|偏)(?:大)?门(?:口|外|前|处|岗)*")
NEAR: Final = re.compile(
    r"(?:的)?(?:旁边|旁侧|一旁|旁|边上|跟前|附近|周边|周围|一带|门口|门前|门外|门市|院内|院里|里面|内部|"
    r"楼下|楼前|楼后|楼旁|楼顶|后面|前面|后身|后院|背后|前边|后边|隔壁|紧邻|路边|道边|沟边|河边|"
    r"里头|拐角|(?:上|下|前|后|处|口|内)(?=[,的有]|$))"
)
CROSSING: Final = re.compile(
    r"(?:的)?(?:10字|丁字|T字|T型|三岔|三叉|大)?(?:交叉路口|交叉口|交叉处|交叉|交汇路口|交汇处|交汇口|"
    r"交汇|交会处|交界处|交界|交接处|交口|路口|相交处|相交|道口|转盘|环岛|红绿灯|拐角处?|岔路口|口)"
    rf"(?:的)?(?:处)?(?:(?P<dir>{_DIRECTION})(?:角|侧|边|拐角)?(?![\d往向约]))?"
)
JOIN: Final = re.compile(r"[,\-(]?(?:与|和|及|跟|同|到|至|,|-|交)")
UNTIL: Final = re.compile(r"[到至\-]")
BETWEEN: Final = re.compile(r"(?:之间|中间|段(?:路段)?|路段)")

# --- names -------------------------------------------------------------------------------------
_ENDS: Final = (
    r"(?P<area>省(?![医直立])|自治区|特别行政区|自治州|(?<![超菜门夜早花鱼米城])市(?![场政民里中直府委南北东西医立容])|"
    r"经济技术开发区|经济开发区|高新技术产业开发区|高新区|开发区|示范区|"
    r"(?<![小社园墅片功山厂库校老新发生景辖东西南北中])区(?![医政委])|县(?![医政委府城前])|"
    r"街道办事处|街道办|街道|镇(?![政卫中府医南北东西里街小路])|乡(?![政卫中府村镇])|管区|"
    r"社区居民委员会|社区居委会|社区(?![卫医服广公路街])|居委会)",
    r"(?P<village>自然村|行政村|村(?![路街里镇东西南北口卫民内头])|村(?=[民东西南北口]|内|头))",
    r"(?P<compound>小区|花园|嘉园|家园|佳园|花苑|佳苑|雅苑|名苑|华苑|嘉苑|苑|公寓|新村|新居|新城|新区|山庄|"
    r"庄园|华庭|名邸|名城|名都|华府|府邸|公馆|雅居|家属院|宿舍(?!楼)|大院|别墅|住宅区|生活区|安置区|世家|"
    r"豪庭|御府|国际城|城市广场)",
    r"(?P<road>大街|大道|支路|公路|国道|省道|县道|辅路|环路|街(?![道办心])|(?<![道走马半沿对铁电网线思水一])路(?![口灯边旁段过面村]|街道|街办|社区|小区)|巷(?![子口])|"
    r"胡同|弄堂|弄|(?<![楼水下占过通管隧渠坡车走跑便频报知消铁跨人步])道(?![口边班路]))",
)
NAME: Final = re.compile(rf"[^,]{{1,10}}?(?:{'|'.join(_ENDS)})")
# Where the name of something unknown ends: a number with its word, or a word of relation.
STOP: Final = re.compile(
    rf"[,()]|[{_LETTER}]?(?<!第)\d+(?:-\d+)*[{_LETTER}A-Z]?(?:号|楼|单元|室|户|组|队|米|排|期|层|公里|杆|$|,)"
    rf"|[A-Z]\d*号楼|(?:正|斜)?对(?:面|过|门)|旁|附近|门口|隔壁|边上|周边|之间|跟前|"
    r"里面|院[内里墙外]|楼[下道前后顶]|这[里边]|那[里边]|有人|发现|存在|出现|"
    rf"(?:往|向|朝|以)(?:{_DIRECTION})|(?:{_DIRECTION})(?:侧|边|面|邻|约?\d+米)|"
    r"(?:10字|丁字|T字)?(?:交叉|交汇|交界|路口)"
)
ROAD_END: Final = re.compile(
    r"(?:大街|大道|支路|公路|国道|省道|县道|辅路|环路|街|路|巷|胡同|弄堂|弄|道|里|条)$"
)
# 鼓楼路 is a road although 鼓楼 is a place; 鼓楼路东 may be the east of a road by it.
ROAD_TAIL: Final = re.compile(
    r"[东西南北中]?(?:大街|大道|路|街|巷|胡同|弄)(?![口灯边旁段面对上东西南北道办])"
)
COMPOUND_END: Final = re.compile(
    r"(?:小区|花园|嘉园|家园|佳园|花苑|佳苑|雅苑|名苑|华苑|嘉苑|苑|公寓|新村|新居|新城|新区|山庄|庄园|华庭|"
    r"名邸|名城|名都|华府|府邸|公馆|雅居|家属院|宿舍|大院|别墅|住宅区|生活区|安置区|世家|豪庭|御府|丽景|"
    r"国际城|城市广场|园|城|院|庭|府|居)$"
)
VILLAGE_END: Final = re.compile(r"(?:自然村|行政村|村)$")
COMMUNITY_END: Final = re.compile(r"(?:社区居民委员会|社区居委会|社区|居委会)$")
SECTION_END: Final = re.compile(r"(?:\d+期|[东西南北中]区|[A-Z]区)$")
# What ends so is the name of a thing; other words that nobody knows are talk: 停了好多车.
LANDMARK_END: Final = re.compile(
    r"(?:店|超市|医院|诊所|卫生院|卫生室|学校|小学|中学|学院|幼儿园|银行|公司|厂|广场|商场|市场|大厦|酒店|宾馆|"
    r"饭店|庙|寺|桥|站|所|局|政府|公园|园|馆|中心|楼|塔|坊|铺|院|场|委会|大集|祠堂|祠|碑|湾|塘|井|闸|房|池|库|吧|城)$"
)
AREA_END: Final = re.compile(
    r"(?:省|自治区|市|区|县|街道办事处|街道办|街道|镇|乡|管区|社区居民委员会|社区居委会|社区|居委会|"
    r"村民委员会|村委会|村委|村)$"
)
# 新幸福社区 is not 幸福社区: such a character before a name makes it another name.
APART: Final = frozenset("东西南北大小新老前后上下中内外")
# 村头, 村东头 behind a village's name: the village is named twice.
VILLAGE_AGAIN: Final = re.compile(r"村(?:[头口里内中边]|(?=[东西南北]))")
