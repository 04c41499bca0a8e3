/** Words for trackers among one's own devices. */
export const trackersZh = {
  trackers: {
    title: '定位器地址',
    lead: '只显示这一次：现在就填到定位应用里，或用应用扫二维码。只有当班、在值守网格 200 米以内才记录。',
    qr: '定位器地址的二维码',
    traccar: 'Traccar Client：服务器地址填整个地址，设备标识不用改。',
    osmand: 'OsmAnd：在线跟踪的网址填下面这一行。',
    owntracks: 'OwnTracks：模式选 HTTP，URL 填整个地址。',
    token: '其他程序用的令牌',
    notKept: '近 30 天没有保存：值守以外 {off} 个位置，离网格太远 {far} 个，读不懂 {bad} 个',
  },
}
export const trackerProblemsZh = {
  'officer-first': '轨迹先由本人看：本人看过之后，或下班 12 小时后才显示。',
}
