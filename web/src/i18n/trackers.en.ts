import type { trackerProblemsZh, trackersZh } from './trackers.zh-CN'

export const trackersEn: typeof trackersZh = {
  trackers: {
    title: "The tracker's address",
    lead: 'Shown this once: enter it in the app that records, or scan the code with it. It records on duty only, within 200 m of the grids of that duty.',
    qr: "The tracker's address as a QR code",
    traccar: 'Traccar Client: the address as server URL; the identifier may stay as it is.',
    osmand: 'OsmAnd: online tracking, this line as web address.',
    owntracks: 'OwnTracks: mode HTTP, the address as URL.',
    token: 'Token for other programs',
    notKept:
      'Not kept in the last 30 days: {off} positions off duty, {far} too far away, {bad} unreadable',
  },
}
export const trackerProblemsEn: typeof trackerProblemsZh = {
  'officer-first':
    'The officer sees the track first: it is shown once he has looked, or 12 hours after the end.',
}
