// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, expect, it, vi } from 'vitest'
import { beginDuty, isTracking, leaveDuty, running } from '@/field/duty/recorder'
import { closeCurrent, openCurrent } from '@/field/outbox/current'

class Battery extends EventTarget {
  level = 0.5
  charging = false
  falls(level: number): void {
    this.level = level
    this.dispatchEvent(new Event('levelchange'))
  }
}

const duty = { kind: 'patrol', grids: [], tracked: true, screenOn: false } as const

afterEach(() => {
  leaveDuty()
  closeCurrent()
  Reflect.deleteProperty(navigator, 'getBattery')
})

async function begun(battery: Battery): Promise<void> {
  Object.assign(navigator, { getBattery: async () => battery })
  await openCurrent('01900000-0000-7000-8000-000000000077')
  await beginDuty({ ...duty, grids: [] })
  await vi.waitFor(() => expect(running.duty).not.toBeNull())
}

it('ends a track, not the duty, when 20 % of the battery are left', async () => {
  const battery = new Battery()
  await begun(battery)
  battery.falls(0.21)
  expect(running.duty?.trackEnded).toBeNull()
  battery.falls(0.2)
  await vi.waitFor(() => expect(running.duty?.trackEnded).toBe('battery'))
  expect(running.duty && isTracking(running.duty)).toBe(false)
})

it('goes on while the phone is charged', async () => {
  const battery = new Battery()
  battery.charging = true
  await begun(battery)
  battery.falls(0.1)
  expect(running.duty?.trackEnded).toBeNull()
})
