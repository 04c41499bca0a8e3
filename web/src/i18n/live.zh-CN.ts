/** 数据是否实时的说法。 */
export const liveZh = {
  live: {
    live: '实时',
    seconds: '{count} 秒前更新',
    minutes: '{count} 分钟前更新',
    offline: '已断开，显示的是 {time} 的数据',
  },
}
