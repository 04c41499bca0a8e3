/** Chinese words of addresses that are looked for. */
export const addressesZh = {
  addresses: {
    building: '楼栋',
    address: '门牌',
    place: '地点',
    pole: '电杆',
    road: '道路',
    crossing: '路口',
    area: '区域',
    noGrid: '不在任何网格内',
    certain: '地址吻合',
    perhaps: '可能在这里（{percent}%）',
  },
}
