/** Chinese words for files around a plan: signed papers, and backdrops in the editor. */
export const planFilesZh = {
  papers: {
    title: '盖章件',
    lead: '征求意见材料签字盖章后，扫描成 PDF、JPG 或 PNG 附在这里；文件原样保存。',
    needed: '每个网格有变化的社区都附上盖章件后，才能批准。',
    optional: '可以不附；附了更好查。',
    afterCheck: '检查通过后才能附盖章件。',
    none: '还没有盖章件。',
    community: '哪个社区的',
    whole: '整份方案',
    add: '附上盖章件',
    adding: '正在上传…',
    signed: '已附',
    lacking: '还缺',
    unchanged: '网格不变',
    old: '方案后来改过，这件不算数',
    facts: '{size} · {who} · {time}',
    digest: '文件校验（SHA-256）：{digest}',
    take: '拿掉',
    takeSure: '拿掉“{name}”？经过里会留下记录。',
    keep: '留着',
    kb: '{n} KB',
    mb: '{n} MB',
  },
}

export const planFileProblemsZh = {
  'plan-not-signed': '还有社区没有附盖章件：{codes}。',
  'paper-too-large': '文件太大：盖章件最大 15 MB、5000 万像素。',
  'unsupported-paper': '盖章件要用完整的 PDF、JPG 或 PNG 文件。',
  'papers-too-many': '一份方案最多附 200 件，请先拿掉没用的。',
}
