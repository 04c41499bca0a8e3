/** English words of notices. */
export const noticesEn = {
  notices: {
    title: 'Notices',
    bell: 'Notices, {count} unread',
    which: 'Which to show',
    all: 'All',
    unread: 'Unread {count}',
    none: 'No notices.',
    read: 'Read',
    readAll: 'Mark all as read',
    toUnit: 'To your unit',
    loudness: 'Show new notices by themselves',
    loud: {
      usual: 'By day all, by night only red',
      always: 'Always',
      never: 'Never, only the bell',
    },
    unknown: 'Notice: {kind}',
    kind: {
      'half-time': 'Half of the time is over; due {deadline}',
      'soon-due': 'Due soon: {deadline}',
      overdue: 'Overdue since {deadline}',
      'confirm-late': 'Late to be checked and confirmed',
      'accept-late': 'Dispatched, and not accepted yet',
      'verify-late': 'Put right, and not verified yet',
      escalated: 'Not done in time: passed up to {level}',
      resumed: 'The suspension is over: the clock runs again',
      'on-call': 'You are on call: accept this urgent case now',
      'on-call-post': 'Call {post} ({number}): an urgent case waits to be accepted',
      'on-call-nobody': 'Nobody is on call for this urgent case: the centre must see to it',
      'device-reused':
        'A copy of the sign-in of your device “{device}” was used, so it is revoked: change your password and register the device again',
      'round-reason': '{grid}: the round of {day} was not done. Please say why',
      'place-not-visited': '{grid} was not visited as planned on {day}. {reason}',
      'calendar-missing': 'The working days of {year} are not entered: some cases have no deadline',
    },
  },
}
