/** 外勤地图与离线地图的文字。 */
export const fieldMapZh = {
  fieldMap: {
    label: '地图，上方为北',
    key: '图例',
    place: '问题的位置，可拖动',
    whereAmI: '我在哪里',
    notLocated: '还不知道您在哪里。请打开定位，到开阔处稍等。',
    noMap: '没有网络，也没有下载过地图；上报和巡查照常。',
    takeOne: '有网络时下载离线地图',
    waiting: '还没走',
    walked: '走过了',
    track: '我的轨迹',
    along: {
      title: '离线地图',
      grids:
        '我的 {n} 个网格和周围 {metres} 米：道路、楼栋、水系、地名、网格界线。没有网络也能看。',
      area: '我的辖区和周围 {metres} 米：道路、楼栋、水系、地名、网格界线。没有网络也能看。',
      size: '大小 {size}',
      fetch: '下载（{size}）',
      fetching: '正在下载 {come} / {size}',
      drawing: '正在准备…',
      stop: '停止',
      here: '已下载：{time}，{size}',
      newer: '地图有更新（{size}）：网格或道路变了。',
      update: '更新',
      newest: '已是最新。',
      drop: '删除',
      dropSure: '确实删除？没有网络时就看不到地图了。',
      keep: '不删',
      needsNetwork: '连上网络后可以下载。',
    },
  },
}
