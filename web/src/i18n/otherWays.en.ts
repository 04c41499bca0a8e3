/** English words of other ways in than by password. */
export const otherWaysEn = {
  otherWays: {
    go: 'Sign in by {name}',
    problem: {
      'oidc-cancelled': 'You did not sign in there: try again, or use your password.',
      'oidc-stale': 'It took too long, or was begun in another browser: try again.',
      'oidc-refused': 'What the identity provider said did not hold. Tell the administrator.',
      'oidc-unreachable': 'The identity provider does not answer: try later, or use your password.',
      'oidc-unknown':
        'Your identity there is not linked with an account here: ask your administrator.',
      'oidc-busy': 'Many sign in just now: try again in a moment.',
    },
  },
}
