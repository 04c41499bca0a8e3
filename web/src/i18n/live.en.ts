/** English words for how fresh the data are. */
import type { liveZh } from './live.zh-CN'

export const liveEn: typeof liveZh = {
  live: {
    live: 'Live',
    seconds: 'Updated {count} s ago',
    minutes: 'Updated {count} min ago',
    offline: 'Offline; showing data of {time}',
  },
}
