import { adminEn, adminProblemsEn } from './admin.en'
import { coreEn } from './core.en'
import { districtEn, districtProblemsEn } from './district.en'
import { dutyEn, dutyProblemsEn } from './duty.en'
import { fieldOfferEn } from './fieldOffer.en'
import { listsEn } from './lists.en'
import { messageProblemsEn, messagesEn } from './messages.en'
import { noticesEn } from './notices.en'
import { patrolPlaceEn, patrolProblemsEn } from './patrolPlace.en'
import { peopleEn, peopleProblemsEn } from './people.en'
import { plannerEn, planProblemsEn } from './planner.en'
import { temporaryEn, temporaryProblemsEn } from './temporary.en'
import { trackerProblemsEn, trackersEn } from './trackers.en'
import { workEn, workProblemsEn } from './work.en'
import type { zhCN } from './zh-CN'

/** English words of the desk, key by key as in Chinese. */
export const en: typeof zhCN = {
  ...coreEn,
  ...listsEn,
  ...messagesEn,
  ...plannerEn,
  ...temporaryEn,
  ...districtEn,
  ...dutyEn,
  ...adminEn,
  ...noticesEn,
  ...workEn,
  ...peopleEn,
  ...patrolPlaceEn,
  ...trackersEn,
  fieldOffer: fieldOfferEn,
  problem: {
    ...coreEn.problem,
    ...adminProblemsEn,
    ...workProblemsEn,
    ...peopleProblemsEn,
    ...patrolProblemsEn,
    ...trackerProblemsEn,
    ...messageProblemsEn,
    ...planProblemsEn,
    ...temporaryProblemsEn,
    ...districtProblemsEn,
    ...dutyProblemsEn,
  },
}
