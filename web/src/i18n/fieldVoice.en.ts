/** English words of voice notes in the field app. */
export const fieldVoiceEn = {
  fieldVoice: {
    record: 'Say it (record)',
    another: 'Record another',
    asking: 'Allow the microphone, please…',
    stop: 'Stop recording ({time})',
    recording: 'Recording: tap again when you are done. It ends by itself after {minutes} minutes.',
    keeping: 'Keeping it…',
    length: 'Recording {n}, {time}',
    remove: 'Remove recording {n}',
    help: 'Kept as sound, not turned into words. Speak of the place and the hazard only: no names, no telephone numbers.',
    noWords: '{kind} (voice note)',
    noWordsPhoto: '{kind} (see photo and voice note)',
    stepWords: 'Voice note',
    queued: 'Voice note',
    trouble: {
      denied:
        'The microphone was not allowed. To record, allow it in the browser’s settings of this site; or type.',
      none: 'No microphone was found. Please type.',
      busy: 'Another app has the microphone (a call, perhaps). Try again later, or type.',
      insecure:
        'This address is not https, so the browser does not record. Open the https address, or type.',
      unsupported: 'The browser of this phone cannot record. Please type.',
      empty: 'No sound was recorded. Please try again.',
    },
  },
  problem: {
    'sound-damaged':
      'This recording is damaged on the phone and cannot be sent. Record it once more.',
  },
}
