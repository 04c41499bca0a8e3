/** Chinese words that lead from the desk's client to the officer's app. */
export const fieldOfferZh = {
  text: '在手机上用外勤版更顺手：大按钮，没有网络也能上报。',
  go: '用外勤版',
  stay: '不用，留在这里',
  handInTitle: '手机上没传出去的',
  handIn: '交手机存的待传文件',
  handInHelp: '手机“待传”页存成的文件，由本人在这台电脑上交。',
}
