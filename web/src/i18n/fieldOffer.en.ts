/** English words that lead from the desk's client to the officer's app. */
export const fieldOfferEn = {
  text: 'On a phone the field app is handier: big buttons, reports without a network.',
  go: 'Use the field app',
  stay: 'No, stay here',
  handInTitle: 'Not sent from a phone',
  handIn: 'Hand in a file that a phone saved',
  handInHelp: 'A file saved under “To send” on a phone is handed in here by whom it belongs to.',
}
