/** Choosing a password of one's own. */
export const ownPasswordEn = {
  title: 'Choose a password of your own',
  mustChange:
    'Somebody else gave you this password. Choose your own first; then you are signed in by it.',
  byCode:
    'Ask your administrator for a reset code (good once, within 24 hours) and choose a new password by it.',
  code: 'Reset code',
  codeHelp: '16 letters and digits; case and dashes do not matter.',
  next: 'New password',
  nextHelp: 'At least 8 characters, other than the one before.',
  again: 'New password once more',
  differ: 'The two new passwords differ.',
  submit: 'Save and sign in',
  forgotten: 'Password forgotten? Use a reset code',
  back: 'Back to signing in',
}

export const ownPasswordProblemsEn = {
  'password-must-change': 'Somebody else gave you this password: choose your own first.',
  'other-site':
    'This page was not opened by the system’s own address. Open it by that; if it goes on, tell the administrator.',
}

export const ownPasswordFieldsEn = {
  new_password: 'new password (at least 8 characters, other than before)',
  code: 'reset code',
}
