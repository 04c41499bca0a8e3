/** Chinese words of other ways in than by password. */
export const otherWaysZh = {
  otherWays: {
    go: '用{name}登录',
    problem: {
      'oidc-cancelled': '没有在认证系统里登录，请重试或用密码登录。',
      'oidc-stale': '登录用时太久，或不是在这个浏览器里开始的，请重试。',
      'oidc-refused': '认证系统的回答没有通过检查，没有登录。请告诉管理员。',
      'oidc-unreachable': '连不上认证系统，请稍后重试或用密码登录。',
      'oidc-unknown': '您在认证系统里的身份还没有关联这里的账号，请找本街道管理员关联。',
      'oidc-busy': '现在登录的人多，请稍后重试。',
    },
  },
}
