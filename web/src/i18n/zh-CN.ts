import { adminProblemsZh, adminZh } from './admin.zh-CN'
import { coreZh } from './core.zh-CN'
import { districtProblemsZh, districtZh } from './district.zh-CN'
import { dutyProblemsZh, dutyZh } from './duty.zh-CN'
import { fieldOfferZh } from './fieldOffer.zh-CN'
import { listsZh } from './lists.zh-CN'
import { messageProblemsZh, messagesZh } from './messages.zh-CN'
import { noticesZh } from './notices.zh-CN'
import { patrolPlaceZh, patrolProblemsZh } from './patrolPlace.zh-CN'
import { peopleProblemsZh, peopleZh } from './people.zh-CN'
import { plannerZh, planProblemsZh } from './planner.zh-CN'
import { temporaryProblemsZh, temporaryZh } from './temporary.zh-CN'
import { trackerProblemsZh, trackersZh } from './trackers.zh-CN'
import { workProblemsZh, workZh } from './work.zh-CN'

/** Chinese words of the desk; the English catalogue has the same keys. */
export const zhCN = {
  ...coreZh,
  ...listsZh,
  ...messagesZh,
  ...plannerZh,
  ...temporaryZh,
  ...districtZh,
  ...dutyZh,
  ...adminZh,
  ...noticesZh,
  ...workZh,
  ...peopleZh,
  ...patrolPlaceZh,
  ...trackersZh,
  fieldOffer: fieldOfferZh,
  problem: {
    ...coreZh.problem,
    ...adminProblemsZh,
    ...workProblemsZh,
    ...peopleProblemsZh,
    ...patrolProblemsZh,
    ...trackerProblemsZh,
    ...messageProblemsZh,
    ...planProblemsZh,
    ...temporaryProblemsZh,
    ...districtProblemsZh,
    ...dutyProblemsZh,
  },
}
