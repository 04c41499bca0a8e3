"""Chinese names with their romanisation, built from parts so that none repeats.

Each part is a pair of characters and Pinyin. People's names are made by chance from common
surnames and syllables; they belong to the demo accounts of officers only.
"""

from collections.abc import Iterator
from itertools import product
from typing import TypeVar

import numpy as np

Pair = tuple[str, str]
T = TypeVar("T")


def _words(text: str) -> list[str]:
    return text.split()


def _pairs(text: str) -> list[Pair]:
    words = _words(text)
    return list(zip(words[::2], words[1::2], strict=True))


COUNTY: Pair = ("青禾县", "Qinghe County")
SUBDISTRICTS: list[Pair] = [
    ("城关街道", "Chengguan Subdistrict"),
    ("河东街道", "Hedong Subdistrict"),
    ("文昌街道", "Wenchang Subdistrict"),
]
TOWNS: list[Pair] = [("北岭镇", "Beiling Town"), ("南沙镇", "Nansha Town")]

AVENUES_EAST_WEST = _words("人民 新华 解放 胜利 建设 光明 民生 振兴 青年 复兴 长安 兴隆")
AVENUES_NORTH_SOUTH = _words("中心 文化 和平 健康 迎春 府前 学府 金桥 东岳 春风 凤凰 泰和")
COUNTRY = _words("青柳 河阳 岭南 沙河 白云 石桥 临溪 望山")

GOOD = _pairs(
    """幸福 Xingfu 阳光 Yangguang 和谐 Hexie 锦绣 Jinxiu 康乐 Kangle 安居 Anju 福景 Fujing
    瑞祥 Ruixiang 金色 Jinse 翠湖 Cuihu 碧水 Bishui 水岸 Shui'an 银座 Yinzuo 桃园 Taoyuan
    梅园 Meiyuan 兰亭 Lanting 竹苑 Zhuyuan 丹桂 Dangui 海棠 Haitang 紫荆 Zijing 玉兰 Yulan
    枫林 Fenglin 柳岸 Liu'an 松鹤 Songhe 百合 Baihe 牡丹 Mudan 明珠 Mingzhu 星河 Xinghe
    朝阳 Chaoyang 向阳 Xiangyang 永安 Yong'an 永兴 Yongxing 安泰 Antai 安康 Ankang
    吉祥 Jixiang 如意 Ruyi 祥和 Xianghe 嘉和 Jiahe 嘉禾 Jiahe 丰泽 Fengze 富丽 Fuli
    华泰 Huatai 华府 Huafu 龙泉 Longquan 凤鸣 Fengming 鹿鸣 Luming 鹤翔 Hexiang 泉城 Quancheng
    清泉 Qingquan 清风 Qingfeng 书香 Shuxiang 名仕 Mingshi 怡景 Yijing 怡和 Yihe 御景 Yujing
    天泽 Tianze 天和 Tianhe 世纪 Shiji 盛世 Shengshi 东方 Dongfang 新世界 Xinshijie
    四季 Siji 春晓 Chunxiao 秋实 Qiushi 长青 Changqing 常乐 Changle 同心 Tongxin 友谊 Youyi
    团结 Tuanjie 红旗 Hongqi 工人 Gongren 纺织 Fangzhi 机械 Jixie 供销 Gongxiao 粮食 Liangshi"""
)
COMPOUND_ENDINGS = _pairs(
    "小区 Residence 花园 Garden 家园 Homes 苑 Court 新村 Estate 嘉园 Gardens 华庭 Terrace"
)
STREET_HEADS = _words(
    "育才 兴业 富民 惠民 利民 便民 康宁 安宁 平安 福泽 福寿 长寿 吉安 瑞安 泰安 永泰 永昌 永福 "
    "兴华 兴文 兴商 兴工 文明 文苑 文萃 崇文 尚德 明德 仁和 信义 礼贤 智慧 英才 桃李 芳草 绿荫 "
    "梧桐 银杏 白杨 垂柳 青松 翠竹 丁香 月季 石榴 海棠 樱花 荷花 金菊 玉泉 甘泉 清溪 曲水 望河 "
    "临河 河滨 沿河 站前 商场 百货 花市 米市 菜市 灯市 南门 西门 东门 北门 城隍 鼓楼 钟楼 魁星"
)
STREET_ENDINGS = ["路", "街", "北街", "南街"]
LANE_HEADS = _words(
    "槐树 石榴 枣树 桑园 菜园 花园 井台 甜水井 双井 皮匠 铁匠 木匠 银匠 豆腐 油坊 磨坊 染坊 酒坊 "
    "糖坊 面坊 牌坊 书院 文庙 关帝庙 土地庙 观音堂 鼓楼 钟楼 衙门 仓门 粮仓 盐店 当铺 布市 羊市 "
    "马市 牛市 鱼市 柴市 草市 枣市 棉花市 估衣 扁担 竹竿 席市 箩筐 灯笼 香铺 纸坊 笔管 墨香 状元 "
    "举人 孝子 义和 仁厚 三合 四眼井 五道庙 六合 七贤 八角 九曲 十方 二郎 大影壁 小影壁 南城根 "
    "北城根 西城根 东城根 城墙 水门 吊桥 石桥 板桥 柳荫 葫芦 月牙 口袋 罗锅 弯弯 顺水 后河 前河"
)
LANE_ENDINGS = ["胡同", "巷"]
SURNAMES = _pairs(
    """王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 赵 Zhao 孙 Sun 周 Zhou 徐 Xu 马 Ma 高 Gao
    朱 Zhu 胡 Hu 郭 Guo 宋 Song 韩 Han 冯 Feng 于 Yu 董 Dong 程 Cheng 曹 Cao 田 Tian 崔 Cui
    孟 Meng 石 Shi 孔 Kong 毕 Bi 耿 Geng 翟 Zhai 路 Lu 商 Shang 蒲 Pu 夏 Xia 柳 Liu 段 Duan"""
)
VILLAGE_ENDINGS = _pairs(
    "庄 zhuang 屯 tun 营 ying 疃 tuan 洼 wa 埠 bu 河 he 桥 qiao 店 dian 楼 lou 泊 po 峪 yu"
)
GIVEN_SYLLABLES = _words(
    "建国 秀英 志强 玉兰 海涛 春梅 立新 桂芳 卫东 淑珍 国庆 红霞 永强 爱华 德胜 凤英 长河 丽娟 "
    "文斌 雪梅 宝山 月华 庆林 素琴 广田 翠平 新民 彩云 兆瑞 金凤 学军 兰香 振海 桂荣 成林 巧玲"
)
SCHOOLS = ["实验小学", "第二小学", "第三小学", "第四小学", "第五小学", "第六小学", "第七小学",
           "第一中学", "第二中学", "第三中学", "职业中专", "第八小学", "第九小学"]  # fmt: skip
FACTORIES = _words(
    "华丰纺织厂 金鼎机械厂 恒泰建材厂 鲁星化工厂 长城陶瓷厂 宏达食品厂 新兴包装厂 海川阀门厂 "
    "瑞丰面粉厂 东升玻璃厂 永固水泥制品厂 天工木器厂 顺达物流园 康明制药厂 云峰电器厂 双鹤轴承厂 "
    "联创汽配厂 嘉盛塑料厂 万通钢构厂 润泽饲料厂 佳美服装厂 中泰铸造厂 信远仓储 北方线缆厂"
)
PARKS: list[Pair] = [
    ("人民公园", "People's Park"), ("文昌湖公园", "Wenchang Lake Park"),
    ("植物园", "Botanical Garden"), ("儿童公园", "Children's Park"),
    ("体育公园", "Sports Park"), ("银杏园", "Ginkgo Garden"),
]  # fmt: skip
MARKETS: list[Pair] = [
    ("便民农贸市场", "Bianmin Farmers' Market"), ("惠通集贸市场", "Huitong Market"),
    ("兴隆批发市场", "Xinglong Wholesale Market"), ("惠民菜市场", "Huimin Vegetable Market"),
    ("兴隆大集", "Xinglong Fair"), ("金桥综合市场", "Jinqiao Market"),
]  # fmt: skip
LANDMARKS: list[Pair] = [
    ("县政府", "County Government"), ("县人民医院", "County People's Hospital"),
    ("鼓楼", "Drum Tower"), ("县图书馆", "County Library"), ("中医院", "Chinese Medicine Hospital"),
    ("文化宫", "Culture Palace"), ("体育场", "Stadium"), ("博物馆", "Museum"),
]  # fmt: skip
MALLS = _words("银座商城 百货大楼 新世纪广场 金鼎购物中心 万和广场 东方商厦 福泰商城 五洲大厦")


class UniqueNames:
    """Hands out names, none twice; shuffled by a seed.

    Parameters
    ----------
    seed : int
        Seed of the shuffles.
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 10])
        self._given: set[str] = set()
        self._streets = self._shuffled([a + b for a, b in product(STREET_HEADS, STREET_ENDINGS)])
        self._lanes = self._shuffled([a + b for a, b in product(LANE_HEADS, LANE_ENDINGS)])
        self._firms = self._shuffled([word for word, _ in GOOD])
        compounds = [(a + b, f"{x} {y}") for (a, x), (b, y) in product(GOOD, COMPOUND_ENDINGS)]
        self._compounds = self._shuffled(compounds)
        # Each surname and each ending in turn, so that neighbours do not sound alike.
        surnames, endings = list(self._shuffled(SURNAMES)), list(self._shuffled(VILLAGE_ENDINGS))
        self._villages = iter(
            (f"{a}家{b}村", f"{x}jia{y} Village")
            for turn in range(len(endings))
            for i, (a, x) in enumerate(surnames)
            for b, y in [endings[(i + turn) % len(endings)]]
        )

    def street(self) -> str:
        """Name of a street."""
        return self._numbered(self._streets, "街")

    def lane(self) -> str:
        """Name of an old lane."""
        return self._numbered(self._lanes, "巷")

    def firm(self, ending: str) -> str:
        """Name of a works or a house of business, such as 天泽大厦."""
        return next(self._firms) + ending

    def compound(self) -> Pair:
        """Name of a housing compound, Chinese and English."""
        return next(self._compounds)

    def village(self) -> Pair:
        """Name of a village, Chinese and English."""
        return next(self._villages)

    def _numbered(self, names: Iterator[str], ending: str) -> str:
        # A very large town runs out of fine names, as real ones do: 纬十二街.
        name = next(names, None)
        if name is None:
            name = f"纬{len(self._given) + 1}{ending}"
            self._given.add(name)
        return name

    def _shuffled(self, items: list[T]) -> Iterator[T]:
        order = self._rng.permutation(len(items))
        return iter([items[i] for i in order])
