/** English words of the field app's shell, outbox and queue. */
export const fieldShellEn = {
  field: {
    name: 'Sanbai field',
    bar: {
      label: 'Main pages',
      queue: 'To send',
      me: 'Me',
      unsent: '{n} not sent',
      troubled: 'something unsent needs a look',
    },
    firstNeedsNetwork: 'The first sign-in needs a network. After it the app opens without one.',
    signInLater: 'Sign in later, go on working',
    mustSignIn:
      'Your session has expired. Work on: all is kept on this phone ({n} not sent) and goes when you sign in.',
    otherAccount:
      'Another account is signed in on this phone now. Sign in as yourself to send; all is still here.',
    offline: 'No network. Everything works on.',
    offlineWaiting: 'No network. {n} kept on this phone, sent when there is one.',
    troubled: '{n} could not be sent. Please look.',
    look: 'Look',
    updateReady: 'A new version is ready.',
    updateNow: 'Update',
    sending: 'Sending…',
    needsTls:
      'This address is not https: the phone allows neither working offline nor location. Ask your administrator for the https address.',
    installTitle: 'Put it on the home screen',
    installHow:
      'Browser menu (⋮ or ≡) → “Add to home screen” or “Install app”. iPhone: open it in Safari, Share → “Add to Home Screen”. Then open it by its icon.',
    toDesk: 'Open the desk’s page',
    storage: {
      waiting: 'Photos not sent',
      free: 'Room on this phone',
      kept: 'What is kept offline',
      isKept: 'stays until you delete it',
      mayGo: 'may be cleared when room is short: send soon',
      little: 'This phone is almost full. Send what waits, or make room.',
    },
    leave: {
      title: '{n} not sent yet',
      text: 'They stay on this phone when you sign out; only you can see and send them, when you sign in again.',
      send: 'Send first',
      file: 'Save to a file',
      keep: 'Keep them here and sign out',
      stay: 'Stay signed in',
    },
    queue: {
      title: 'To send',
      empty: 'Everything has been sent.',
      trouble: 'Needs a look ({n})',
      waiting: 'Waiting ({n})',
      sent: 'Sent lately ({n})',
      lastTry: 'Last try {time}',
      sendNow: 'Send now',
      progress: 'Part that has been sent',
      undo: 'Undo',
      tooLate: 'It has left already and cannot be undone.',
      drop: 'Don’t send',
      dropAsk: 'Delete it from this phone without sending? It cannot be brought back.',
      dropAskWith:
        'Delete it from this phone without sending? {n} that belong to it go too and cannot be brought back.',
      dropYes: 'Delete',
      mayHaveArrived:
        'It may have arrived although no answer came. This deletes only what is on the phone.',
      photo: { before: 'Photo before', after: 'Photo after' },
      state: {
        waiting: 'waiting',
        sending: 'being sent',
        conflict: 'does not fit the latest state',
        refused: 'not accepted',
        sent: 'sent',
        blocked: 'waits for the one before it',
      },
    },
  },
  problem: {
    'storage-full': 'This phone is full and could not keep it. Send or make room, then try again.',
    'storage-unavailable':
      'The browser keeps nothing (a private window?). Open it in an ordinary window.',
    'photo-damaged': 'This photo is damaged on the phone and cannot be sent. Take it again.',
    'not-synced': 'This cannot be sent from the outbox.',
    'needs-not-done': 'It waits until the one before it has arrived.',
  },
}
