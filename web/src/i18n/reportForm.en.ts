/** English words of the report form, beside those that its first fields have with cases. */
import type { reportFormZh } from './reportForm.zh-CN'

export const reportFormEn: typeof reportFormZh = {
  reportForm: {
    placeKind: 'Shape of the place',
    kinds: { point: 'A point', line: 'A line', area: 'An area' },
    draw: {
      line: 'Click along it on the map. Corners can be dragged; press one to take it away.',
      area: 'Click around it on the map; it closes by itself. Corners can be dragged; press one to take it away.',
    },
    moreCorners: 'A line needs two clicks or more, an area three.',
    locating: 'Finding your position…',
    near: 'Near cases of this kind',
    nearHelp: '{count} of this kind within {metres} m were reported of late. Is it the same one?',
    look: 'Look at it',
    join: 'It is this one: add the photo',
    joinNeedsPhoto: 'Choose a photo below first, then press “It is this one”.',
    joined: 'The photo was added to {number}; no new case was made.',
    questions: 'Further questions',
    noAnswer: '(no answer)',
    answersLack: 'Some further questions are not answered yet.',
    faults: {
      missing: 'Please answer this.',
      'not-a-number': 'Please write a number.',
      range: 'Please write a number from {least} to {most}.',
      'no-choice': 'Please choose one of the list.',
    },
    owner: 'Whose it is (owner)',
    ownerHint: 'If you know it: it goes to the unit in charge of it',
    fixed: 'Put right on the spot',
    fixedNeedsPhotos: 'What was put right on the spot needs a photo of before and one of after.',
    fixedDone: {
      closed: 'Put right on the spot, and closed.',
      handled: 'Put right on the spot; someone else checks it.',
    },
    fixFailed:
      'The case is reported ({number}), but photos and repair are not all sent. “Try again” goes on; nothing is done twice.',
    submitFixed: 'Report as put right',
    more: 'Severity and source',
    externalHint: 'Number of the hotline or of the letter',
    whatIf: 'Deadline once reported:',
    without: 'without {what}',
    leftOut: { break: 'noon breaks', night: 'nights', 'days-off': 'days off' },
    noYear: 'The calendar has no {year} yet: the deadline follows when the year is entered.',
  },
}
