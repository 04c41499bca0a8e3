/** Chinese words of voice notes in the field app. */
export const fieldVoiceZh = {
  fieldVoice: {
    record: '说几句（录音）',
    another: '再录一段',
    asking: '请允许使用麦克风…',
    stop: '停止录音（{time}）',
    recording: '正在录音，说完再点一下；最长 {minutes} 分钟，到时自动停。',
    keeping: '正在存下…',
    length: '录音 {n}，{time}',
    remove: '去掉录音 {n}',
    help: '录音原样保存，不转成文字。请只说地点和问题，不说姓名、电话。',
    noWords: '{kind}（语音说明）',
    noWordsPhoto: '{kind}（见照片和语音说明）',
    stepWords: '语音说明',
    queued: '录音',
    trouble: {
      denied: '手机没有允许使用麦克风。要录音，请在浏览器的网站设置里允许；也可以打字。',
      none: '没有找到麦克风。请打字说明。',
      busy: '麦克风正被别的应用占用（例如在通话）。稍后再试，或打字。',
      insecure: '这个网址不是 https，浏览器不让录音。请用 https 的网址打开，或打字。',
      unsupported: '这台手机的浏览器不能录音。请打字说明。',
      empty: '没有录到声音，请再录一次。',
    },
  },
  problem: {
    'sound-damaged': '手机里的这段录音损坏了，传不了。请重新录一段。',
  },
}
