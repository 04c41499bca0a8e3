/** A channel as the form holds it, and what is sent of it. */
import type { ChangedChannel, ChannelAddress, NewChannel, NoticeChannel } from '@/client'

export type Via = ChannelAddress['via']
export const VIAS: Via[] = ['wecom', 'dingtalk', 'feishu', 'mail', 'webhook']

export interface ChannelDraft {
  name: string
  whose: 'unit' | 'account'
  unitId: number | null
  accountId: string | null
  /** Whether an address is given: a channel that is there may keep its own. */
  newAddress: boolean
  via: Via
  url: string
  secret: string
  host: string
  port: number
  security: 'ssl' | 'starttls' | 'none'
  user: string
  sender: string
  to: string
  all: boolean
  kinds: string[]
  quiet: boolean
  from: string
  until: string
  language: 'zh-CN' | 'en'
  active: boolean
}

/** "22:00:00" as an input of times shows it. */
function short(time: string | null): string {
  return (time ?? '').slice(0, 5)
}

export function draftOf(channel: NoticeChannel | null): ChannelDraft {
  return {
    name: channel?.name ?? '',
    whose: channel?.account ? 'account' : 'unit',
    unitId: channel?.unit?.id ?? null,
    accountId: channel?.account?.id ?? null,
    newAddress: channel === null,
    via: channel?.via ?? 'wecom',
    url: '',
    secret: '',
    host: '',
    port: 465,
    security: 'ssl',
    user: '',
    sender: '',
    to: '',
    all: channel === null || channel.kinds === null,
    kinds: [...(channel?.kinds ?? [])],
    quiet: channel === null || channel.quiet_from !== null,
    from: short(channel?.quiet_from ?? '22:00'),
    until: short(channel?.quiet_to ?? '07:00'),
    language: channel?.language ?? 'zh-CN',
    active: channel?.active ?? true,
  }
}

export function addressOf(draft: ChannelDraft): ChannelAddress {
  const { via, secret } = draft
  if (via !== 'mail') return { via, url: draft.url.trim(), secret: via === 'wecom' ? '' : secret }
  const { host, port, security, user, sender } = draft
  const to = draft.to.split(/[\s,;，；]+/).filter((one) => one !== '')
  return { via, secret, host: host.trim(), port, security, user, sender: sender.trim(), to }
}

export function bodyOf(draft: ChannelDraft): ChangedChannel {
  return {
    name: draft.name.trim(),
    unit_id: draft.whose === 'unit' ? draft.unitId : null,
    account_id: draft.whose === 'account' ? draft.accountId : null,
    kinds: draft.all ? null : draft.kinds,
    quiet_from: draft.quiet ? draft.from : null,
    quiet_to: draft.quiet ? draft.until : null,
    language: draft.language,
    active: draft.active,
    address: draft.newAddress ? addressOf(draft) : null,
  }
}

export function newBodyOf(draft: ChannelDraft): NewChannel {
  return { ...bodyOf(draft), address: addressOf(draft) }
}

/** Whether the form says enough to be sent; the server has the last word. */
export function isWhole(draft: ChannelDraft): boolean {
  const whose = draft.whose === 'unit' ? draft.unitId !== null : draft.accountId !== null
  const kinds = draft.all || draft.kinds.length > 0
  const quiet = !draft.quiet || (draft.from !== '' && draft.until !== '')
  return draft.name.trim() !== '' && whose && kinds && quiet && hasAddress(draft)
}

function hasAddress(draft: ChannelDraft): boolean {
  if (!draft.newAddress) return true
  const { url, host, sender, to } = addressOf(draft)
  if (draft.via === 'mail') return host !== '' && sender !== '' && (to ?? []).length > 0
  return /^https?:\/\/\S+$/.test(url ?? '')
}

/** A fault of the server, `refused:93000`, as words and number. */
export function faultOf(fault: string): { name: string; code: string } {
  const [name = '', code = ''] = fault.split(':')
  return { name, code }
}
