/** Choosing a password of one's own. */
export const ownPasswordZh = {
  title: '设置自己的密码',
  mustChange: '这个密码是别人给的。请先换成自己的，再用新密码登录。',
  byCode: '向本街道管理员要一个重置码（24 小时内有效，只能用一次），在这里换成自己的密码。',
  code: '重置码',
  codeHelp: '16 个字母和数字，大小写、横线都不要紧。',
  next: '新密码',
  nextHelp: '至少 8 个字符，不要和原密码相同。',
  again: '再输一遍新密码',
  differ: '两遍输入的新密码不一样。',
  submit: '保存并登录',
  forgotten: '忘记密码？用重置码',
  back: '返回登录',
}

export const ownPasswordProblemsZh = {
  'password-must-change': '这个密码是别人给的，请先换成自己的。',
  'other-site': '这个页面不是从系统自己的网址打开的。请用正式网址打开；仍不行请告诉管理员。',
}

export const ownPasswordFieldsZh = {
  new_password: '新密码（至少 8 个字符，且与原密码不同）',
  code: '重置码',
}
