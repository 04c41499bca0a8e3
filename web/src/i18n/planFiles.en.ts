/** English words for files around a plan. */
import type { planFileProblemsZh, planFilesZh } from './planFiles.zh-CN'

export const planFilesEn: typeof planFilesZh = {
  papers: {
    title: 'Signed papers',
    lead: 'When the consultation packet is signed and sealed, add its scan here: PDF, JPG or PNG. The file is kept as it is.',
    needed: 'The plan can be approved once each community whose grids change has its signed paper.',
    optional: 'Not required; it helps whoever asks later.',
    afterCheck: 'Signed papers are added once the plan has passed its check.',
    none: 'No signed papers yet.',
    community: 'Of which community',
    whole: 'The whole plan',
    add: 'Add a signed paper',
    adding: 'Sending…',
    signed: 'added',
    lacking: 'missing',
    unchanged: 'grids unchanged',
    old: 'The plan was edited since: it does not count',
    facts: '{size} · {who} · {time}',
    digest: 'SHA-256 of the file: {digest}',
    take: 'Take away',
    takeSure: 'Take “{name}” away? The history keeps a note.',
    keep: 'Keep it',
    kb: '{n} KB',
    mb: '{n} MB',
  },
}

export const planFileProblemsEn: typeof planFileProblemsZh = {
  'plan-not-signed': 'Signed papers are missing for communities: {codes}.',
  'paper-too-large': 'The file is too large: 15 MB and 50 megapixels at most.',
  'unsupported-paper': 'Send a whole PDF, JPG or PNG file.',
  'papers-too-many': 'A plan has at most 200 papers: take some away first.',
}
